"""Who waits now, summed over the sources: each source's last presence of a scope is kept until it says that nobody waits."""

from typing import Final

import msgspec

from monitor.panes.presence import NOBODY, Shown
from monitor.panes.sources import Source, source_text
from monitor.panes.where import Series, parse_series, series_key
from monitor.processing import State
from schemas.panes import Presence

PREFIX: Final = b"n|"
_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Shown)


class Waiting:
    """The presence of every series of one queue shard."""

    def __init__(self, state: State) -> None:
        self._shown: dict[Series, dict[Source, Shown]] = {}
        self._unsaved: dict[tuple[Series, Source], None] = {}
        for key in sorted(key for key in state if key.startswith(PREFIX)):
            scope, dims, processor, partition = key[len(PREFIX) :].decode().split("|")
            self._shown.setdefault(parse_series(scope, dims), {})[processor, int(partition)] = _decoder.decode(state[key])

    def put(self, record: Presence) -> None:
        """Take what one source shows of a series."""
        series, source = (record.scope, record.dimensions), (record.processor, record.partition)
        if record.waiting:
            self._shown.setdefault(series, {})[source] = Shown(record.waiting, record.oldest_at, record.beyond)
        else:
            held = self._shown.get(series, {})
            held.pop(source, None)
            if not held:
                self._shown.pop(series, None)
        self._unsaved[series, source] = None

    def series(self) -> list[Series]:
        """Return every series in which somebody waits."""
        return list(self._shown)

    def now(self, series: Series) -> Shown:
        """Return who waits in a series, over all sources."""
        held = self._shown.get(series)
        if held is None:
            return NOBODY
        if len(held) == 1:
            return next(iter(held.values()))
        beyond: dict[int, int] = {}
        for shown in held.values():
            for within, count in shown.beyond.items():
                beyond[within] = beyond.get(within, 0) + count
        since = [shown.oldest_at for shown in held.values() if shown.oldest_at is not None]
        return Shown(sum(shown.waiting for shown in held.values()), min(since, default=None), beyond)

    def changes(self) -> dict[bytes, bytes | None]:
        """Return what the state must hold since the last call."""
        changes: dict[bytes, bytes | None] = {}
        for series, source in self._unsaved:
            shown = self._shown.get(series, {}).get(source)
            key = PREFIX + f"{series_key(series)}|{source_text(source)}".encode()
            changes[key] = None if shown is None else _encoder.encode(shown)
        self._unsaved = {}
        return changes
