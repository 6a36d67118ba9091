"""``sla-monitor calendar build``: holidays and make-up workdays of a country for a calendar of a policy (P4)."""

import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Final

import click

from monitor.calendar.hours import parse_span, parse_weekdays
from monitor.console.calendar_file import calendar_in, put_dates
from monitor.console.official_dates import OfficialDates, official_dates
from monitor.console.screen import say
from monitor.errors import PolicyError, SettingsError
from monitor.policy.yaml_nodes import Plain

_HOURS: Final = "09:00-17:30"
_SATURDAY: Final = 5


@click.group()
def command() -> None:
    """Work on the calendars of a policy."""


@command.command()
@click.option("--country", required=True, metavar="CODE", help="ISO 3166 code: CN, DE, US …")
@click.option("--years", required=True, metavar="Y,Y|Y-Y", help="the years: 2026,2027 or 2026-2028")
@click.option("--into", type=click.Path(dir_okay=False, path_type=Path), help="the policy file to change; without it a file of its own is printed")
@click.option("--calendar", "name", default="office", show_default=True, help="the calendar of the policy")
@click.option(
    "--hours", multiple=True, metavar="HH:MM-HH:MM", help=f"open on make-up workdays; as on Mondays of the calendar, else {_HOURS}; repeatable"
)
def build(country: str, years: str, into: Path | None, name: str, hours: tuple[str, ...]) -> None:
    """Write the public holidays and make-up workdays of a country into a calendar.

    The dates come from the `holidays` package. In the asked years they take the place of the calendar's holidays and of its
    open dates on weekends; other years, and open dates on weekdays, stay (a day of your own that is closed is an open date
    without hours: `2026-06-01: []`). A year for which no make-up workday is published yet is reported and remembered as
    `no_official_data`: `check` warns of it from 90 days before it begins.
    """
    dates = official_dates(country.upper(), _years(years))
    text = "" if into is None else _read(into)
    before = calendar_in(str(into), text, name) or {}
    open_hours = _checked(hours) or _monday(before) or [_HOURS]
    lines, removed = _lines(dates, before, open_hours)
    changed = put_dates(str(into or "-"), text, name, lines, f"weekly: {{mon-fri: {_listed(open_hours)}}}")
    if into is None:
        click.echo(changed, nl=False)
    else:
        into.write_bytes(changed.encode())
    _report(dates, name, "" if into is None else f" in {into}", removed)


def _lines(dates: OfficialDates, before: dict[str, Plain], hours: Sequence[str]) -> tuple[list[str], list[str]]:
    """The new lines of the calendar, and the dates that were in it and are no longer."""
    years = {str(year) for year in dates.years}
    old_holidays = [str(day) for day in _list(before.get("holidays"))]
    old_open = before.get("open_dates")
    opened = dict(old_open) if isinstance(old_open, dict) else {}
    named = {day: "" for day in old_holidays if day[:4] not in years} | {str(day): name for day, name in dates.holidays.items()}
    kept = {day: held for day, held in opened.items() if day[:4] not in years or not _weekend(day)}
    worked = {str(day) for day in dates.workdays} - kept.keys()
    spans = {day: _listed([str(span) for span in _list(held)]) for day, held in kept.items()} | {
        day: f"{_listed(hours)}   # make-up workday, {dates.country}" for day in worked
    }
    missing = {int(str(year)) for year in _list(before.get("no_official_data"))} - set(dates.years) | set(dates.without_data)
    lines = ["holidays:", *(f"  - {day}" + (f"   # {name}" if name else "") for day, name in sorted(named.items()))] if named else []
    lines += ["open_dates:", *(f"  {day}: {text}" for day, text in sorted(spans.items()))] if spans else []
    lines += [f"no_official_data: [{', '.join(map(str, sorted(missing)))}]"] if missing else []
    removed = [day for day in old_holidays if day not in named] + [day for day in opened if day not in spans]
    return lines, sorted(removed)


def _report(dates: OfficialDates, name: str, where: str, removed: Sequence[str]) -> None:
    for year in dates.years:
        closed, worked = (sum(day.year == year for day in days) for days in (dates.holidays, dates.workdays))
        if year in dates.without_data:
            say(f"{year}: no official data: no make-up workday of {dates.country} is known; its {closed} holidays are computed: build again later")
        else:
            say(f"{year}: {closed} holidays, {worked} make-up workdays of {dates.country} for calendar {name}{where}")
    if removed:
        say(f"removed, not in the data of {dates.country}: {' '.join(removed)}")


def _years(text: str) -> list[int]:
    years: list[int] = []
    for part in text.split(","):
        match = re.fullmatch(r"(\d{4})(?:-(\d{4}))?", part.strip(), re.ASCII)
        if match is None or (last := int(match[2] or match[1])) < int(match[1]):
            raise SettingsError(f"--years {text}: expected years such as 2026,2027 or 2026-2028")
        years += range(int(match[1]), last + 1)
    return years


def _checked(hours: Sequence[str]) -> list[str]:
    for text in hours:
        try:
            parse_span(text)
        except ValueError as error:
            raise SettingsError(f"--hours {text}: {error}") from None
    return list(hours)


def _monday(calendar: dict[str, Plain]) -> list[str]:
    """The hours of the calendar's Mondays, which stand for a workday; empty if it has none that can be read."""
    weekly = calendar.get("weekly")
    for days, spans in (weekly if isinstance(weekly, dict) else {}).items():
        try:
            if 0 in parse_weekdays(days):
                return [str(span) for span in _list(spans)]
        except ValueError:
            continue
    return []


def _weekend(text: str) -> bool:
    try:
        return date.fromisoformat(text).weekday() >= _SATURDAY
    except ValueError:
        return False


def _listed(spans: Sequence[str]) -> str:
    return "[" + ", ".join(f'"{span}"' for span in spans) + "]"


def _list(value: Plain) -> list[Plain]:
    return value if isinstance(value, list) else []


def _read(path: Path) -> str:
    try:
        return path.read_bytes().decode()
    except OSError as error:
        raise PolicyError(f"{path}: cannot be read ({error.strerror})") from None
    except UnicodeDecodeError:
        raise PolicyError(f"{path}: is not UTF-8 text") from None
