"""How much of the wall clock is open: a weekly pattern with exceptional dates, as prefix sums (P3, P4).

Wall instants are microseconds since 1970-01-01T00:00 of the local clock, with no zone: every wall day has 24 hours. Time
alternates between the weekly pattern and stretches around exceptional dates, whose intervals are listed::

    weekly ──────────┤ holiday + next day ├────── weekly ──────┤ open date + next day ├──── weekly, for ever

``total(w)`` is all open wall time before ``w``, counted from a fixed origin; ``reach(x)`` is its inverse. Both bisect.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Final

from monitor.calendar.hours import Span, union
from schemas.instants import DAY

_WEEK: Final = 7 * DAY
_FAR: Final = 1 << 62
_MONDAY: Final = 3 * DAY  # 1970-01-01 was a Thursday: adding three days makes whole weeks begin on Mondays
_FIRST: Final = date(1970, 1, 1).toordinal()


def day_of(date_: date) -> int:
    """The number of a date: days since 1970-01-01."""
    return date_.toordinal() - _FIRST


class _Opening:
    """Sorted disjoint spans with the open time before each; the building block of both kinds of stretch."""

    def __init__(self, spans: Sequence[Span]) -> None:
        self.spans = spans
        self.opens = [opens for opens, _ in spans]
        self.before = [0]
        for opens, closes in spans:
            self.before.append(self.before[-1] + closes - opens)
        self.total = self.before[-1]

    def until(self, at: int) -> int:
        """Open time before ``at``."""
        index = bisect_right(self.opens, at) - 1
        if index < 0:
            return 0
        opens, closes = self.spans[index]
        return self.before[index] + (at if at < closes else closes) - opens

    def reach(self, amount: int) -> int:
        """The earliest point with ``amount`` open before it; 0 < amount <= total."""
        index = bisect_left(self.before, amount) - 1
        return self.opens[index] + amount - self.before[index]


class OpenWall:
    """Opening hours on the wall clock; ``exceptions`` replace what begins on their dates (day numbers)."""

    def __init__(self, weekly: Mapping[int, Sequence[Span]], exceptions: Mapping[int, Sequence[Span]]) -> None:
        """``weekly`` maps weekdays (Monday 0) to spans; a missing weekday is closed."""
        self._weekly = [union(weekly.get(weekday, ())) for weekday in range(7)]
        self._exceptions = {day: union(spans) for day, spans in exceptions.items()}
        self._week = _Opening(self._fold())
        self._starts = [-_FAR]
        self._stretches: list[_Opening | None] = [None]
        for first, end in self._exceptional():
            self._starts += [first * DAY, end * DAY]
            self._stretches += [_Opening(self._listed(first, end)), None]
        self._bases, self._shifts = [-_FAR], [0]
        for index, stretch in enumerate(self._stretches[1:], 1):
            start = self._starts[index]
            base = self._before(index - 1, start)
            self._bases.append(base)
            self._shifts.append(base if stretch else base - self._weekly_until(start))

    @property
    def repeats(self) -> bool:
        """Whether the weekly pattern has open time, so that it never ends."""
        return self._week.total > 0

    @property
    def ever_open(self) -> bool:
        """Whether any wall time is open at all (P5)."""
        return self.repeats or any(self._exceptions.values())

    @property
    def listed_until(self) -> int:
        """The wall instant after which only the weekly pattern holds."""
        return max(self._starts[-1], 0)

    def spans_on(self, day: int) -> list[Span]:
        """The merged spans that begin on a day number, relative to its midnight."""
        exceptional = self._exceptions.get(day)
        return self._weekly[(day + 3) % 7] if exceptional is None else exceptional

    def total(self, wall: int) -> int:
        """Open wall time between a fixed origin and ``wall``."""
        return self._before(bisect_right(self._starts, wall) - 1, wall)

    def reach(self, amount: int) -> int | None:
        """The earliest wall instant with ``total`` = ``amount``; None if there is none. ``amount`` is above the total of some instant."""
        index = bisect_left(self._bases, amount) - 1
        rest = amount - self._shifts[index]
        stretch = self._stretches[index]
        if stretch is not None:
            return stretch.reach(rest)
        if not self._week.total:
            return None
        weeks = (rest - 1) // self._week.total
        return weeks * _WEEK - _MONDAY + self._week.reach(rest - weeks * self._week.total)

    def intervals(self, from_wall: int, to_wall: int) -> Iterator[Span]:
        """Open wall intervals inside [from_wall, to_wall), in order; neighbours may touch."""
        index = bisect_right(self._starts, from_wall) - 1
        while from_wall < to_wall:
            end = min(self._starts[index + 1] if index + 1 < len(self._starts) else _FAR, to_wall)
            for opens, closes in self._spans(index, from_wall, end):
                if closes > from_wall and opens < end:
                    yield max(opens, from_wall), min(closes, end)
            from_wall, index = end, index + 1

    def _spans(self, index: int, from_wall: int, end: int) -> Iterator[Span]:
        stretch = self._stretches[index]
        if stretch is not None:
            yield from stretch.spans
        elif self._week.total:
            for week in range((from_wall + _MONDAY) // _WEEK, (end + _MONDAY) // _WEEK + 1):
                monday = week * _WEEK - _MONDAY
                yield from ((monday + opens, monday + closes) for opens, closes in self._week.spans)

    def _before(self, index: int, wall: int) -> int:
        stretch = self._stretches[index]
        return self._shifts[index] + (self._weekly_until(wall) if stretch is None else stretch.until(wall))

    def _weekly_until(self, wall: int) -> int:
        weeks, rest = divmod(wall + _MONDAY, _WEEK)
        return weeks * self._week.total + self._week.until(rest)

    def _fold(self) -> list[Span]:
        """The weekly pattern on [0, one week): what runs past Sunday's midnight opens the week."""
        spans = [(weekday * DAY + opens, weekday * DAY + closes) for weekday in range(7) for opens, closes in self._weekly[weekday]]
        spilled = [(0, closes - _WEEK) for _, closes in spans if closes > _WEEK]
        return union(spilled + [(opens, min(closes, _WEEK)) for opens, closes in spans])

    def _exceptional(self) -> list[tuple[int, int]]:
        """Day ranges in which an exception can matter: its own date and the next, joined where they touch."""
        return union((day, day + 2) for day in self._exceptions)

    def _listed(self, first: int, end: int) -> list[Span]:
        begin, limit = first * DAY, end * DAY
        spans = [(day * DAY + opens, day * DAY + closes) for day in range(first - 1, end) for opens, closes in self.spans_on(day)]
        return [(max(opens, begin), min(closes, limit)) for opens, closes in union(spans) if closes > begin and opens < limit]
