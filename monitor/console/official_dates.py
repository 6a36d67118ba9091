"""Public holidays and make-up workdays of a country, from the ``holidays`` package, for exactly the years asked for."""

from collections.abc import Sequence
from datetime import date

import holidays
import msgspec

from monitor.errors import SettingsError

# A country moves workdays to weekends by custom, not in one year alone: these are looked at to know whether it does.
_CUSTOM_YEARS = range(2015, 2027)


class OfficialDates(msgspec.Struct, frozen=True):
    """What is known: named holidays, days of a weekend that are worked, and years for which nothing official is known yet."""

    country: str
    years: tuple[int, ...]
    holidays: dict[date, str]
    workdays: tuple[date, ...]
    without_data: tuple[int, ...]


def official_dates(country: str, years: Sequence[int]) -> OfficialDates:
    """The dates of these years; raises SettingsError for a country or a year that the package does not have.

    A country that moves workdays publishes them late in the year before. Until then the package computes the holidays from the
    calendar alone and knows no make-up workday: such a year has no official data. Dates that belong to a neighbouring year,
    such as New Year's Day kept on 31 December, are left out.
    """
    asked = tuple(sorted(set(years)))
    if country not in holidays.list_supported_countries():
        raise SettingsError(f"--country {country}: unknown; expected an ISO 3166 code such as CN, DE or US")
    known = holidays.country_holidays(country, years=range(asked[0] - 1, asked[-1] + 2), language="en_US")
    custom = holidays.country_holidays(country, years=_CUSTOM_YEARS)
    for year in asked:
        if not known.start_year <= year <= known.end_year:
            raise SettingsError(f"--years {year}: for {country} dates are known from {known.start_year} to {known.end_year}")
    workdays = tuple(sorted(day for day in known.weekend_workdays if day.year in asked))
    worked = {day.year for day in workdays}
    moves = bool(custom.weekend_workdays or worked)
    return OfficialDates(
        country=country,
        years=asked,
        holidays={day: str(name) for day, name in sorted(known.items()) if day.year in asked},
        workdays=workdays,
        without_data=tuple(year for year in asked if moves and year not in worked),
    )
