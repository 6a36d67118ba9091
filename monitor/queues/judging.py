"""Judging the objectives of one queue shard at T: which are looked at, how they stand, and the alerts that follow.

Looked at are series whose windows changed, everyone waiting for indicators of now, what waits for an instant that has come
(``monitor.queues.looking``), what stands when its hours are over, and all of them after a load or when an objective opens: looking again
at what did not change says nothing new.
"""

from collections.abc import Container, Iterator

from monitor.panes.where import Series, scope_partition
from monitor.policy.model import Policy
from monitor.processing import Output
from monitor.queues.alerts import firing, published, resolved
from monitor.queues.formulas import Reading
from monitor.queues.groups import BASELINE
from monitor.queues.looking import Looking, is_silence
from monitor.queues.objectives import OK, Reason, Step, step
from monitor.queues.promises import Promise
from monitor.queues.reading import Reader
from monitor.queues.standings import Standings, Stored
from monitor.queues.windows import Window
from schemas.instants import Instant

Place = tuple[int, int]
"""A partition and how many there are."""


class Judge:
    """How every objective of one policy stands for every series of one shard."""

    def __init__(self, policy: Policy, promises: tuple[Promise, ...], reader: Reader, standings: Standings, place: Place) -> None:
        self.promises, self._policy = promises, policy
        self._reader, self._standings = reader, standings
        self._by_name = {promise.name: promise for promise in promises if promise.judged}
        self._order = {name: number for number, name in enumerate(self._by_name)}
        partition, partitions = place
        self._expected = {
            promise.name: {each for each in promise.expected if scope_partition(each[0], partitions) == partition} for promise in promises
        }
        self._of_window: list[tuple[Window, list[Promise]]] = [
            (window, [promise for promise in self._by_name.values() if identity in promise.windows]) for identity, window in reader.windows.items()
        ]
        self._of_now = [promise for promise in self._by_name.values() if not promise.windows]
        self._of_hours: dict[str, list[Promise]] = {}
        for promise in self._by_name.values():
            self._of_hours.setdefault(promise.hours.name, []).append(promise)
        self._filling = [promise for promise in self._by_name.values() if promise.group == BASELINE]
        self._open: set[str] = set()
        self._looking = Looking()
        self._everything = True

    def judge(self, t: Instant, unjudged: Container[Series]) -> list[Output]:
        """Return the alerts that T brings, in the order of promise and series; series in ``unjudged`` stay as they are."""
        outputs = self._withdraw(t) if self._everything else []
        looks = self._looks(t)
        for name in sorted(looks, key=self._order.__getitem__) if len(looks) > 1 else looks:
            promise = self._by_name[name]
            for series in sorted(looks[name]):
                if series not in unjudged:
                    outputs += self._step(promise, series, t)
                elif series in self._expected[name] or self._standings.get(name, series):
                    self._looking.keep(promise, series)
        self._everything = False
        for window, _ in self._of_window:
            if window.changed:
                window.changed = {series: None for series in window.changed if series in unjudged}
        outputs += self._standings.forget(t - self._policy.limits.keep_ended_alerts_us)
        return outputs

    def read(self, promise: Promise, series: Series, t: Instant) -> Reading:
        """Return the value of a promise's indicator as of T."""
        return self._reader.read(promise, series, t)

    def standings(self) -> Iterator[tuple[Promise, Series, bool]]:
        """Yield every promise with each series that has data or a standing, and whether it is firing; in order."""
        for promise in self.promises:
            for series in sorted(self._all(promise) | self._standings.of(promise.name)):
                yield promise, series, self.is_firing(promise.name, series)

    def is_firing(self, name: str, series: Series) -> bool:
        """Whether the alert of a promise is firing for a series."""
        stored = self._standings.get(name, series)
        return stored is not None and stored.standing.phase == "firing"

    def _looks(self, t: Instant) -> dict[str, set[Series]]:
        """Return what is looked at now, by the name of the promise."""
        looks: dict[str, set[Series]] = {}
        for window, promises in self._of_window:
            if window.changed:
                for promise in promises:
                    looks.setdefault(promise.name, set()).update(self._reader.affected(promise, window.changed))
        for promise in self._of_now:
            if waiting := self._reader.subjects(promise) | self._standings.of(promise.name):
                looks[promise.name] = waiting
        for promise in self._filled(t):
            looks.setdefault(promise.name, set()).update(self._all(promise))
        for name, series in self._looking.due(t):
            looks.setdefault(name, set()).add(series)
        for name, every in self._looking.every.items():
            looks.setdefault(name, set()).update(every)
        for hours, promises in self._of_hours.items():
            if hours or self._everything:
                self._open_or_close(promises, t, looks)
        return looks

    def _filled(self, t: Instant) -> list[Promise]:
        """Return, once each, the promises whose baseline is whole now: what was no surge before may be one with the same numbers (R78)."""
        filled = [promise for promise in self._filling if self._reader.has_baseline(promise, t)]
        for promise in filled:
            self._filling.remove(promise)
        return filled

    def _open_or_close(self, promises: list[Promise], t: Instant, looks: dict[str, set[Series]]) -> None:
        """Promises of equal hours: all series are looked at when they open, what stands when they are closed."""
        is_open = promises[0].hours.is_open(t)
        for promise in promises:
            name = promise.name
            opened = is_open and (self._everything or name not in self._open)
            if opened:
                self._open.add(name)
                looks[name] = self._all(promise) | self._standings.of(name)
            elif not is_open:
                self._open.discard(name)
                looks[name] = self._standings.of(name)

    def _all(self, promise: Promise) -> set[Series]:
        return self._reader.subjects(promise) | self._expected[promise.name]

    def _step(self, promise: Promise, series: Series, t: Instant) -> list[Output]:
        stored = self._standings.get(promise.name, series)
        before = stored.standing if stored else OK
        reading = self.read(promise, series, t) if promise.name in self._open else None
        after = step(promise.objective, before, reading, t)
        self._looking.plan(promise, series, after.standing, silent=self._is_silent(promise, series, after))
        if after.standing == before:
            return []
        alert = stored.alert if stored else None
        if after.move == "fire" and reading is not None:
            alert = firing(promise, series, reading, after.standing.since_at, t, self._policy)
        elif after.move == "resolve" and alert is not None:
            alert = resolved(alert, after.reason, reading, t)
        self._standings.put(promise.name, series, Stored(after.standing, alert), t)
        return [published(alert, t)] if alert is not None and after.move != "stay" else []

    def _is_silent(self, promise: Promise, series: Series, after: Step) -> bool:
        """Whether an expected series may yet break its promise by saying nothing on."""
        return series in self._expected[promise.name] and promise.name in self._open and is_silence(promise) and after.reason != Reason.TARGET_MET

    def _withdraw(self, t: Instant) -> list[Output]:
        """End what the policy no longer promises."""
        outputs = []
        for name, series, stored in list(self._standings.items()):
            promise = self._by_name.get(name)
            if promise is not None and promise.covers(series):
                continue
            alert = resolved(stored.alert, Reason.WITHDRAWN, None, t) if stored.alert else None
            self._standings.put(name, series, Stored(OK, alert), t)
            outputs += [published(alert, t)] if alert else []
        return outputs
