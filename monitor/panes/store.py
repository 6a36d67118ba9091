"""How panes lie in a shard's state: one key a pane, decoded on touch; who is dirty follows from the stamp, not from a list."""

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple, cast

import msgspec

from monitor.errors import StateError
from monitor.panes.where import Series, pane_key, parse_series
from schemas.instants import SECOND, Instant
from schemas.panes import PaneTotals, Resolution

PREFIX: Final = b"p|"
SENT_KEY: Final = b"p|sent"
LIFETIME: Final = "all"
_VERSION: Final = 1


class PaneName(NamedTuple):
    """Which pane: its series, its resolution (or ``all``, the lifetime total), the instant its slot begins."""

    series: Series
    resolution: str
    slot_at: Instant

    def key(self) -> bytes:
        """Return the pane's key in the state."""
        return PREFIX + pane_key(self.series, self.resolution, self.slot_at // SECOND).encode()


class StoredPane(msgspec.Struct, array_like=True, gc=False):
    """A pane in the state; ``stamp`` is the T last sent before its last change: it is dirty until something later was sent."""

    version: int
    stamp: Instant
    counts: dict[str, int]
    sums: dict[str, int]
    sketches: dict[str, dict[int, int]]


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(StoredPane)
_sent_decoder = msgspec.msgpack.Decoder(dict[str, int])


def encode_pane(totals: PaneTotals, stamp: Instant) -> bytes:
    """Return the bytes of a pane."""
    return _encoder.encode(StoredPane(_VERSION, stamp, totals.counts, totals.sums, totals.sketches))


def decode_pane(value: bytes) -> tuple[PaneTotals, Instant]:
    """Return a pane's totals and stamp. Raises StateError for bytes that are none of ours."""
    try:
        stored = _decoder.decode(value)
    except msgspec.DecodeError as error:
        raise StateError(f"a stored pane cannot be read ({error}): restore the changelog or start a new application id") from error
    if stored.version != _VERSION:
        raise StateError(f"a stored pane has version {stored.version}, this worker reads {_VERSION}: run a worker of that version")
    return PaneTotals(stored.counts, stored.sums, stored.sketches), stored.stamp


def encode_sent(sent: dict[str, Instant]) -> bytes:
    """Return the bytes of the T last sent, per resolution."""
    return _encoder.encode(sent)


def decode_sent(value: bytes) -> dict[str, Instant]:
    """Return the T last sent, per resolution."""
    return _sent_decoder.decode(value)


def stored_panes(keys: Iterable[bytes]) -> Iterator[tuple[bytes, PaneName]]:
    """Return key and name of every pane among the keys of a state."""
    for key in keys:
        if key.startswith(PREFIX) and key != SENT_KEY:
            scope, dims, resolution, slot = key[len(PREFIX) :].decode().split("|")
            yield key, PaneName(parse_series(scope, dims), resolution, int(slot) * SECOND)


def as_resolution(text: str) -> Resolution:
    """Return the resolution of a pane that is sent (never the lifetime total)."""
    return cast(Resolution, text)
