"""The ``calendars`` section compiled: opening hours in a time zone, and ``always``, which every policy has."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Final

from monitor.calendar.always import AlwaysOpen
from monitor.calendar.hours import WEEKDAYS, Span, parse_span, parse_weekdays
from monitor.calendar.model import Calendar
from monitor.calendar.wall_calendar import WallCalendar
from monitor.calendar.zone import zone_of
from monitor.policy.decoding import closest
from monitor.policy.findings import Path, Remarks
from monitor.policy.source import CalendarSource, PolicySource

ALWAYS: Final = "always"
_AHEAD: Final = timedelta(days=90)


def compile_calendars(source: PolicySource, remarks: Remarks) -> dict[str, Calendar]:
    """All calendars by name, ``always`` among them; mistakes go to ``remarks``."""
    zone = _zone(source.time_zone, ("time_zone",), remarks)
    calendars: dict[str, Calendar] = {ALWAYS: AlwaysOpen(ALWAYS, zone)}
    for name, calendar in source.calendars.items():
        path: Path = ("calendars", name)
        own_zone = _zone(calendar.time_zone, (*path, "time_zone"), remarks) if calendar.time_zone else zone
        if name == ALWAYS:
            if calendar.weekly or calendar.holidays or calendar.open_dates or calendar.no_official_data:
                remarks.error(path, "`always` is open 24x7 in every policy; give other hours another name")
            calendars[name] = AlwaysOpen(ALWAYS, own_zone)
        else:
            calendars[name] = _compile(name, calendar, own_zone, path, remarks)
    return calendars


def warn_of_missing_data(source: PolicySource, today: date, remarks: Remarks) -> None:
    """Warn of years whose official dates were not known when a calendar was built, from 90 days before they begin until they end."""
    for name, calendar in source.calendars.items():
        for index, year in enumerate(calendar.no_official_data):
            if date(year, 1, 1) - _AHEAD <= today <= date(year, 12, 31):
                message = f"no official data for {year}, which is near: its make-up workdays are missing; run `sla-monitor calendar build` again (P4)"
                remarks.warning(("calendars", name, "no_official_data", index), message)


def find_calendar(calendars: Mapping[str, Calendar], name: str, path: Path, remarks: Remarks) -> Calendar:
    """The calendar of this name; an unknown one is an error, and ``always`` stands in for it."""
    found = calendars.get(name)
    if found is None:
        remarks.error(path, f"unknown calendar `{name}`{closest(name, list(calendars))}; this policy has: {' '.join(sorted(calendars))}")
        return calendars[ALWAYS]
    return found


def known_zone(name: str) -> str:
    """The zone of this name, UTC for one that does not exist: an error that is told where it stands."""
    try:
        return zone_of(name).name
    except ValueError:
        return "UTC"


def _zone(name: str, path: Path, remarks: Remarks) -> str:
    try:
        return zone_of(name).name
    except ValueError as error:
        remarks.error(path, str(error))
        return "UTC"


def _compile(name: str, source: CalendarSource, zone: str, path: Path, remarks: Remarks) -> Calendar:
    """The calendar; with mistakes in it, one that is always open, so that they alone are told."""
    errors_before = remarks.errors
    weekly: dict[int, list[Span]] = {}
    for days, intervals in source.weekly.items():
        here = (*path, "weekly", days)
        spans = _spans(intervals, here, remarks)
        for weekday in _weekdays(days, here, remarks):
            if weekday in weekly:
                remarks.error(here, f"{WEEKDAYS[weekday]} is given twice; name each weekday once")
            weekly[weekday] = spans
    holidays = [date_of(text, (*path, "holidays", index), remarks) or date.min for index, text in enumerate(source.holidays)]
    open_dates: dict[date, list[Span]] = {}
    for text, intervals in source.open_dates.items():
        here = (*path, "open_dates", text)
        open_dates[date_of(text, here, remarks) or date.min] = _spans(intervals, here, remarks)
    if remarks.errors > errors_before:
        return AlwaysOpen(name, zone)
    for index, day in enumerate(holidays):
        if day in holidays[:index]:
            remarks.warning((*path, "holidays", index), f"{day} is named twice")
        elif day in open_dates:
            remarks.warning((*path, "holidays", index), f"{day} is also an open date, which beats the holiday (P4)")
    calendar = WallCalendar(name, zone, weekly, holidays, open_dates)
    if not calendar.wall.ever_open:
        remarks.error(path, "no open time: no target in this calendar would ever be due (P5)")
    elif not calendar.wall.repeats:
        remarks.warning(path, "no weekly hours: after the last open date nothing is ever due")
    return calendar


def _weekdays(text: str, path: Path, remarks: Remarks) -> tuple[int, ...]:
    try:
        return parse_weekdays(text)
    except ValueError as error:
        remarks.error(path, str(error))
        return ()


def _spans(intervals: list[str], path: Path, remarks: Remarks) -> list[Span]:
    spans: list[Span] = []
    for index, text in enumerate(intervals):
        try:
            span = parse_span(text)
        except ValueError as error:
            remarks.error((*path, index), str(error))
            continue
        if any(span[0] < closes and opens < span[1] for opens, closes in spans):
            remarks.warning((*path, index), f"{text} overlaps another interval of the date; the overlap counts once")
        spans.append(span)
    return spans


def date_of(text: str, path: Path, remarks: Remarks) -> date | None:
    """The date; None and an error in ``remarks`` for one that does not exist."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        remarks.error(path, f"{text} is not a date of the calendar")
        return None
