"""Opening hours in a time zone: weekly intervals, holidays, open dates (P1-P6), at a cost that does not grow with the target.

An instant is open iff its local wall time is. Between two changes of the zone's offset the wall clock runs evenly, so
open time before an instant is ``total(wall) + shift`` of its offset period: the wall's prefix sum, corrected once per
change by what the clock skipped (gap) or showed twice (overlap).
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import pairwise
from typing import Final

from monitor.calendar.hours import Span
from monitor.calendar.model import Pause
from monitor.calendar.pauses import counted_around, reach_around
from monitor.calendar.wall import OpenWall, day_of
from monitor.calendar.zone import MAX_AT, Zone, zone_of
from schemas.instants import DAY, MINUTE, Instant

_SLACK: Final = 2 * DAY
_QUARTER: Final = 15 * MINUTE
_QUARTERS_KEPT: Final = 4096


class _Table:
    """Prefix sums over the offset periods of [from_at, to_at): open time before each, and the shift that holds inside."""

    def __init__(self, wall: OpenWall, zone: Zone, from_at: Instant, to_at: Instant) -> None:
        self.from_at, self.to_at = from_at, to_at
        periods = zone.periods(from_at, to_at)
        self.starts = [at for at, _ in periods]
        self.offsets = [offset for _, offset in periods]
        self.shifts = [0]
        for (_, before), (at, after) in pairwise(periods):
            self.shifts.append(self.shifts[-1] + wall.total(at + before) - wall.total(at + after))
        self.counts = [wall.total(at + offset) + shift for at, offset, shift in zip(self.starts, self.offsets, self.shifts, strict=True)]
        self.end_count = wall.total(to_at + self.offsets[-1]) + self.shifts[-1]

    def move(self, by_us: int) -> None:
        """Count from another origin, so that sums of an earlier, smaller table stay comparable."""
        self.shifts = [shift + by_us for shift in self.shifts]
        self.counts = [count + by_us for count in self.counts]
        self.end_count += by_us

    def index(self, at: Instant) -> int:
        """The offset period that holds ``at``."""
        return bisect_right(self.starts, at) - 1


class WallCalendar:
    """A calendar with opening hours; see ``monitor.calendar.model.Calendar`` for the operations.

    ``weekly`` maps weekdays (Monday 0) to spans, ``holidays`` are closed dates, ``open_dates`` beat holidays, which beat
    the week; both replace only the intervals that begin on their date. Raises ValueError for an unknown zone.
    """

    def __init__(
        self,
        name: str,
        time_zone: str,
        weekly: Mapping[int, Sequence[Span]],
        holidays: Sequence[date] = (),
        open_dates: Mapping[date, Sequence[Span]] | None = None,
    ) -> None:
        """Costs a few microseconds per exceptional date; offset periods are found when first needed."""
        self._name = name
        self._zone = zone_of(time_zone)
        closed: dict[int, Sequence[Span]] = {day_of(day): () for day in holidays}
        self.wall: Final = OpenWall(weekly, closed | {day_of(day): spans for day, spans in (open_dates or {}).items()})
        self._table: _Table | None = None
        self._quarters: dict[int, int] = {}

    @property
    def name(self) -> str:
        """The name in the policy."""
        return self._name

    @property
    def time_zone(self) -> str:
        """The IANA zone in which the hours are wall time."""
        return self._zone.name

    def is_open(self, at: Instant) -> bool:
        """Whether the local wall time of ``at`` lies inside an interval. Instants that are asked for lie close together."""
        quarter = at // _QUARTER
        open_us = self._quarters.get(quarter)
        if open_us is None:
            if len(self._quarters) >= _QUARTERS_KEPT:
                self._quarters.clear()
            open_us = self._quarters[quarter] = self.counted(quarter * _QUARTER, (quarter + 1) * _QUARTER)
        if open_us in (0, _QUARTER):
            return open_us > 0
        return self.counted(at, at + 1) > 0

    def counted(self, start_at: Instant, end_at: Instant, pauses: Sequence[Pause] = ()) -> int:
        """Microseconds of open, unpaused time in [start_at, end_at); 0 if end is before start."""
        if end_at <= start_at:
            return 0
        if pauses:
            return counted_around(start_at, end_at, pauses, self.counted)
        return self._before(end_at) - self._before(start_at)

    def due(self, start_at: Instant, target_us: int, pauses: Sequence[Pause] = ()) -> Instant | None:
        """The earliest instant at which ``target_us`` of open, unpaused time is reached; None if never."""
        if target_us <= 0:
            return start_at
        if pauses:
            return reach_around(start_at, target_us, pauses, self.counted, self.due)
        return self._reach(self._before(start_at) + target_us)

    def due_business_days(self, start_at: Instant, days: int, pauses: Sequence[Pause] = ()) -> Instant | None:
        """The close of the last interval beginning on the ``days``-th later date that has open time (P6)."""
        endless_at = min((from_at for from_at, to_at in pauses if to_at is None), default=MAX_AT)
        day = (start_at + self._zone.offset_at(start_at)) // DAY
        while days > 0:
            day += 1
            if day * DAY - _SLACK > endless_at or (not self.wall.repeats and day * DAY > self.wall.listed_until):
                return None
            stretches = self._opened_on(day)
            if any(self.counted(from_at, to_at, pauses) for from_at, to_at in stretches):
                days -= 1
                if days == 0:
                    return stretches[-1][1]
            else:
                day = max(day, self._last_paused_day(day, pauses))
        return start_at

    def open_intervals(self, from_at: Instant, to_at: Instant) -> Iterator[tuple[Instant, Instant]]:
        """Open stretches inside [from_at, to_at), in order, merged where they touch."""
        held: tuple[Instant, Instant] | None = None
        for opens_at, closes_at in self._stretches(from_at, to_at):
            if held is not None and held[1] == opens_at:
                held = (held[0], closes_at)
                continue
            if held is not None:
                yield held
            held = (opens_at, closes_at)
        if held is not None:
            yield held

    def _last_paused_day(self, day: int, pauses: Sequence[Pause]) -> int:
        """A day number up to which one pause, begun well before ``day``, certainly covers every date; less than ``day`` if none does."""
        covered = (to_at for from_at, to_at in pauses if to_at is not None and from_at <= day * DAY - _SLACK)
        return max(covered, default=0) // DAY - 5

    def _opened_on(self, day: int) -> list[tuple[Instant, Instant]]:
        """Real stretches of the intervals that begin on a date, in order."""
        found: list[tuple[Instant, Instant]] = []
        for opens, closes in self.wall.spans_on(day):
            first, last = day * DAY + opens, day * DAY + closes
            for period_from, period_to, offset in self._periods(first - _SLACK, last + _SLACK):
                from_at, to_at = max(first - offset, period_from), min(last - offset, period_to)
                if from_at < to_at:
                    found.append((from_at, to_at))
        return sorted(found)

    def _periods(self, from_at: Instant, to_at: Instant) -> Iterator[tuple[Instant, Instant, int]]:
        """Offset periods that meet [from_at, to_at), cut to it."""
        table = self._covering(from_at, to_at)
        for index in range(table.index(from_at), len(table.starts)):
            begin_at = max(table.starts[index], from_at)
            if begin_at >= to_at:
                return
            end_at = table.starts[index + 1] if index + 1 < len(table.starts) else to_at
            yield begin_at, min(end_at, to_at), table.offsets[index]

    def _stretches(self, from_at: Instant, to_at: Instant) -> Iterator[tuple[Instant, Instant]]:
        for period_from, period_to, offset in self._periods(from_at, to_at):
            for opens, closes in self.wall.intervals(period_from + offset, period_to + offset):
                yield opens - offset, closes - offset

    def _before(self, at: Instant) -> int:
        """Open time before ``at``, from an origin fixed for this calendar."""
        table = self._table
        if table is None or not table.from_at <= at < table.to_at:
            table = self._covering(at, at)
        index = bisect_right(table.starts, at) - 1
        return self.wall.total(at + table.offsets[index]) + table.shifts[index]

    def _reach(self, amount: int) -> Instant | None:
        """The earliest instant with ``_before`` = ``amount``."""
        table = self._table
        assert table is not None, "an amount comes from _before, which fills the table"
        while amount > table.end_count:
            wall = self.wall.reach(amount - table.shifts[-1])
            goal_at = (self.wall.listed_until if wall is None else wall) + _SLACK
            if goal_at > MAX_AT or (wall is None and goal_at < table.to_at):
                return None
            table = self._covering(table.from_at, max(goal_at, table.to_at))
        index = bisect_left(table.counts, amount) - 1
        wall = self.wall.reach(amount - table.shifts[index])
        return None if wall is None else wall - table.offsets[index]

    def _covering(self, from_at: Instant, to_at: Instant) -> _Table:
        """The table, grown to hold both instants; a new object, so that a reader keeps a consistent one."""
        table = self._table
        if table is not None:
            if table.from_at <= from_at and to_at < table.to_at:
                return table
            from_at, to_at = min(from_at, table.from_at), max(to_at, table.to_at - 1)
        grown = _Table(self.wall, self._zone, *self._zone.span(from_at, to_at))
        if table is not None:
            index = grown.index(table.from_at)
            wall = self.wall.total(table.from_at + grown.offsets[index])
            grown.move(table.counts[0] - wall - grown.shifts[index])
        self._table = grown
        return grown
