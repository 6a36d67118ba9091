"""What an objective is about: scopes that are counted, names that exist, facets whose values are compared."""

from typing import get_args

from monitor.policy.attributes import names_of, rule_fields
from monitor.policy.decoding import closest
from monitor.policy.findings import Path, Remarks
from monitor.policy.indicator_names import Indicator, indicator
from monitor.policy.model import Objective, QueuePolicy
from schemas.events.base import Channel


def check_scope(objective: Objective, queues: QueuePolicy, remarks: Remarks) -> None:
    """Refuse scopes without panes, names that cannot be, and thresholds that no queue counts."""
    path: Path = ("objectives", objective.name)
    if objective.scope not in queues.scopes:
        remarks.error((*path, "scope"), f"no panes are kept for scope `{objective.scope}`; add it to limits.scopes")
    if objective.only is not None and ((objective.scope == "all" and not objective.by) or not objective.only):
        remarks.error((*path, "only"), "names nothing" if not objective.only else "scope `all` has no names to choose from; name a facet with `by`")
    elif objective.scope == "channel":
        for name in sorted((objective.only or frozenset()) - set(get_args(Channel))):
            remarks.error((*path, "only"), f"unknown channel `{name}`; expected one of: {' '.join(get_args(Channel))}")
    named = sorted(objective.only or ()) if objective.scope == "queue" else []
    for name in named:
        if name not in queues.named:
            remarks.warning((*path, "only"), f"queue `{name}` has no entry in queues; misspelt names are never seen")
    if objective.threshold_seconds is None:
        return
    rules = [(name, queues.named.get(name, queues.default)) for name in named] or [("default", queues.default), *queues.named.items()]
    for name, rule in rules:
        if objective.threshold_seconds not in rule.answer_within_seconds:
            text = f"{objective.threshold_seconds}s is not counted for queue `{name}`; add it to its answer_within"
            (remarks.error if named or name == "default" else remarks.warning)((*path, "threshold"), text)


def check_facet(objective: Objective, queues: QueuePolicy, remarks: Remarks) -> None:
    """Refuse facets that are not counted, values that cannot be, and comparisons without their two sides."""
    path: Path = ("objectives", objective.name)
    known = indicator(objective.indicator)
    if known is not None:
        _check_group(objective, known, path, remarks)
    if not objective.by:
        return
    if objective.by not in rule_fields():
        remarks.error(
            (*path, "by"), f"unknown field `{objective.by}`{closest(objective.by, list(rule_fields()))}; expected one of: {names_of(rule_fields())}"
        )
        return
    if objective.by not in queues.facets:
        remarks.error((*path, "by"), f"nothing is counted by `{objective.by}`; add it to limits.facets")
    if objective.scope != "all":
        remarks.error((*path, "scope"), "facets divide everything together; say `scope: all`")
    values = rule_fields()[objective.by].values
    for part in ("only", "of", "against"):
        for value in sorted(getattr(objective, part) or ()):
            if values is not None and value not in values:
                remarks.error(
                    (*path, part), f"`{objective.by}` is never `{value}`{closest(value, list(values))}; expected one of: {' '.join(values)}"
                )


def _check_group(objective: Objective, known: Indicator, path: Path, remarks: Remarks) -> None:
    if known.group in ("parts", "pair", "named") and not objective.by:
        remarks.error(path, f"`{known.name}` compares the values of a facet; name it, such as `by: vip_tier`")
    if known.group == "named" and not objective.only:
        remarks.error(path, f"`{known.name}` is of the values named in `only`; name at least one")
    if known.group != "pair":
        for part in ("of", "against"):
            if getattr(objective, part):
                remarks.error((*path, part), f"`{known.name}` compares no two sides; only gap.<indicator> does")
        return
    if not objective.of or not objective.against:
        remarks.error(path, f"`{known.name}` needs two sides, such as `of: vip` and `against: standard`")
    elif both := sorted(objective.of & objective.against):
        remarks.error((*path, "against"), f"`{both[0]}` stands on both sides")
    if objective.only is not None:
        remarks.error((*path, "only"), f"`{known.name}` names its values with `of` and `against`")
