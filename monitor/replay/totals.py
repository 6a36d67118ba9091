"""Totals over a whole log, per queue: the never-expiring totals in the contacts shards' state, merged (``replay --output json``).

They are read from state, not from a processor, so that a live run's changelog gives its totals in the same way.
"""

from collections.abc import Iterable, Mapping

from monitor.panes import totals
from monitor.panes.ledger import PaneLedger
from monitor.panes.where import TOTAL, Series, scope_parts
from monitor.policy.model import Policy
from monitor.queues.overview import clock_lines, core_line, indicator_lines
from monitor.queues.promises import EVERYTHING
from monitor.queues.summary import Summary, queue_summary
from schemas.panes import PaneTotals


def lifetime_totals(states: Iterable[Mapping[bytes, bytes]], policy: Policy) -> dict[str, PaneTotals]:
    """The merged lifetime totals of every scope (``queue:PS``, ``all``), without dimensions, in order."""
    return {scope: found for (scope, dimensions), found in lifetime_series(states, policy).items() if dimensions == TOTAL}


def lifetime_series(states: Iterable[Mapping[bytes, bytes]], policy: Policy) -> dict[Series, PaneTotals]:
    """The merged lifetime totals of every series, facets and dimensions too, in order."""
    merged: dict[Series, PaneTotals] = {}
    for state in states:
        for scope, dimensions, found in PaneLedger(0, policy, state, 1).lifetime():  # with what is still on its way into them
            totals.merge(merged.setdefault((scope, dimensions), PaneTotals()), found)
    return {series: totals.canonical(merged[series]) for series in sorted(merged)}


def all_totals(states: Iterable[Mapping[bytes, bytes]], policy: Policy) -> dict[str, object]:
    """What ``replay`` shows: totals per queue, then the core line, every clock and every indicator of everything together."""
    found = lifetime_series(states, policy)
    whole = found.get(EVERYTHING, PaneTotals())
    return {
        **_by_queue(found, policy),
        "core": {name: {"value": value, "n": n} for name, (value, n) in core_line(found, EVERYTHING).items()},
        "clock_table": clock_lines(whole, policy),
        "indicators": indicator_lines(whole, policy),
    }


def queue_totals(states: Iterable[Mapping[bytes, bytes]], policy: Policy) -> Summary:
    """``{"queues": {name: …}}`` of all queues in which anybody ever waited; shares 0-1 and seconds, unrounded."""
    return _by_queue(lifetime_series(states, policy), policy)


def _by_queue(totals_of: Mapping[Series, PaneTotals], policy: Policy) -> Summary:
    queues: Summary = {}
    for (scope, dimensions), found in totals_of.items():
        if dimensions != TOTAL:
            continue
        kind, name = scope_parts(scope)
        if kind == "queue" and found.counts.get("offered"):
            rules = policy.queues.named.get(name, policy.queues.default)
            queues[name] = queue_summary(found, rules.answer_within_seconds)
    return {"queues": queues}
