"""What is pending or firing in one shard, with its alert as last published, and what ended: kept in the state, whatever the policy."""

from collections import deque
from collections.abc import Iterable, Iterator
from typing import Final

import msgspec

from monitor.panes.where import Series, parse_series, quoted, series_key, unquoted
from monitor.processing import Output, State
from monitor.queues.alerts import forgotten
from monitor.queues.objectives import Standing
from schemas.alerts import Alert
from schemas.instants import Instant

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


class Standings:
    """How objectives stand, by name of the promise and series."""

    def __init__(self, state: State) -> None:
        self._held: dict[str, dict[Series, Stored]] = {}
        self._unsaved: dict[bytes, bytes | None] = {}
        for key in sorted(key for key in state if key.startswith(PREFIX)):
            name, scope, dims = key[len(PREFIX) :].decode().split("|")
            self._held.setdefault(unquoted(name), {})[parse_series(scope, dims)] = _decoder.decode(state[key])
        self._ended = deque(sorted(key for key in state if key.startswith(ENDED)))

    def names(self) -> Iterable[str]:
        """Return the promises that are pending or firing anywhere."""
        return self._held.keys()

    def get(self, name: str, series: Series) -> Stored | None:
        """Return how a promise stands for a series; None if it holds."""
        return self._held.get(name, {}).get(series)

    def of(self, name: str) -> set[Series]:
        """Return the series for which a promise is pending or firing."""
        return set(self._held.get(name, ()))

    def items(self) -> Iterator[tuple[str, Series, Stored]]:
        """Yield everything in order."""
        for name in sorted(self._held):
            for series, stored in sorted(self._held[name].items(), key=lambda item: item[0]):
                yield name, series, stored

    def put(self, name: str, series: Series, stored: Stored, t: Instant) -> None:
        """Keep how a promise stands; what holds again is forgotten, its alert remembered as ended."""
        key = PREFIX + f"{quoted(name)}|{series_key(series)}".encode()
        if stored.standing.phase != "ok":
            self._held.setdefault(name, {})[series] = stored
            self._unsaved[key] = _encoder.encode(stored)
            return
        held = self._held.get(name, {})
        held.pop(series, None)
        if not held:
            self._held.pop(name, None)
        self._unsaved[key] = None
        if stored.alert is not None:
            ended = ENDED + t.to_bytes(_WIDTH, "big") + stored.alert.id.encode()
            self._ended.append(ended)
            self._unsaved[ended] = b""

    def forget(self, until_at: Instant) -> list[Output]:
        """Return the tombstones of alerts that ended up to an instant."""
        start, keys = len(ENDED), []
        while self._ended and int.from_bytes(self._ended[0][start : start + _WIDTH], "big") <= until_at:
            keys.append(self._ended.popleft())
        self._unsaved.update(dict.fromkeys(keys))
        return [forgotten(key[start + _WIDTH :].decode()) for key in sorted(keys)]

    def changes(self) -> dict[bytes, bytes | None]:
        """Return what the state must hold since the last call."""
        changes, self._unsaved = self._unsaved, {}
        return changes
