"""What a queue shard shows on ``/metrics``, by the names of the metric catalogue; labels are bounded by queues and objectives.

The numbers of a window are made again when something in it changed, the longest unseen first and at most ``REFRESHED`` a window and
scrape: with hundreds of busy queues in one shard some lag a scrape behind, and no scrape stalls the event loop.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Final

from monitor.panes import sketch
from monitor.panes.sources import Sources
from monitor.panes.where import NODE, TOTAL, Series, scope_parts, scope_text, series_label
from monitor.policy.budgets import budget_of
from monitor.policy.durations import window_text
from monitor.policy.indicator_names import QUANTILES
from monitor.policy.model import Policy, QueuePolicy
from monitor.processing import Sample
from monitor.queues.formulas import Facts, Formula
from monitor.queues.indicators import formula
from monitor.queues.judging import Judge
from monitor.queues.promises import Promise
from monitor.queues.reading import Reader, misses
from monitor.queues.waiting import Waiting
from monitor.queues.windows import SHOWN, Window, WindowId
from schemas.instants import SECOND, Instant
from schemas.panes import PaneTotals

LEVELS: Final = ("V3", "V6", "V7")
"""The service levels that are shown per window: abandons against, short ones removed, real-time events; V8 is of now."""

REFRESHED: Final = 75

_SHOWN: Final = ("answer_rate", "abandonment_ratio.gross", "abandonment_ratio.net", "asa_seconds", "abandon_wait_seconds", "handle_seconds")
_FORMULAS: Final[dict[str, Formula]] = {name: formula(name) for name in _SHOWN}
_SKETCHES: Final = {"wait_seconds": "answer_wait", "wait_seconds_all": "wait"}
_RATIOS: Final = tuple(QUANTILES.values())


class Board:
    """The numbers of one shard's queues, remembered between scrapes."""

    def __init__(self, policy: Policy, windows: Mapping[WindowId, Window], waiting: Waiting, judge: Judge, reader: Reader) -> None:
        self._queues: QueuePolicy = policy.queues
        self._windows = {label: windows[WindowId(length_us)] for label, length_us in SHOWN.items()}
        self._waiting, self._judge, self._reader = waiting, judge, reader
        self._made: dict[str, dict[str, list[Sample]]] = {label: {} for label in SHOWN}
        self._levels: dict[int, list[tuple[str, Formula]]] = {}

    def samples(self, t: Instant) -> Iterator[Sample]:
        """Yield everything about queues and objectives as of T."""
        names: set[str] = set()
        for label, window in self._windows.items():
            made = self._made[label]
            for series in list(islice(window.unseen, REFRESHED)):
                del window.unseen[series]
                for queue in _queue_names((series,)):
                    made[queue] = list(self._numbers(queue, label, window))
            for queue, numbers in made.items():
                if numbers:
                    names.add(queue)
                    yield from numbers
        yield from self._now(names | set(_queue_names(self._waiting.series())), t)
        yield from self._nodes(t)
        yield from self._objectives(t)

    def _nodes(self, t: Instant) -> Iterator[Sample]:
        """Orders that sit in a node, and since when the oldest does (R75)."""
        for kind, node in sorted(scope_parts(scope) for scope, _ in self._waiting.series()):
            if kind == NODE:
                now = self._waiting.now((scope_text(NODE, node), TOTAL))
                yield Sample("sla_node_open_contacts", (node,), now.waiting)
                yield Sample("sla_oldest_open_seconds", (node,), 0 if now.oldest_at is None else max(0, t - now.oldest_at) / SECOND)

    def _numbers(self, queue: str, label: str, window: Window) -> Iterator[Sample]:
        held = window.totals.get((scope_text("queue", queue), TOTAL))
        if held is None:
            return
        facts = Facts(held)
        yield Sample("sla_queue_volume_contacts", (queue, label), held.counts.get("offered", 0))
        for within in self._within(queue):
            for level, ready in self._level(within):
                value = ready.read(facts).value
                if value is not None:
                    yield Sample("sla_service_level_ratio", (queue, level, str(within), label), value)
        for name, ready in _FORMULAS.items():
            value = ready.read(facts).value
            if value is not None:
                yield Sample("sla_indicator_value", (queue, name, label), value)
        yield from _quantiles(queue, label, held)

    def _now(self, queues: Iterable[str], t: Instant) -> Iterator[Sample]:
        for queue in sorted(queues):
            now = self._waiting.now((scope_text("queue", queue), TOTAL))
            oldest_us = 0 if now.oldest_at is None else max(0, t - now.oldest_at)
            yield Sample("sla_queue_waiting_contacts", (queue,), now.waiting)
            yield Sample("sla_queue_oldest_wait_seconds", (queue,), oldest_us / SECOND)
            for within, beyond in now.beyond.items():
                yield Sample("sla_service_level_ratio", (queue, "V8", str(within), "now"), (now.waiting - beyond) / now.waiting)

    def _objectives(self, t: Instant) -> Iterator[Sample]:
        firing: dict[tuple[str, Series], bool] = {}
        plain: list[tuple[Promise, Series]] = []
        for promise, series, is_firing in self._judge.standings():
            about = (promise.written.name, series)
            firing[about] = firing.get(about, False) or is_firing
            if promise.burn is None:
                plain.append((promise, series))
            else:
                yield from self._burns(promise, series)
        for promise, series in plain:
            labels = (promise.written.name, series_label(series), promise.hours.period)
            value = self._reader.read(promise, series, t).value
            if value is not None:
                yield Sample("sla_objective_value", labels, value)
                if promise.written.burns:
                    yield Sample("sla_error_budget_left_ratio", labels, 1 - misses(promise, value) / budget_of(promise.written))
            yield Sample("sla_objective_target", labels, promise.written.target)
            yield Sample("sla_objective_breached", labels, float(firing[promise.written.name, series]))

    def _burns(self, promise: Promise, series: Series) -> Iterator[Sample]:
        labels = (promise.written.name, series_label(series), promise.hours.period)
        yield Sample("sla_error_budget_burn_limit", (*labels, promise.pair), promise.objective.target)
        for window, burn in zip(promise.windows, self._reader.burns(promise, series), strict=True):
            if burn is not None:
                yield Sample("sla_error_budget_burn_rate", (*labels, promise.pair, window_text(window.length_us)), burn)

    def _within(self, queue: str) -> tuple[int, ...]:
        return self._queues.named.get(queue, self._queues.default).answer_within_seconds

    def _level(self, within: int) -> list[tuple[str, Formula]]:
        ready = self._levels.get(within)
        if ready is None:
            ready = self._levels[within] = [(level, formula(f"service_level.{level}", within)) for level in LEVELS]
        return ready


def shard_samples(sources: Sources, held: int, queues: int) -> Iterator[Sample]:
    """Yield how far the sources of a shard are; ``held`` records wait, ``queues`` is how many it shows."""
    yield Sample("sla_queues_incomplete", (), 0 if sources.is_complete() else queues)
    yield Sample("sla_queue_held_records", (), held)
    stuck = sources.stuck()
    for source in sources.all:
        labels = (source[0], str(source[1]))
        if sources.mark_of(source) >= 0:
            yield Sample("sla_queue_source_watermark_timestamp_seconds", labels, sources.mark_of(source) / SECOND)
        yield Sample("sla_queue_source_stuck", labels, float(source in stuck))


def _queue_names(series: Iterable[Series]) -> list[str]:
    return [name for kind, name in (scope_parts(scope) for scope, dims in series if dims == TOTAL) if kind == "queue"]


def _quantiles(queue: str, label: str, held: PaneTotals) -> Iterator[Sample]:
    for prefix, name in _SKETCHES.items():
        values = sketch.quantiles(held.sketches.get(name, {}), _RATIOS)
        for point, value in zip(QUANTILES, values, strict=True):
            if value is not None:
                yield Sample("sla_indicator_value", (queue, f"{prefix}.{point}", label), value / SECOND)
