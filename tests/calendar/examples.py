"""Calendars and words that the tables of this folder share."""

from datetime import date

from monitor.calendar.hours import Span, parse_span, parse_weekdays
from monitor.calendar.wall_calendar import WallCalendar
from schemas.instants import DAY, parse_instant

YEAR = 365 * DAY


def week(days: str, *intervals: str) -> dict[int, list[Span]]:
    return {day: [parse_span(text) for text in intervals] for day in parse_weekdays(days)}


def at(text: str) -> int:
    return parse_instant(text)


OFFICE = WallCalendar("office", "Europe/Berlin", week("mon-fri", "09:00-12:00", "13:00-17:00"), [date(2025, 5, 1)])
NIGHT = WallCalendar("night", "Europe/Berlin", week("mon", "22:00-06:00"), [date(2025, 7, 1)])
SMALL_HOURS = WallCalendar("small hours", "Europe/Berlin", week("daily", "01:00-02:30"))
CHINA = WallCalendar(
    "china",
    "Asia/Shanghai",
    week("mon-fri", "09:00-18:00"),
    [date(2025, 10, day) for day in range(1, 9)],
    {date(2025, 10, 11): [parse_span("09:00-18:00")]},
)
