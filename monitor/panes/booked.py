"""What is on its way into panes: bookings of one place and slot, kept in the state until they are rolled up.

A place is kept apart from its series until the last moment: a booking is one entry here and many panes there.

    bookings ──> Journal (place, 10 s slot) ──> 10 s panes, sent with every emission
                          └──> Cascade 5m (place, slot) ──> 5-minute panes and lifetime totals, when 5m is due
                                         └──> Cascade 1h ──> … ──> Cascade 1d ──> day panes, when 1d is due
"""

from collections.abc import Iterable
from typing import Final

import msgspec

from monitor.errors import StateError
from monitor.panes import totals
from monitor.panes.where import Where
from monitor.processing import State
from schemas.instants import Instant
from schemas.panes import PaneTotals, Resolution

JOURNAL: Final = b"j|"
CASCADE: Final = b"y|"
CHUNK: Final = 64
"""Entries in one value of the journal at most, so that no value grows with the length of a slice."""

_VERSION: Final = 1
_WIDTH: Final = 8
_COARSE: Final[tuple[Resolution, ...]] = ("5m", "1h", "1d")


class Booked(PaneTotals, array_like=True):
    """Bookings in one place and slot; ``missed`` counts those that came after a resolution had closed."""

    where: Where = Where()
    slot_at: Instant = 0
    bookings: int = 0
    missed: dict[str, int] = msgspec.field(default_factory=dict)


class _Chunk(msgspec.Struct, array_like=True):
    version: int
    entries: list[Booked]


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(_Chunk)

Name = tuple[Resolution, Instant, Where]


class Journal:
    """Bookings since the last roll-up. What was drained lies in the state as chunks, numbered until they are taken."""

    def __init__(self, state: State) -> None:
        self.fresh: dict[tuple[Where, Instant], Booked] = {}
        """Bookings since the last drain."""
        self._kept: list[Booked] = []
        self._chunks: list[bytes] = sorted(key for key in state if key.startswith(JOURNAL))
        self._gone: list[bytes] = []
        for key in self._chunks:
            self._kept += _decode(state[key])

    def __len__(self) -> int:
        return len(self.fresh) + len(self._kept)

    def at(self, where: Where, slot_at: Instant) -> Booked:
        """Return the entry to book in."""
        held = self.fresh.get((where, slot_at))
        if held is None:
            held = self.fresh[where, slot_at] = Booked(where=where, slot_at=slot_at)
        return held

    def entries(self) -> list[Booked]:
        """Return everything that was not taken yet, oldest first."""
        return [*self._kept, *self.fresh.values()]

    def take(self) -> list[Booked]:
        """Return everything and forget it."""
        taken = self.entries()
        self.fresh, self._kept = {}, []
        self._gone += self._chunks
        self._chunks = []
        return taken

    def changes(self) -> dict[bytes, bytes | None]:
        """Return what the state must hold since the last call."""
        changes: dict[bytes, bytes | None] = dict.fromkeys(self._gone)
        self._gone = []
        entries = list(self.fresh.values())
        for first in range(0, len(entries), CHUNK):
            key = JOURNAL + len(self._chunks).to_bytes(_WIDTH, "big")
            changes[key] = _encode(entries[first : first + CHUNK])
            self._chunks.append(key)
        self._kept += entries
        self.fresh = {}
        return changes


class Cascade:
    """Bookings that wait for a coarse resolution to fall due, per place and slot of it."""

    def __init__(self, state: State) -> None:
        self._waiting: dict[Resolution, dict[Name, Booked]] = {resolution: {} for resolution in _COARSE}
        self._unsaved: dict[Name, None] = {}
        self._saved: set[Name] = set()
        for key in sorted(key for key in state if key.startswith(CASCADE)):
            name = _name.decode(key[len(CASCADE) :])
            (self._waiting[name[0]][name],) = _decode(state[key])
            self._saved.add(name)

    def put(self, resolution: Resolution, slot_at: Instant, booked: Booked) -> None:
        """Let bookings wait; the entry belongs to the cascade from here on."""
        name = (resolution, slot_at, booked.where)
        waiting = self._waiting[resolution]
        held = waiting.get(name)
        if held is None:
            booked.slot_at = slot_at
            waiting[name] = booked
        else:
            totals.merge(held, booked)
            for resolution_missed, count in booked.missed.items():
                held.missed[resolution_missed] = held.missed.get(resolution_missed, 0) + count
        self._unsaved[name] = None

    def entries(self, resolution: Resolution) -> Iterable[Booked]:
        """Return what waits for a resolution."""
        return self._waiting[resolution].values()

    def take(self, resolution: Resolution) -> Iterable[Booked]:
        """Return what waits for a resolution and forget it."""
        taken, self._waiting[resolution] = self._waiting[resolution], {}
        self._unsaved.update(dict.fromkeys(taken))
        return taken.values()

    def changes(self) -> dict[bytes, bytes | None]:
        """Return what the state must hold since the last call; what came and went in between leaves no trace."""
        changes: dict[bytes, bytes | None] = {}
        for name in self._unsaved:
            held = self._waiting[name[0]].get(name)
            if held is not None:
                self._saved.add(name)
                changes[CASCADE + _encoder.encode(name)] = _encode([held])
            elif name in self._saved:
                self._saved.discard(name)
                changes[CASCADE + _encoder.encode(name)] = None
        self._unsaved = {}
        return changes


_name = msgspec.msgpack.Decoder(Name)


def _encode(entries: list[Booked]) -> bytes:
    return _encoder.encode(_Chunk(_VERSION, entries))


def _decode(value: bytes) -> list[Booked]:
    try:
        chunk = _decoder.decode(value)
    except msgspec.DecodeError as error:
        raise StateError(f"stored bookings cannot be read ({error}): restore the changelog or start a new application id") from error
    if chunk.version != _VERSION:
        raise StateError(f"stored bookings have version {chunk.version}, this worker reads {_VERSION}: run a worker of that version")
    return chunk.entries
