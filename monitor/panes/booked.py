"""What is on its way into panes, kept in the state until it is there.

bookings ──> Journal (spot, 10 s slot) ──> 10 s panes of every series, sent with every emission
                      └──> Cascade 5m (series, slot) ──> 5-minute panes and lifetime totals, when 5m is due
                                     └──> Cascade 1h ──> … ──> Cascade 1d ──> day panes, when 1d is due
"""

from collections.abc import Iterable
from itertools import islice
from typing import Final, TypeVar

import msgspec

from monitor.errors import StateError
from monitor.panes import totals
from monitor.panes.amounts import add
from monitor.panes.bookings import Booked, Coming, Slip, joined, listed, summed
from monitor.panes.places import Places
from monitor.panes.where import Series, Where
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


class Entry(PaneTotals, array_like=True):
    """What was booked in one place and fine slot."""

    where: Where = Where()
    slot_at: Instant = 0
    bookings: int = 0


class _Chunk(msgspec.Struct, array_like=True, gc=False):
    version: int
    entries: list[Entry]


class _Stored(msgspec.Struct, array_like=True, gc=False):
    version: int
    coming: Coming


Name = tuple[Resolution, Instant, Series]

_encoder = msgspec.msgpack.Encoder()
_chunk = msgspec.msgpack.Decoder(_Chunk)
_stored = msgspec.msgpack.Decoder(_Stored)
_name = msgspec.msgpack.Decoder(Name)


class Journal:
    """Bookings since the last roll-up. What was drained lies in the state as chunks, numbered until they are taken."""

    def __init__(self, state: State, places: Places) -> None:
        self._places = places
        self._fresh: dict[tuple[Where, Instant], Slip] = {}
        self._kept: list[Slip] = []
        self._chunks: list[bytes] = sorted(key for key in state if key.startswith(JOURNAL))
        self._gone: list[bytes] = []
        for key in self._chunks:
            for entry in _decode(_chunk, state[key]).entries:
                slip = Slip(spot=places.spot_of((entry.where,)), slot_at=entry.slot_at)
                listed(entry, entry.bookings, slip)
                self._kept.append(slip)

    def __len__(self) -> int:
        return len(self._fresh) + len(self._kept)

    def at(self, where: Where, slot_at: Instant) -> Booked:
        """Return where to book, good until the next drain."""
        held = self._fresh.get((where, slot_at))
        if held is None:
            held = self._fresh[where, slot_at] = Slip(spot=self._places.spot(where), slot_at=slot_at)
        return held

    def slips(self) -> list[Slip]:
        """Return everything that was not taken yet, oldest first."""
        return [*self._kept, *self._fresh.values()]

    def take(self) -> list[Slip]:
        """Return everything and forget it."""
        taken = self.slips()
        self._fresh, self._kept = {}, []
        self._gone += self._chunks
        self._chunks = []
        return taken

    def changes(self) -> dict[bytes, bytes | None]:
        """Return what the state must hold since the last call."""
        changes: dict[bytes, bytes | None] = dict.fromkeys(self._gone)
        self._gone = []
        entries = iter(self._entries())
        while chunk := list(islice(entries, CHUNK)):
            key = JOURNAL + len(self._chunks).to_bytes(_WIDTH, "big")
            changes[key] = _encoder.encode(_Chunk(_VERSION, chunk))
            self._chunks.append(key)
        self._kept += self._fresh.values()
        self._fresh = {}
        return changes

    def _entries(self) -> list[Entry]:
        """Return what was booked since the last drain, part by part: facets that many places share lie there once."""
        parts: dict[tuple[Where, Instant], list[Slip]] = {}
        for slip in self._fresh.values():
            for part in slip.spot.parts:
                parts.setdefault((part, slip.slot_at), []).append(slip)
        entries = []
        for (part, slot_at), slips in parts.items():
            booked = joined(slips)
            sums = summed(booked)
            entries.append(Entry(sums.counts, sums.sums, sums.sketches, part, slot_at, len(booked)))
        return entries


class Cascade:
    """What series grew by and waits for a coarse resolution to fall due, per slot of it."""

    def __init__(self, state: State) -> None:
        self._waiting: dict[Resolution, dict[Name, Coming]] = {resolution: {} for resolution in _COARSE}
        self._unsaved: dict[Name, None] = {}
        self._saved: set[Name] = set()
        for key in sorted(key for key in state if key.startswith(CASCADE)):
            name = _name.decode(key[len(CASCADE) :])
            self._waiting[name[0]][name] = _decode(_stored, state[key]).coming
            self._saved.add(name)

    def put(self, resolution: Resolution, slot_at: Instant, series: Series, coming: Coming) -> None:
        """Let something wait."""
        name = (resolution, slot_at, series)
        waiting = self._waiting[resolution]
        held = waiting.get(name)
        if held is None:
            held = waiting[name] = Coming()
        totals.merge(held, coming)
        if coming.missed:
            add(held.missed, coming.missed)
        self._unsaved[name] = None

    def items(self, resolution: Resolution) -> Iterable[tuple[Name, Coming]]:
        """Return what waits for a resolution."""
        return self._waiting[resolution].items()

    def take(self, resolution: Resolution) -> Iterable[tuple[Name, Coming]]:
        """Return what waits for a resolution and forget it."""
        taken, self._waiting[resolution] = self._waiting[resolution], {}
        self._unsaved.update(dict.fromkeys(taken))
        return taken.items()

    def changes(self) -> dict[bytes, bytes | None]:
        """Return what the state must hold since the last call; what came and went in between leaves no trace."""
        changes: dict[bytes, bytes | None] = {}
        for name in self._unsaved:
            held = self._waiting[name[0]].get(name)
            if held is not None:
                self._saved.add(name)
                changes[CASCADE + _encoder.encode(name)] = _encoder.encode(_Stored(_VERSION, held))
            elif name in self._saved:
                self._saved.discard(name)
                changes[CASCADE + _encoder.encode(name)] = None
        self._unsaved = {}
        return changes


def grow(whole: PaneTotals, coming: Coming) -> None:
    """Add what came to a never-expiring total, with the bookings that came too late as counters."""
    totals.merge(whole, coming)
    if coming.missed:
        add(whole.counts, coming.missed)


_Kind = TypeVar("_Kind", _Chunk, _Stored)


def _decode(decoder: msgspec.msgpack.Decoder[_Kind], value: bytes) -> _Kind:
    try:
        stored = decoder.decode(value)
    except msgspec.DecodeError as error:
        raise StateError(f"stored bookings cannot be read ({error}): restore the changelog or start a new application id") from error
    if stored.version != _VERSION:
        raise StateError(f"stored bookings have version {stored.version}, this worker reads {_VERSION}: run a worker of that version")
    return stored
