"""Rolling windows as merges of panes, kept as running totals: a pane is added as it grows and subtracted when it leaves.

A window reads the finest panes that are kept long enough for it; T moves in steps of ten seconds::

                 T - length                                             T
                     |<----------------- length ---------------------->|
    panes  ..|----|----|----|----|----|----|----|----|----|----|----|--:..|
             left   ^ the first slot that begins at or after            ^ the running slot counts with
             it       (slot of T) - length                                what it holds as of T

so a window holds its length in whole slots and the running one, never less than was promised. Up to 6 h the slots are of 10 s, up to
48 h of 5 minutes, up to 35 d hours, above days. Slots of an objective with a calendar or periods count only if they begin while it is open.
"""

from collections.abc import Callable, Iterable
from heapq import heappop, heappush
from typing import Final, NamedTuple, Protocol

from monitor.panes import totals
from monitor.panes.slots import KEPT_US, LENGTH_US, RESOLUTIONS, Slots
from monitor.panes.where import Series
from schemas.instants import DAY, HOUR, MINUTE, SECOND, Instant
from schemas.panes import PaneTotals, Resolution

SHOWN: Final[dict[str, int]] = {"5m": 5 * MINUTE, "30m": 30 * MINUTE, "1h": HOUR, "1d": DAY}
"""The windows that ``/metrics`` shows beside those of the objectives."""

PanesOf = Callable[[Series, Resolution, Instant], Iterable[PaneTotals]]
SeriesIn = Callable[[Resolution, Instant], Iterable[Series]]


class Opening(Protocol):
    """The time in which a window counts."""

    name: str

    def is_open(self, at: Instant) -> bool:
        """Whether a slot that begins at ``at`` counts."""


class WindowId(NamedTuple):
    """Which window: its length and the time it counts in, if not all."""

    length_us: int
    hours: str = ""


def resolution_of(length_us: int) -> Resolution:
    """Return the finest resolution whose panes are kept as long as the window is."""
    for resolution in RESOLUTIONS:
        # Local slots can be longer than their name says (25 h): such a window must end before its last pane is forgotten.
        spare = LENGTH_US[resolution] if resolution in ("1h", "1d") else 0
        if length_us + spare <= KEPT_US[resolution]:
            return resolution
    raise ValueError(f"no pane is kept for {length_us // SECOND} s; the longest window is {KEPT_US['1d'] // DAY} d")


class Window:
    """One window over every series that it is told of."""

    def __init__(self, length_us: int, opening: Opening | None, slots: Slots) -> None:
        self.id = WindowId(length_us, opening.name if opening else "")
        self.resolution = resolution_of(length_us)
        self.totals: dict[Series, PaneTotals] = {}
        self.changed: dict[Series, None] = {}
        self.unseen: dict[Series, None] = {}
        self.begins_at: Instant = 0
        self._opening, self._slots = opening, slots
        self._inside: list[Instant] = []
        self._members: set[Instant] = set()
        self._closed_at: Instant = -1

    def add(self, series: Series, slot_at: Instant, delta: PaneTotals) -> None:
        """Take what a pane grew by, if its slot is inside."""
        if slot_at not in self._members and not self._enter(slot_at):
            return
        held = self.totals.get(series)
        if held is None:
            held = self.totals[series] = PaneTotals()
        totals.merge(held, delta)
        self.changed[series] = self.unseen[series] = None

    def advance(self, t: Instant, series_in: SeriesIn, panes_of: PanesOf) -> None:
        """Move on to T: subtract the panes of every slot that leaves. Nothing changes within one slot of the window's resolution."""
        self.begins_at = self._slots.slot_at(self.resolution, t) - self.id.length_us
        while self._inside and self._inside[0] < self.begins_at:
            slot_at = heappop(self._inside)
            self._members.discard(slot_at)
            for series in series_in(self.resolution, slot_at):
                held = self.totals.get(series)
                if held is not None:
                    self._subtract(series, held, panes_of(series, self.resolution, slot_at))

    def _subtract(self, series: Series, held: PaneTotals, panes: Iterable[PaneTotals]) -> None:
        for pane in panes:
            totals.merge(held, pane, -1)
        if totals.is_empty(held):
            del self.totals[series]
        self.changed[series] = self.unseen[series] = None

    def _enter(self, slot_at: Instant) -> bool:
        if slot_at < self.begins_at or slot_at == self._closed_at:
            return False
        if self._opening is not None and not self._opening.is_open(slot_at):
            self._closed_at = slot_at  # asked once for all panes of the slot
            return False
        self._members.add(slot_at)
        heappush(self._inside, slot_at)
        return True
