"""Totals over a whole log, per queue: the never-expiring totals in the contacts shards' state, merged (``replay --output json``).

They are read from state, not from a processor, so that a live run's changelog gives its totals in the same way.
"""

from collections.abc import Iterable, Mapping

from monitor.panes import totals
from monitor.panes.ledger import PaneLedger
from monitor.panes.where import TOTAL, scope_parts
from monitor.policy.model import Policy
from monitor.queues.summary import Summary, queue_summary
from schemas.panes import PaneTotals


def lifetime_totals(states: Iterable[Mapping[bytes, bytes]], policy: Policy) -> dict[str, PaneTotals]:
    """The merged lifetime totals of every scope (``queue:PS``, ``all``), without dimensions, in order."""
    merged: dict[str, PaneTotals] = {}
    for state in states:
        for scope, dimensions, found in PaneLedger(0, policy, state, 1).lifetime():  # with what is still on its way into them
            if dimensions == TOTAL:
                totals.merge(merged.setdefault(scope, PaneTotals()), found)
    return {scope: totals.canonical(merged[scope]) for scope in sorted(merged)}


def queue_totals(states: Iterable[Mapping[bytes, bytes]], policy: Policy) -> Summary:
    """``{"queues": {name: …}}`` of all queues in which anybody ever waited; shares 0-1 and seconds, unrounded."""
    queues: Summary = {}
    for scope, found in lifetime_totals(states, policy).items():
        kind, name = scope_parts(scope)
        if kind == "queue" and found.counts.get("offered"):
            rules = policy.queues.named.get(name, policy.queues.default)
            queues[name] = queue_summary(found, rules.answer_within_seconds)
    return {"queues": queues}
