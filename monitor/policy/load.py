"""Policy files in, one frozen ``Policy`` out; or every reason why not (design §9).

Steps: YAML text → nodes with lines → overlays merged → strict decoding → names resolved and checked → frozen policy.
"""

import hashlib
from collections.abc import Sequence
from datetime import date
from typing import Final

import msgspec

from monitor.errors import PolicyError
from monitor.policy.calendars import compile_calendars, warn_of_missing_data
from monitor.policy.campaigns import check_campaigns
from monitor.policy.clocks import compile_clocks
from monitor.policy.customers import compile_customers
from monitor.policy.decoding import decode
from monitor.policy.delivery import check_delivery
from monitor.policy.feedback import compile_dimensions, compile_privacy, compile_surveys
from monitor.policy.findings import Finding, PolicyErrors, Remarks
from monitor.policy.flow_rules import compile_flows
from monitor.policy.hours import check_volumes
from monitor.policy.model import Policy
from monitor.policy.objectives import compile_objectives
from monitor.policy.periods import check_periods, compile_periods, instant_of
from monitor.policy.queues import compile_limits, compile_queues
from monitor.policy.rules import Names
from monitor.policy.source import PolicySource
from monitor.policy.titles import titles_of
from monitor.policy.yaml_nodes import Node, merge, parse

Files = Sequence[tuple[str, str]]

_VERSION_LENGTH: Final = 12


def load_policy(files: Files) -> Policy:
    """The policy of ``(name, text)`` files, later names laid over earlier ones (``merge``).

    Maps merge key by key, an explicit null removes a key, lists and scalars are replaced. ``version`` is the hash of what
    the files say together: comments, order of keys and layout do not change it. Raises PolicyErrors with all errors.
    """
    policy, findings = _read(files)
    errors = [finding.as_error() for finding in findings if finding.level == "error"]
    if policy is None or errors:
        raise PolicyErrors(errors)
    return policy


def check_policy(files: Files, today: date | None = None) -> list[Finding]:
    """Errors and warnings, in the order of file and line; an empty list means clean. Without ``today`` nothing is said of what is near."""
    return sorted(_read(files, today)[1], key=lambda finding: (finding.file, finding.line, finding.level, finding.path, finding.message))


def _read(files: Files, today: date | None = None) -> tuple[Policy | None, list[Finding]]:
    root: Node | None = None
    unreadable: list[Finding] = []
    for name, text in sorted(files):
        try:
            node = parse(name, text)
        except PolicyError as error:
            unreadable.append(Finding("error", error.file, error.line, error.path, error.message))
        else:
            root = node if root is None else merge(root, node)
    if unreadable or root is None:
        return None, unreadable or [Finding("error", "", 0, "", "no policy file given")]
    remarks = Remarks(root)
    source = decode(root.plain(), remarks)
    if source is not None and today is not None:
        warn_of_missing_data(source, today, remarks)
    policy = None if source is None else _compile(source, remarks)
    return policy, remarks.findings


def _compile(source: PolicySource, remarks: Remarks) -> Policy:
    calendars = compile_calendars(source, remarks)
    periods = compile_periods(source, calendars, remarks)
    queues = compile_queues(source, calendars, remarks)
    effective_from = instant_of(source.effective_from, ("effective_from",), remarks)
    clocks = compile_clocks(source, Names(calendars, periods, queues), effective_from, remarks)
    check_campaigns(source, periods, remarks)
    objectives = compile_objectives(source, calendars, periods, queues, remarks)
    check_volumes(objectives, queues, remarks)
    check_periods(source, periods, effective_from, remarks)
    check_delivery(source, calendars, remarks)
    if not (source.clocks or source.objectives or source.flows):
        remarks.warning((), "no clocks and no objectives: queues are counted, nothing is promised")
    titles = titles_of(source.title, (), remarks)
    return Policy(
        version=version_of(source),
        label=source.version or "",
        applies_to=source.applies_to,
        title=titles.get(source.language, ""),
        titles=titles,
        language=source.language,
        time_zone=source.time_zone,
        effective_from=effective_from,
        calendars=calendars,
        clocks=clocks,
        queues=queues,
        objectives=objectives,
        limits=compile_limits(source.limits, remarks),
        surveys=compile_surveys(source, remarks),
        qc_dimensions=compile_dimensions(source, remarks),
        flows=compile_flows(source, remarks),
        privacy=compile_privacy(source, remarks),
        calendar_titles={name: titles_of(each.title, ("calendars", name), remarks) for name, each in source.calendars.items() if each.title},
        customers=compile_customers(source.customers, remarks),
    )


def version_of(source: PolicySource) -> str:
    """The first 12 hex digits of the SHA-256 of the canonical JSON of what was written; only ladders have an order that matters."""
    canonical = msgspec.json.encode((source, list(source.ladders)), order="deterministic")
    return hashlib.sha256(canonical).hexdigest()[:_VERSION_LENGTH]
