"""The value of a promise as of T, out of the windows of one shard."""

from collections.abc import Iterable, Mapping

from monitor.panes.totals import merged
from monitor.panes.where import ALL, TOTAL, Series, facet_parts
from monitor.policy.budgets import budget_of
from monitor.queues.formulas import NOTHING, Count, Facts, Reading
from monitor.queues.groups import AGAINST, BASELINE, OF
from monitor.queues.promises import Promise
from monitor.queues.waiting import Waiting
from monitor.queues.windows import Window, WindowId
from schemas.instants import Instant
from schemas.panes import PaneTotals

_NONE = PaneTotals()


class Reader:
    """Reads windows and presence; ``since_at`` is the first T that this shard ever heard of."""

    def __init__(self, windows: Mapping[WindowId, Window], waiting: Waiting) -> None:
        self.windows, self._waiting = windows, waiting
        self.since_at: Instant = 0
        self._subjects: dict[str, dict[Series, Series | None]] = {}

    def read(self, promise: Promise, series: Series, t: Instant) -> Reading:
        """Return the value of a promise; of a burn rate the lower of its two windows, which both must exceed it."""
        if promise.burn is not None:
            return self._burn(promise, series)
        if not promise.windows:
            return promise.formula.read(Facts(_NONE, self._waiting.now(series), t))
        if isinstance(promise.formula, Count) and promise.objective.comparison == ">=" and not self._saw_all(promise, t):
            return NOTHING
        held = self._totals(promise.windows[0], series)
        if not promise.group:
            return promise.formula.read(Facts(held))
        return promise.formula.read(self._group(promise, series, held, t))

    def burns(self, promise: Promise, series: Series) -> tuple[float | None, ...]:
        """Return the burn rate over each window of a promise, unrounded; None for an empty one."""
        return tuple(self._burn_over(promise, window, series)[0] for window in promise.windows)

    def subjects(self, promise: Promise) -> set[Series]:
        """Return every series that there is to judge now."""
        found = self._waiting.series() if promise.window is None else self.windows[promise.window].totals
        return self.affected(promise, found)

    def affected(self, promise: Promise, found: Iterable[Series]) -> set[Series]:
        """Return the series that are judged anew when these changed; asked once for each."""
        known = self._subjects.setdefault(promise.name, {})
        subjects: set[Series] = set()
        for series in found:
            if series not in known:
                known[series] = promise.subject(series)
            subject = known[series]
            if subject is not None:
                subjects.add(subject)
        return subjects

    def _totals(self, window: WindowId, series: Series) -> PaneTotals:
        return self.windows[window].totals.get(series, _NONE)

    def _burn(self, promise: Promise, series: Series) -> Reading:
        (long, n), (short, _) = (self._burn_over(promise, window, series) for window in promise.windows)
        return NOTHING if long is None or short is None else Reading(min(long, short), n)

    def _burn_over(self, promise: Promise, window: WindowId, series: Series) -> tuple[float | None, int]:
        value, n = promise.formula.read(Facts(self._totals(window, series)))
        if value is None:
            return None, 0
        return misses(promise, value) / budget_of(promise.written), n

    def _group(self, promise: Promise, series: Series, held: PaneTotals, t: Instant) -> Facts:
        objective = promise.objective
        if promise.group == BASELINE:
            if not self.has_baseline(promise, t):
                return Facts(held)
            parts = {BASELINE: self._totals(promise.windows[1], series)}
            return Facts(held, parts=parts, times=objective.baseline_us / objective.window_us)
        found = {
            facet_parts(dims)[1]: totals
            for (scope, dims), totals in sorted(self.windows[promise.windows[0]].totals.items(), key=lambda item: item[0])
            if scope == ALL and dims != TOTAL and promise.reads((scope, dims))
        }
        if promise.group == "pair":
            sides = ((OF, objective.of), (AGAINST, objective.against))
            found = {side: merged(part for value, part in found.items() if value in values) for side, values in sides}
        return Facts(held, parts=found, least=max(1, objective.minimum_volume))

    def has_baseline(self, promise: Promise, t: Instant) -> bool:
        """Whether a surge's whole baseline lies behind T (R78)."""
        return t - promise.objective.baseline_us >= self.since_at

    def _saw_all(self, promise: Promise, t: Instant) -> bool:
        """Whether a whole window lies behind T: nothing seen is a silence only while it was watched and open."""
        from_at = t - promise.objective.window_us
        return from_at >= self.since_at and promise.hours.is_open_from(from_at, t)


def misses(promise: Promise, value: float) -> float:
    """The share that went wrong, of a share that is promised to be high or low."""
    return 1 - value if promise.written.comparison == ">=" else value
