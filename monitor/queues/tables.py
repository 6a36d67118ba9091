"""The panes of every source, as last sent: one key a pane and source, so that a later absolute total replaces the earlier.

A pane of all sources is the merge of theirs; it can change until every source has passed its age, then all of it is dropped.
"""

from typing import Final

from monitor.panes import totals
from monitor.panes.ages import Ages
from monitor.panes.ledger import CACHED
from monitor.panes.sources import Source, source_text
from monitor.panes.store import as_resolution, decode_pane, encode_pane
from monitor.panes.where import Series, pane_key, parse_series
from monitor.processing import State
from schemas.instants import SECOND, Instant
from schemas.panes import PaneRecord, PaneTotals, Resolution

PREFIX: Final = b"q|"


class Tables:
    """All panes of one queue shard."""

    def __init__(self, state: State, sources: tuple[Source, ...]) -> None:
        self._state = state
        self._ends = tuple(f"|{source_text(source)}".encode() for source in sources)
        self._ages: Ages[Series] = Ages()
        self._panes: dict[bytes, PaneTotals] = {}
        self._unsaved: dict[bytes, Instant | None] = {}
        for key in state:
            if key.startswith(PREFIX):
                scope, dims, resolution, slot, *_ = key[len(PREFIX) :].decode().split("|")
                self._ages.remember(as_resolution(resolution), int(slot) * SECOND, parse_series(scope, dims))

    def put(self, record: PaneRecord) -> PaneTotals:
        """Take a pane as its source has it now; return what it grew by, which may be negative."""
        series = (record.scope, record.dimensions)
        key = _key(series, record.resolution, record.slot_at) + f"|{record.processor}|{record.partition}".encode()
        delta = totals.difference(record.totals, self._get(key))
        if totals.is_empty(record.totals):
            self._panes.pop(key, None)
            self._unsaved[key] = None
        else:
            self._panes[key] = record.totals
            self._unsaved[key] = record.t
            self._ages.remember(record.resolution, record.slot_at, series)
        return delta

    def series_in(self, resolution: Resolution, slot_at: Instant) -> list[Series]:
        """Return which series have a pane in a slot."""
        return list(self._ages.items(resolution, slot_at))

    def panes(self, series: Series, resolution: Resolution, slot_at: Instant) -> list[PaneTotals]:
        """Return one pane as every source has it."""
        key = _key(series, resolution, slot_at)
        return [pane for end in self._ends if (pane := self._get(key + end)) is not None]

    def slots(self, resolution: Resolution) -> list[tuple[Instant, list[Series]]]:
        """Return every slot of a resolution with its series, oldest first."""
        return [(slot_at, list(items)) for slot_at, items in self._ages.slots(resolution)]

    def close(self, t: Instant) -> None:
        """Drop what every source has closed; ``t`` is the lowest watermark of all sources, silent ones too."""
        for resolution, slot_at, series in self._ages.close(t):
            key = _key(series, resolution, slot_at)
            for end in self._ends:
                if self._get(key + end) is not None:
                    self._panes.pop(key + end, None)
                    self._unsaved[key + end] = None

    def changes(self) -> dict[bytes, bytes | None]:
        """Return what the state must hold since the last call."""
        changes = {key: None if t is None else encode_pane(self._panes[key], t) for key, t in self._unsaved.items()}
        self._unsaved = {}
        if len(self._panes) > CACHED:
            self._panes.clear()
        return changes

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


def _key(series: Series, resolution: Resolution, slot_at: Instant) -> bytes:
    return PREFIX + pane_key(series, resolution, slot_at // SECOND).encode()
