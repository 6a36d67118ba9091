"""A second implementation of opening hours, slow and written from the rules alone, to judge the fast one by.

Time is cut into small pieces on each of which nothing changes (`grain_us` divides every interval bound and offset change,
and pauses add their own cuts). A piece is open if the wall clock, asked of the zone data at its first instant, shows a
time inside an interval; an interval belongs to the date on which it begins.
"""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
DAY_US = 86_400_000_000
Span = tuple[int, int]
Pause = tuple[int, int | None]


@lru_cache(maxsize=400_000)
def _wall(time_zone: str, at: int) -> datetime:
    return (EPOCH + timedelta(microseconds=at)).astimezone(ZoneInfo(time_zone)).replace(tzinfo=None)


@dataclass(frozen=True)
class SlowCalendar:
    """Opening hours as plain data; spans are microseconds since the midnight that begins their date."""

    time_zone: str
    weekly: Mapping[int, Sequence[Span]]
    holidays: frozenset[date] = frozenset()
    open_dates: Mapping[date, Sequence[Span]] = field(default_factory=dict)
    grain_us: int = 60_000_000

    def wall(self, at: int) -> datetime:
        """What the local clock shows, without a zone."""
        return _wall(self.time_zone, at)

    def spans(self, day: date) -> Sequence[Span]:
        """The intervals that begin on a date: open_dates beat holidays beat the week."""
        if day in self.open_dates:
            return self.open_dates[day]
        return () if day in self.holidays else self.weekly.get(day.weekday(), ())

    def belongs(self, at: int, day: date) -> bool:
        """Whether ``at`` lies in an interval that begins on ``day``."""
        since = (self.wall(at) - datetime(day.year, day.month, day.day)) // timedelta(microseconds=1)
        return any(opens <= since < closes for opens, closes in self.spans(day))

    def is_open(self, at: int) -> bool:
        """An interval is at most 24 hours long, so only this date's and the one before matter."""
        today = self.wall(at).date()
        return self.belongs(at, today) or self.belongs(at, today - timedelta(days=1))

    def pieces(self, from_at: int, to_at: int, pauses: Sequence[Pause]) -> Iterator[tuple[int, int, bool]]:
        """(begin, end, paused) of each piece of [from_at, to_at)."""
        cuts = {from_at, to_at} | set(range(from_at // self.grain_us * self.grain_us, to_at, self.grain_us))
        cuts |= {at for pause in pauses for at in pause if at is not None}
        ordered = sorted(at for at in cuts if from_at <= at <= to_at)
        for begin, end in itertools.pairwise(ordered):
            yield begin, end, any(first <= begin and (last is None or begin < last) for first, last in pauses)

    def counted(self, from_at: int, to_at: int, pauses: Sequence[Pause] = ()) -> int:
        """Open, unpaused microseconds."""
        return sum(end - begin for begin, end, paused in self.pieces(from_at, to_at, pauses) if not paused and self.is_open(begin))

    def due(self, start_at: int, target_us: int, pauses: Sequence[Pause], horizon_at: int) -> int | None:
        """The earliest instant at which the target is reached, looking no further than ``horizon_at``."""
        rest = target_us
        if rest == 0:
            return start_at
        for begin, end, paused in self.pieces(start_at, horizon_at, pauses):
            if not paused and self.is_open(begin):
                if rest <= end - begin:
                    return begin + rest
                rest -= end - begin
        return None

    def due_business_days(self, start_at: int, days: int, pauses: Sequence[Pause], most_dates: int) -> int | None:
        """The end of the n-th later date's open time; dates without unpaused open time are not counted."""
        day = self.wall(start_at).date()
        for _ in range(most_dates):
            day += timedelta(days=1)
            middle = (datetime(day.year, day.month, day.day, tzinfo=UTC) - EPOCH) // timedelta(microseconds=1)
            open_pieces = [
                (end, paused) for begin, end, paused in self.pieces(middle - 2 * DAY_US, middle + 3 * DAY_US, pauses) if self.belongs(begin, day)
            ]
            if any(not paused for _, paused in open_pieces):
                days -= 1
                if days == 0:
                    return open_pieces[-1][0]
        return None
