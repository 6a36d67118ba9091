"""Judging the objectives of one queue shard at T: which are looked at, how they stand, and the alerts that follow.

Looked at are series whose windows changed, everything that is pending or firing, everyone waiting for indicators of now, series
that are expected to speak, and all of them after a load or when an objective opens: looking again at what did not change says
nothing new.
"""

from collections.abc import Container, Iterator

from monitor.panes.where import Series, scope_partition
from monitor.policy.model import Policy
from monitor.processing import Output
from monitor.queues.alerts import firing, published, resolved
from monitor.queues.formulas import Reading
from monitor.queues.objectives import OK, Reason, step
from monitor.queues.promises import Promise
from monitor.queues.reading import Reader
from monitor.queues.standings import Standings, Stored
from monitor.queues.windows import WindowId
from schemas.instants import Instant

Place = tuple[int, int]
"""A partition and how many there are."""


class Judge:
    """How every objective of one policy stands for every series of one shard."""

    def __init__(self, policy: Policy, promises: tuple[Promise, ...], reader: Reader, standings: Standings, place: Place) -> None:
        self.promises, self._policy = promises, policy
        self._reader, self._standings = reader, standings
        self._by_name = {promise.name: promise for promise in promises if promise.judged}
        partition, partitions = place
        self._expected = {
            promise.name: {each for each in promise.expected if scope_partition(each[0], partitions) == partition} for promise in promises
        }
        self._restless = {name for name, each in self._by_name.items() if each.hours.name or not each.windows or self._expected[name]}
        readers: dict[WindowId, set[str]] = {}
        for name, promise in self._by_name.items():
            for window in promise.windows:
                readers.setdefault(window, set()).add(name)
        self._of_window = [(reader.windows[window], names) for window, names in readers.items()]
        self._open: set[str] = set()
        self._everything = True

    def judge(self, t: Instant, unjudged: Container[Series]) -> list[Output]:
        """Return the alerts that T brings, in the order of promise and series; series in ``unjudged`` stay as they are."""
        outputs = self._withdraw(t) if self._everything else []
        known: dict[str, bool] = {}
        awake = self._awake()
        for promise in self._by_name.values():
            if not (self._everything or promise.name in awake):
                continue
            opened = self._opens(promise, t, known)
            for series in sorted(self._candidates(promise, opened)):
                if series not in unjudged:
                    outputs += self._step(promise, series, t)
        self._everything = False
        for window in self._reader.windows.values():
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

    def _opens(self, promise: Promise, t: Instant, known: dict[str, bool]) -> bool:
        """Whether the promise is open at T and was not known to be before; equal hours are asked once a T."""
        hours = promise.hours
        if hours.name:
            if hours.name not in known:
                known[hours.name] = hours.is_open(t)
            if not known[hours.name]:
                self._open.discard(promise.name)
                return False
        opened = promise.name not in self._open
        self._open.add(promise.name)
        return opened

    def _awake(self) -> set[str]:
        """Return the promises that may have something to say: a window changed, something stands, hours may open, silence may speak."""
        awake = self._restless.union(self._standings.names())
        for window, names in self._of_window:
            if window.changed:
                awake |= names
        return awake

    def _candidates(self, promise: Promise, opened: bool) -> set[Series]:
        found = self._standings.of(promise.name)
        if promise.name not in self._open:
            return found
        if opened or self._everything or promise.window is None:
            return found | self._all(promise)
        return found | self._expected[promise.name] | self._reader.changed(promise)

    def _all(self, promise: Promise) -> set[Series]:
        return self._reader.subjects(promise) | self._expected[promise.name]

    def _step(self, promise: Promise, series: Series, t: Instant) -> list[Output]:
        stored = self._standings.get(promise.name, series)
        before = stored.standing if stored else OK
        reading = self.read(promise, series, t) if promise.name in self._open else None
        after = step(promise.objective, before, reading, t)
        if after.standing == before:
            return []
        alert = stored.alert if stored else None
        if after.move == "fire" and reading is not None:
            alert = firing(promise, series, reading, after.standing.since_at, t, self._policy)
        elif after.move == "resolve" and alert is not None:
            alert = resolved(alert, after.reason, reading, t)
        self._standings.put(promise.name, series, Stored(after.standing, alert), t)
        return [published(alert, t)] if alert is not None and after.move != "stay" else []

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
