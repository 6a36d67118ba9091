"""Lifetime totals of a contacts shard as metrics: its counters are those of panes (``monitor.panes``), its scopes become labels.

Each keeps the partition of its shard: a total that moves to another worker with its shard is then another series there, where
a sum over shards would fall here and jump there, and be taken for a reset and a burst. A histogram has an edge for each
promised time (``answered_within.<Y>``), so that the share within it is exact. Totals split by dimensions stay out of
``/metrics``: their number is not bounded by the queues; those of single facets are bounded by the shard (``monitor.panes.facets``).
"""

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from monitor.metrics.beside import DEPT, beside, by_dept
from monitor.panes.where import ALL, TOTAL, facet_parts, scope_parts
from monitor.processing import Sample

COUNTS: Final = "sla_pane_total"
SUMS: Final = "sla_pane_sum_seconds"
VERDICTS: Final = frozenset({"met", "breached", "cancelled", "exempt"})

_OUTCOMES: Final = {
    "offered": "offered",
    "answered": "answered",
    "abandoned": "abandoned",
    "short_abandoned": "short_abandoned",
    "flow_out": "flow_out",
    "callback": "callback",
    "contacts": "opened",
    "closed": "closed",
}
_BY_SCOPE: Final = {"queue": "sla_contacts_total", "channel": "sla_channel_contacts_total", "region": "sla_region_contacts_total"}
_HISTOGRAMS: Final = {"answered": "sla_response_seconds", "abandoned": "sla_abandon_wait_seconds"}
_WAITS: Final = {"answer_wait_us": "sla_response_seconds", "abandon_wait_us": "sla_abandon_wait_seconds"}
_CLOCKS: Final = {"relaxed": "sla_targets_relaxed_total", "past_promises": "sla_promises_past_total", "stopped": "sla_clock_elapsed_seconds_count"}
_HANDLING: Final = frozenset({"talk_us", "hold_us", "wrapup_us"})


class Place(NamedTuple):
    """The labels that every one of these metrics has: a queue, channel or region, and the partition of the shard that counts."""

    name: str
    shard: str


def translated(samples: Iterable[Sample], named_queues: frozenset[str] = frozenset()) -> Iterator[Sample]:
    """Samples with the lifetime totals by the names of the catalogue; all others pass as they are.

    Last comes the number of queues that are not among ``named_queues``, 0 where the policy names none.
    """
    queues: set[str] = set()
    for sample in samples:
        if sample.name not in (COUNTS, SUMS):
            yield sample
            continue
        scope, dimensions, counter, shard = sample.labels
        if dimensions == TOTAL:
            kind, name = scope_parts(scope)
            if kind == "queue":
                queues.add(name)
            yield from (_count if sample.name == COUNTS else _sum)(kind, Place(name, shard), counter, sample.value)
            if kind == ALL:
                yield from beside(counter, shard, sample.value, is_sum=sample.name == SUMS)
        elif scope == ALL and sample.name == COUNTS:
            yield from _of_facet(dimensions, counter, shard, sample.value)
            if dimensions.startswith(DEPT):
                yield from by_dept(dimensions.removeprefix(DEPT), counter, shard, sample.value)
    yield Sample("sla_queues_unknown", (), len(queues - named_queues) if named_queues else 0)


def _of_facet(dimensions: str, counter: str, shard: str, value: float) -> Iterator[Sample]:
    """Clocks and contacts by the value of a facet; several dimensions at once are none."""
    facet, of = facet_parts(dimensions)
    if not facet:
        return
    if counter in _OUTCOMES or counter == "complaints":
        yield Sample("sla_facet_contacts_total", (facet, of, _OUTCOMES.get(counter, counter), shard), value)
    elif (cycle := _cycle(counter)) is not None:
        yield Sample("sla_facet_clock_cycles_total", (facet, of, *cycle, shard), value)


def _cycle(counter: str) -> tuple[str, str] | None:
    """Clock and verdict of a counter of cycles; others of a clock (how many were stopped) are parts of them."""
    clock, _, outcome = counter.removeprefix("clock.").rpartition(".")
    return (clock, outcome) if counter.startswith("clock.") and outcome in VERDICTS else None


def _count(kind: str, place: Place, counter: str, value: float) -> Iterator[Sample]:
    if counter in _OUTCOMES and kind in _BY_SCOPE:
        yield Sample(_BY_SCOPE[kind], (place.name, _OUTCOMES[counter], place.shard), value)
    if kind == ALL and counter.startswith("clock."):
        clock, _, part = counter.removeprefix("clock.").rpartition(".")
        if part in VERDICTS:
            yield Sample("sla_clock_cycles_total", (clock, part, place.shard), value)
        elif part in _CLOCKS:
            yield Sample(_CLOCKS[part], (clock, place.shard), value)
    if kind != "queue":
        return
    base, _, threshold = counter.partition(".")
    if counter in _HISTOGRAMS:
        yield Sample(_HISTOGRAMS[counter] + "_bucket", (*place, "+Inf"), value)
        yield Sample(_HISTOGRAMS[counter] + "_count", place, value)
    elif base in ("answered_within", "abandoned_within"):
        yield Sample(_HISTOGRAMS[base.removesuffix("_within")] + "_bucket", (*place, threshold), value)
    elif base in ("sl_hit", "sl_miss"):
        yield Sample("sla_service_level_events_total", (place.name, threshold, base.removeprefix("sl_"), place.shard), value)
    elif counter == "handled":
        yield Sample("sla_handle_seconds_count", place, value)


def _sum(kind: str, place: Place, counter: str, value: float) -> Iterator[Sample]:
    if kind == "all" and counter.startswith("clock.") and counter.endswith(".elapsed_us"):
        yield Sample("sla_clock_elapsed_seconds_sum", (counter.removeprefix("clock.").removesuffix(".elapsed_us"), place.shard), value)
    if kind == "queue" and counter in _WAITS:
        yield Sample(_WAITS[counter] + "_sum", place, value)
    elif kind == "queue" and counter in _HANDLING:
        yield Sample("sla_handle_seconds_sum", place, value)
