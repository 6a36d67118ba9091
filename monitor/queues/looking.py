"""When a promise must be looked at again though nothing that it reads changed: a schedule of next instants, and those that have none.

Looking again at equal numbers says something new only when time itself decides: a ``for`` or an empty window runs out at a known instant;
a silence, a longest wait and the mean that a surge is measured by change with every T. Everything else rests until a pane, a presence
or the hours of the promise wake it.
"""

from collections.abc import Mapping
from heapq import heappop, heappush

from monitor.panes.where import Series
from monitor.queues.formulas import Count, LongestNow
from monitor.queues.groups import BASELINE
from monitor.queues.objectives import Standing
from monitor.queues.promises import Promise
from schemas.instants import Instant

Name = tuple[str, Series]


class Looking:
    """What waits for an instant, and what is looked at in every slot; made anew from the first look at everything after a load."""

    def __init__(self) -> None:
        self._every: dict[str, dict[Series, None]] = {}
        self._at: dict[Name, Instant] = {}
        self._heap: list[tuple[Instant, str, Series]] = []

    @property
    def every(self) -> Mapping[str, Mapping[Series, None]]:
        """What is looked at in every slot, by the name of the promise."""
        return self._every

    def keep(self, promise: Promise, series: Series) -> None:
        """Look in every slot, until ``plan`` says otherwise."""
        self._every.setdefault(promise.name, {})[series] = None

    def plan(self, promise: Promise, series: Series, standing: Standing, *, silent: bool) -> None:
        """A promise was looked at and stands like this; ``silent`` if it waits for its whole window to have been silent."""
        name = promise.name
        if silent or (standing.phase != "ok" and moves_by_itself(promise)):
            self.keep(promise, series)
        elif name in self._every:
            self._every[name].pop(series, None)
            if not self._every[name]:
                del self._every[name]
        at = next_at(promise, standing)
        if at is None:
            self._at.pop((name, series), None)
        elif self._at.get((name, series)) != at:
            self._at[name, series] = at
            heappush(self._heap, (at, name, series))

    def due(self, t: Instant) -> list[Name]:
        """Take what falls due up to T."""
        found: list[Name] = []
        while self._heap and self._heap[0][0] <= t:
            at, name, series = heappop(self._heap)
            if self._at.get((name, series)) == at:
                del self._at[name, series]
                found.append((name, series))
        return found


def moves_by_itself(promise: Promise) -> bool:
    """Whether the value of a promise can change with T alone: a longest wait, a silence, a surge whose baseline fills up."""
    return isinstance(promise.formula, LongestNow) or promise.group == BASELINE or is_silence(promise)


def is_silence(promise: Promise) -> bool:
    """Whether a promise is broken by what does not happen (R76)."""
    return isinstance(promise.formula, Count) and promise.objective.comparison == ">="


def next_at(promise: Promise, standing: Standing) -> Instant | None:
    """The T from which on equal numbers mean something else: the ``for`` is over, or the whole window has passed without evidence."""
    if standing.phase == "ok":
        return None
    if standing.quiet_at is not None:
        return standing.quiet_at + promise.objective.window_us
    return standing.since_at + promise.objective.for_us if standing.phase == "pending" else None
