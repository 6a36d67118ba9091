"""The panes of every source, as last sent: one key a pane and source, so that a later absolute total replaces the earlier.

A pane of all sources is the merge of theirs; it can change until every source has passed its age, then all of it is dropped.
"""

from collections.abc import Collection
from functools import lru_cache
from heapq import heappop, heappush
from typing import Final

from monitor.panes import totals
from monitor.panes.ledger import CACHED
from monitor.panes.slots import closes_at
from monitor.panes.sources import Source, source_text
from monitor.panes.store import as_resolution, decode_pane, encode_pane
from monitor.panes.where import Series, parse_series, series_key
from monitor.processing import State
from schemas.instants import SECOND, Instant
from schemas.panes import PaneRecord, PaneTotals, Resolution

PREFIX: Final = b"q|"

_RESOLUTIONS: Final[dict[Resolution, bytes]] = {"10s": b"|10s|", "5m": b"|5m|", "1h": b"|1h|", "1d": b"|1d|"}

Slot = tuple[Resolution, Instant]


class Tables:
    """All panes of one queue shard."""

    def __init__(self, state: State, sources: tuple[Source, ...]) -> None:
        self._state = state
        self._ends = {source: f"|{source_text(source)}".encode() for source in sources}
        self._bits = {source: 1 << number for number, source in enumerate(sources)}
        self._slots: dict[Slot, dict[Series, int]] = {}
        """Which series have a pane in a slot, and a bit for each source that has it: most panes come from few of many sources."""
        self._closing: list[tuple[Instant, Resolution, Instant]] = []
        self._panes: dict[bytes, PaneTotals] = {}
        self._unsaved: dict[bytes, Instant | None] = {}
        for key in state:
            if key.startswith(PREFIX):
                scope, dims, resolution, slot, processor, partition = key[len(PREFIX) :].decode().split("|")
                self._remember(as_resolution(resolution), int(slot) * SECOND, parse_series(scope, dims), (processor, int(partition)))

    def put(self, record: PaneRecord) -> PaneTotals:
        """Take a pane as its source has it now; return what it grew by, which may be negative."""
        series, source = (record.scope, record.dimensions), (record.processor, record.partition)
        key = _key(series, record.resolution, record.slot_at) + self._ends[source]
        delta = totals.difference(record.totals, self._get(key))
        if totals.is_empty(record.totals):
            self._panes.pop(key, None)
            self._unsaved[key] = None
        else:
            self._panes[key] = record.totals
            self._unsaved[key] = record.t
            self._remember(record.resolution, record.slot_at, series, source)
        return delta

    def series_in(self, resolution: Resolution, slot_at: Instant) -> Collection[Series]:
        """Return which series have a pane in a slot."""
        return self._slots.get((resolution, slot_at), {}).keys()

    def panes(self, series: Series, resolution: Resolution, slot_at: Instant) -> list[PaneTotals]:
        """Return one pane as every source has it."""
        return [pane for key in self._keys(series, resolution, slot_at) if (pane := self._get(key)) is not None]

    def slots(self, resolution: Resolution) -> list[tuple[Instant, Collection[Series]]]:
        """Return every slot of a resolution with its series, oldest first."""
        return [(slot_at, found.keys()) for (each, slot_at), found in self._slots.items() if each == resolution]

    def close(self, t: Instant) -> None:
        """Drop what every source has closed; ``t`` is the lowest watermark of all sources, silent ones too."""
        while self._closing and self._closing[0][0] <= t:
            _, resolution, slot_at = heappop(self._closing)
            for series in self._slots[resolution, slot_at]:
                for key in self._keys(series, resolution, slot_at):
                    if self._has(key):
                        self._panes.pop(key, None)
                        self._unsaved[key] = None
            del self._slots[resolution, slot_at]

    def changes(self) -> dict[bytes, bytes | None]:
        """Return what the state must hold since the last call."""
        changes = {key: None if t is None else encode_pane(self._panes[key], t) for key, t in self._unsaved.items()}
        self._unsaved = {}
        if len(self._panes) > CACHED:
            self._panes.clear()
        return changes

    def _remember(self, resolution: Resolution, slot_at: Instant, series: Series, source: Source) -> None:
        slot = (resolution, slot_at)
        found = self._slots.get(slot)
        if found is None:
            found = self._slots[slot] = {}
            heappush(self._closing, (closes_at(resolution, slot_at), resolution, slot_at))
        found[series] = found.get(series, 0) | self._bits.get(source, 0)

    def _keys(self, series: Series, resolution: Resolution, slot_at: Instant) -> list[bytes]:
        """The keys of a pane, for each source that has or had it."""
        held = self._slots.get((resolution, slot_at), {}).get(series, 0)
        key = _key(series, resolution, slot_at)
        return [key + self._ends[source] for source, bit in self._bits.items() if held & bit]

    def _get(self, key: bytes) -> PaneTotals | None:
        pane = self._panes.get(key)
        if pane is not None:
            return pane
        if key in self._unsaved:  # dropped since the last drain, or it would be among the decoded ones
            return None
        value = self._state.get(key)
        if value is None:
            return None
        pane = self._panes[key] = decode_pane(value)[0]
        return pane

    def _has(self, key: bytes) -> bool:
        return self._unsaved[key] is not None if key in self._unsaved else key in self._state


def _key(series: Series, resolution: Resolution, slot_at: Instant) -> bytes:
    """``q|scope|dimensions|resolution|slot``, as in ``pane_key``."""
    return b"%b%b%d" % (_beginning(series), _RESOLUTIONS[resolution], slot_at // SECOND)


@lru_cache(maxsize=10_000)
def _beginning(series: Series) -> bytes:
    return PREFIX + series_key(series).encode()
