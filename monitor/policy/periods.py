"""The ``periods`` section compiled: named stretches of time that rules and objectives ask for (R59, R60), campaigns among them (R61).

Whole days are local days in the policy's zone, from midnight to midnight of the wall clock, whatever daylight saving does
to them. Days of a month are written out for the years 1970 to 2100.
"""

from calendar import monthrange
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Final

import msgspec

from monitor.calendar.hours import EVERY_HOUR
from monitor.calendar.model import Calendar
from monitor.calendar.wall_calendar import WallCalendar
from monitor.policy.calendars import ALWAYS, date_of, find_calendar, known_zone
from monitor.policy.decoding import closest
from monitor.policy.findings import Path, Remarks
from monitor.policy.model import Period
from monitor.policy.source import PeriodSource, PolicySource
from monitor.policy.terms import Names
from monitor.policy.titles import titles_of
from schemas.instants import EARLIEST, Instant, parse_instant

FIRST_YEAR: Final = 1970
LAST_YEAR: Final = 2100
_EVERY_MONTH_HAS: Final = 28


def compile_periods(source: PolicySource, calendars: Mapping[str, Calendar], remarks: Remarks) -> dict[str, Period]:
    """All periods by name; a campaign is one too, under its own name. Mistakes go to ``remarks``."""
    named = {name: _compile(name, period, calendars, remarks) for name, period in sorted(source.periods.items())}
    zone = known_zone(source.time_zone)
    periods = {name: _with_days(period, source.periods[name], zone, remarks) for name, period in named.items()}
    for name, campaign in sorted(source.campaigns.items()):
        path: Path = ("campaigns", name)
        if name in source.periods:
            remarks.error(path, f"`{name}` is also a period; rules could not tell which is meant: give one of them another name")
        stretch = _between(name, campaign.from_, campaign.until, path, remarks)
        periods[name] = msgspec.structs.replace(stretch, titles=titles_of(campaign.title, path, remarks))
    return periods


def find_periods(periods: Mapping[str, Period], names: Names | None, path: Path, remarks: Remarks) -> tuple[Period, ...]:
    """The periods of these names; unknown ones are errors and left out."""
    listed = [names] if isinstance(names, str) else names
    if listed == []:
        remarks.error(path, "an empty list names no period; name at least one or leave it out")
    found: list[Period] = []
    for index, name in enumerate(listed or ()):
        here = (*path, index) if isinstance(names, list) else path
        if name not in periods:
            known = " ".join(sorted(periods)) or "none: name some under `periods`"
            remarks.error(here, f"unknown period `{name}`{closest(name, list(periods))}; this policy has: {known}")
        elif periods[name] in found:
            remarks.warning(here, f"`{name}` is named twice")
        else:
            found.append(periods[name])
    return tuple(found)


def check_periods(source: PolicySource, periods: Mapping[str, Period], effective_from: Instant | None, remarks: Remarks) -> None:
    """Warn of periods that nobody asks for, and of those that are over before the policy begins."""
    rules = [rule for clock in source.clocks.values() for rule in clock.rules]
    rules += [rule for campaign in source.campaigns.values() for clock in campaign.clocks.values() for rule in clock.rules]
    asked = [names for rule in rules for names in (rule.during, rule.outside)]
    asked += [names for objective in source.objectives.values() for names in (objective.during, objective.outside)]
    used = {name for names in asked for name in ([names] if isinstance(names, str) else names or ())}
    for name, period in periods.items():
        path: Path = ("periods" if name in source.periods else "campaigns", name)
        if name in source.periods and name not in used:
            remarks.warning(path, "no rule or objective asks for it, with `during` or `outside`")
        if period.until_at is not None and effective_from is not None and period.until_at <= effective_from:
            remarks.warning((*path, "until"), "over before effective_from: the policy never sees it")


def both(one: Period, other: Period) -> Period | None:
    """The time that lies in both, where ``one`` is a mere stretch between two instants; None if there is none."""
    from_at, until_at = _bounds(one, other)
    period = Period(name=f"{one.name}+{other.name}", calendar=other.calendar, from_at=from_at, until_at=until_at)
    return period if _happens(period) else None


def meet(one: Period, other: Period) -> bool:
    """Whether two stretches between instants have any time in common."""
    from_at, until_at = _bounds(one, other)
    return from_at is None or until_at is None or from_at < until_at


def instant_of(text: str | None, path: Path, remarks: Remarks) -> Instant | None:
    """An RFC 3339 text as an instant; a mistake in it goes to ``remarks``."""
    if text is None:
        return None
    try:
        return parse_instant(text)
    except ValueError as error:
        remarks.error(path, f"{text}: {error}")
        return None


def _compile(name: str, source: PeriodSource, calendars: Mapping[str, Calendar], remarks: Remarks) -> Period:
    """The period without its days."""
    path: Path = ("periods", name)
    given = [part for part in ("calendar", "days_of_month", "dates") if getattr(source, part) is not None]
    if len(given) > 1:
        remarks.error(path, f"gives {' and '.join(given)}; expected one of them, perhaps with from and until")
    elif not given and source.from_ is None and source.until is None:
        remarks.error(path, "names no time; give calendar, days_of_month, dates, or from and until")
    bounds = _between(name, source.from_, source.until, path, remarks)
    calendar = None if source.calendar is None else find_calendar(calendars, source.calendar, (*path, "calendar"), remarks)
    if source.calendar == ALWAYS and source.from_ is None and source.until is None:
        remarks.warning((*path, "calendar"), "`always` covers every instant: a rule during it is a rule without it")
    period = msgspec.structs.replace(bounds, calendar=calendar, titles=titles_of(source.title, path, remarks))
    if calendar is not None and not _happens(period):
        remarks.error(path, "never happens: its calendar has no open time between from and until")
    return period


def _with_days(period: Period, source: PeriodSource, zone: str, remarks: Remarks) -> Period:
    path: Path = ("periods", period.name)
    if source.dates is None and source.days_of_month is None:
        return period
    here = (*path, "dates" if source.dates is not None else "days_of_month")
    if not (source.dates or source.days_of_month):
        remarks.error(here, "an empty list is no time at all; name at least one day")
        return period
    days = {day for index, text in enumerate(source.dates or ()) if (day := date_of(text, (*path, "dates", index), remarks)) is not None}
    days.update(_days_of_months(source.days_of_month or (), (*path, "days_of_month"), remarks))
    if not days:
        return period
    dated = msgspec.structs.replace(period, calendar=WallCalendar(period.name, zone, {}, (), dict.fromkeys(sorted(days), EVERY_HOUR)))
    if not _happens(dated):
        remarks.error(path, "never happens: none of its days lies between from and until")
    return dated


def _days_of_months(numbers: Sequence[int | str], path: Path, remarks: Remarks) -> Iterator[date]:
    """The days in every month from ``FIRST_YEAR`` to ``LAST_YEAR``; ``last`` is the month's last."""
    for index, number in enumerate(numbers):
        if number in numbers[:index]:
            remarks.warning((*path, index), f"{number} is named twice")
        elif isinstance(number, int) and number > _EVERY_MONTH_HAS:
            remarks.warning((*path, index), f"months without a day {number} have no such day; `last` is the last day of every month")
    for year in range(FIRST_YEAR, LAST_YEAR + 1):
        for month in range(1, 13):
            length = monthrange(year, month)[1]
            for number in numbers:
                if not isinstance(number, int):
                    yield date(year, month, length)
                elif number <= length:
                    yield date(year, month, number)


def _between(name: str, from_text: str | None, until_text: str | None, path: Path, remarks: Remarks) -> Period:
    from_at, until_at = instant_of(from_text, (*path, "from"), remarks), instant_of(until_text, (*path, "until"), remarks)
    if from_at is not None and until_at is not None and until_at <= from_at:
        remarks.error((*path, "until"), "ends before it begins; expected an instant after `from`")
        until_at = None
    return Period(name=name, from_at=from_at, until_at=until_at)


def _bounds(one: Period, other: Period) -> tuple[Instant | None, Instant | None]:
    begins = [at for at in (one.from_at, other.from_at) if at is not None]
    ends = [at for at in (one.until_at, other.until_at) if at is not None]
    return max(begins, default=None), min(ends, default=None)


def _happens(period: Period) -> bool:
    """Whether any instant lies in the period."""
    if period.calendar is None:
        return period.from_at is None or period.until_at is None or period.from_at < period.until_at
    first_at = period.calendar.due(EARLIEST if period.from_at is None else period.from_at, 1)
    return first_at is not None and (period.until_at is None or first_at <= period.until_at)
