"""What one policy makes of the tables: windows, judge and board. A switch of policies makes new ones from the same tables."""

from collections.abc import Callable, Iterable, Iterator

from monitor.panes.slots import Slots
from monitor.panes.where import TOTAL, Series, scope_parts
from monitor.policy.model import Policy
from monitor.processing import Output, Sample
from monitor.queues.judging import Judge, Place
from monitor.queues.promises import Promise, promises
from monitor.queues.reading import Reader
from monitor.queues.samples import Board
from monitor.queues.standings import Standings
from monitor.queues.tables import Tables
from monitor.queues.waiting import Waiting
from monitor.queues.windows import SHOWN, Window, WindowId
from schemas.instants import Instant
from schemas.panes import PaneTotals, Resolution

Wants = Callable[[Series], bool]


class Views:
    """Derived from tables and presence, and rebuilt from them; only how objectives stand (``Standings``) is kept."""

    def __init__(self, policy: Policy, tables: Tables, waiting: Waiting, standings: Standings, place: Place) -> None:
        self.policy, self._tables = policy, tables
        self._slots = Slots(policy.time_zone)
        self._slot_of: dict[Resolution, Instant] = {}
        ready = promises(policy)
        self._windows = windows_of(ready, self._slots)
        self._wants = {identity: _wants(tuple(each for each in ready if identity in each.windows), identity) for identity in self._windows}
        self._of_resolution: dict[Resolution, list[Window]] = {}
        for window in self._windows.values():
            self._of_resolution.setdefault(window.resolution, []).append(window)
        self._takers: dict[Resolution, dict[Series, list[Window]]] = {resolution: {} for resolution in self._of_resolution}
        self._reader = Reader(self._windows, waiting)
        self._judge = Judge(policy, ready, self._reader, standings, place)
        self._board = Board(policy, self._windows, waiting, self._judge, self._reader)

    @property
    def longest_us(self) -> int:
        """The length of the longest window."""
        return max(window.id.length_us for window in self._windows.values())

    def add(self, resolution: Resolution, series: Series, slot_at: Instant, delta: PaneTotals) -> None:
        """Take what a pane grew by."""
        for window in self._takers_of(resolution, series):
            window.add(series, slot_at, delta)

    def advance(self, t: Instant) -> None:
        """Move the windows to T."""
        for resolution, windows in self._of_resolution.items():
            slot_at = self._slots.slot_at(resolution, t)
            if slot_at == self._slot_of.get(resolution):
                continue
            self._slot_of[resolution] = slot_at
            for window in windows:
                window.advance(slot_at, self._tables.series_in, self._tables.panes)

    def fill(self, t: Instant) -> None:
        """Put everything that the tables hold into the windows, as of T."""
        self.advance(t)
        for resolution, windows in self._of_resolution.items():
            first_at = min(window.begins_at for window in windows)
            for slot_at, found in self._tables.slots(resolution):
                for series in found if slot_at >= first_at else ():
                    for pane in self._tables.panes(series, resolution, slot_at):
                        self.add(resolution, series, slot_at, pane)

    def judge(self, t: Instant, unjudged: Iterable[Series], since_at: Instant) -> list[Output]:
        """Return the alerts that T brings; ``since_at`` is the first T that was ever heard of."""
        self._reader.since_at = since_at
        return self._judge.judge(t, frozenset(unjudged))

    def samples(self, t: Instant) -> Iterator[Sample]:
        """Yield everything about queues and objectives as of T."""
        return self._board.samples(t)

    def _takers_of(self, resolution: Resolution, series: Series) -> list[Window]:
        """The windows in which somebody looks at a series; asked once for each."""
        takers = self._takers.get(resolution)
        if takers is None:
            return []
        found = takers.get(series)
        if found is None:
            found = takers[series] = [window for window in self._of_resolution[resolution] if self._wants[window.id](series)]
        return found


def windows_of(ready: tuple[Promise, ...], slots: Slots) -> dict[WindowId, Window]:
    """The windows that are shown and those of the promises."""
    found = {WindowId(length_us): Window(length_us, None, slots) for length_us in SHOWN.values()}
    for promise in ready:
        for window in promise.windows:
            if window not in found:
                found[window] = Window(window.length_us, promise.hours if window.hours else None, slots)
    return found


def _wants(readers: tuple[Promise, ...], window: WindowId) -> Wants:
    """Whether anybody looks at a series in a window: a promise, or ``/metrics`` at the queues."""
    is_shown = not window.hours and window.length_us in SHOWN.values()

    def wants(series: Series) -> bool:
        is_queue = series[1] == TOTAL and scope_parts(series[0])[0] == "queue"
        return (is_shown and is_queue) or any(promise.reads(series) for promise in readers)

    return wants
