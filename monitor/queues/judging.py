"""Judging the objectives of one queue shard at T: which are looked at, how they stand, and the alerts that follow.

Looked at are series whose window changed, everything that is pending or firing, everyone waiting for indicators of now, and
all of them after a load or when a calendar opens: looking again at what did not change says nothing new.
"""

from collections import deque
from collections.abc import Container, Iterator, Mapping
from typing import Final

import msgspec

from monitor.panes.where import Series, parse_series, quoted, series_key, unquoted
from monitor.policy.model import Policy
from monitor.processing import Output, State
from monitor.queues.alerts import firing, forgotten, published, resolved
from monitor.queues.formulas import Facts, Reading
from monitor.queues.objectives import OK, Reason, Standing, step
from monitor.queues.promises import Promise, promises
from monitor.queues.waiting import Waiting
from monitor.queues.windows import Window, WindowId
from schemas.alerts import Alert
from schemas.instants import Instant
from schemas.panes import PaneTotals

PREFIX: Final = b"o|"
ENDED: Final = b"e|"
_WIDTH: Final = 8

Name = tuple[str, Series]


class Stored(msgspec.Struct, frozen=True, array_like=True):
    """An objective that is pending or firing, with its alert as last published."""

    standing: Standing
    alert: Alert | None


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Stored)


class Judge:
    """How every objective stands for every series of one shard."""

    def __init__(self, policy: Policy, windows: Mapping[WindowId, Window], waiting: Waiting, state: State) -> None:
        self.promises = promises(policy)
        self._policy, self._windows, self._waiting = policy, windows, waiting
        self._by_name = {promise.objective.name: promise for promise in self.promises}
        self._stored: dict[Name, Stored] = {}
        self._unsaved: dict[bytes, bytes | None] = {}
        self._open: set[str] = set()
        self._everything = True
        for key in sorted(key for key in state if key.startswith(PREFIX)):
            name, scope, dims = key[len(PREFIX) :].decode().split("|")
            self._stored[unquoted(name), parse_series(scope, dims)] = _decoder.decode(state[key])
        self._ended = deque(sorted(key for key in state if key.startswith(ENDED)))

    def lay_out(self, policy: Policy, windows: Mapping[WindowId, Window]) -> None:
        """Judge by another policy from the next T on; what it promises no more ends then, what it promises still goes on."""
        self.promises = promises(policy)
        self._policy, self._windows = policy, windows
        self._by_name = {promise.objective.name: promise for promise in self.promises}
        self._open.clear()
        self._everything = True

    def judge(self, t: Instant, unjudged: Container[Series]) -> list[Output]:
        """Return the alerts that T brings, in the order of objective and series; series in ``unjudged`` stay as they are."""
        outputs = self._withdraw(t) if self._everything else []
        standing = {name for name, _ in self._stored}
        known: dict[str, bool] = {}
        for promise in self.promises:
            opened = self._opens(promise, t, known)
            window = self._windows[promise.window] if promise.window else None
            if window is not None and not (window.changed or opened or self._everything or promise.objective.name in standing):
                continue
            for series in sorted(self._candidates(promise, opened)):
                if series not in unjudged:
                    outputs += self._step(promise, series, t)
        self._everything = False
        for window in self._windows.values():
            if window.changed:
                window.changed = {series: None for series in window.changed if series in unjudged}
        outputs += self._forget(t)
        return outputs

    def read(self, promise: Promise, series: Series, t: Instant) -> Reading:
        """Return the value of an objective's indicator as of T."""
        held = self._windows[promise.window].totals.get(series) if promise.window else None
        return promise.formula.read(Facts(held or PaneTotals(), self._waiting.now(series), t))

    def standings(self) -> Iterator[tuple[Promise, Series, bool]]:
        """Yield every objective with each series that has data or a standing, and whether it is firing; in order."""
        for promise in self.promises:
            for series in sorted(self._all(promise) | self._standing(promise)):
                stored = self._stored.get((promise.objective.name, series))
                yield promise, series, stored is not None and stored.standing.phase == "firing"

    def changes(self) -> dict[bytes, bytes | None]:
        """Return what the state must hold since the last call."""
        changes, self._unsaved = self._unsaved, {}
        return changes

    def _opens(self, promise: Promise, t: Instant, known: dict[str, bool]) -> bool:
        """Whether the objective is open at T and was not known to be before; each calendar is asked once a T."""
        name, calendar = promise.objective.name, promise.objective.calendar
        if calendar is not None:
            if calendar.name not in known:
                known[calendar.name] = calendar.is_open(t)
            if not known[calendar.name]:
                self._open.discard(name)
                return False
        opened = name not in self._open
        self._open.add(name)
        return opened

    def _candidates(self, promise: Promise, opened: bool) -> set[Series]:
        found = self._standing(promise)
        if promise.objective.name not in self._open:
            return found
        if opened or self._everything or promise.window is None:
            return found | self._all(promise)
        return found | {series for series in self._windows[promise.window].changed if promise.covers(series)}

    def _all(self, promise: Promise) -> set[Series]:
        series = self._windows[promise.window].totals if promise.window else self._waiting.series()
        return {each for each in series if promise.covers(each)}

    def _standing(self, promise: Promise) -> set[Series]:
        return {series for name, series in self._stored if name == promise.objective.name}

    def _step(self, promise: Promise, series: Series, t: Instant) -> list[Output]:
        name = (promise.objective.name, series)
        stored = self._stored.get(name)
        before = stored.standing if stored else OK
        reading = self.read(promise, series, t) if name[0] in self._open else None
        after = step(promise.objective, before, reading, t)
        if after.standing == before:
            return []
        alert = stored.alert if stored else None
        if after.move == "fire" and reading is not None:
            alert = firing(promise, series, reading, after.standing.since_at, t, self._policy.version)
        elif after.move == "resolve" and alert is not None:
            alert = resolved(alert, after.reason, reading, t)
        self._store(name, after.standing, alert, t)
        return [published(alert, t)] if alert is not None and after.move != "stay" else []

    def _store(self, name: Name, standing: Standing, alert: Alert | None, t: Instant) -> None:
        key = PREFIX + f"{quoted(name[0])}|{series_key(name[1])}".encode()
        if standing.phase != "ok":
            self._stored[name] = Stored(standing, alert)
            self._unsaved[key] = _encoder.encode(self._stored[name])
            return
        self._stored.pop(name, None)
        self._unsaved[key] = None
        if alert is not None:
            ended = ENDED + t.to_bytes(_WIDTH, "big") + alert.id.encode()
            self._ended.append(ended)
            self._unsaved[ended] = b""

    def _withdraw(self, t: Instant) -> list[Output]:
        """End what the policy no longer promises."""
        outputs = []
        for name, stored in sorted(self._stored.items(), key=lambda item: item[0]):
            promise = self._by_name.get(name[0])
            if promise is not None and promise.covers(name[1]):
                continue
            alert = resolved(stored.alert, Reason.WITHDRAWN, None, t) if stored.alert else None
            self._store(name, OK, alert, t)
            outputs += [published(alert, t)] if alert else []
        return outputs

    def _forget(self, t: Instant) -> list[Output]:
        """Tombstone alerts that ended longer ago than the policy keeps them."""
        start, until_at = len(ENDED), t - self._policy.limits.keep_ended_alerts_us
        keys = []
        while self._ended and int.from_bytes(self._ended[0][start : start + _WIDTH], "big") <= until_at:
            keys.append(self._ended.popleft())
        self._unsaved.update(dict.fromkeys(keys))
        return [forgotten(key[start + _WIDTH :].decode()) for key in sorted(keys)]
