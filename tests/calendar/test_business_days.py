"""Targets in business days (P6): the close of the last interval that begins on the n-th later date with open time."""

from datetime import date

import pytest

from monitor.calendar.always import AlwaysOpen
from monitor.calendar.hours import parse_span
from monitor.calendar.model import Calendar
from monitor.calendar.wall_calendar import WallCalendar
from schemas.instants import format_instant
from tests.calendar.examples import CHINA, NIGHT, OFFICE, at


@pytest.mark.parametrize(
    ("calendar", "start", "days", "pauses", "due"),
    [
        pytest.param(OFFICE, "2025-05-02T08:00:00Z", 1, (), "2025-05-05T15:00:00Z", id="P6: 1bd from Friday 10:00 is Monday's close"),
        pytest.param(OFFICE, "2025-05-02T21:00:00Z", 1, (), "2025-05-05T15:00:00Z", id="P6: 1bd from Friday 23:00 is Monday's close"),
        pytest.param(OFFICE, "2025-05-03T08:00:00Z", 1, (), "2025-05-05T15:00:00Z", id="P6: 1bd from Saturday is Monday's close"),
        pytest.param(OFFICE, "2025-04-30T08:00:00Z", 2, (), "2025-05-05T15:00:00Z", id="P6: a holiday is not counted"),
        pytest.param(
            OFFICE,
            "2025-05-02T08:00:00Z",
            1,
            (("2025-05-05T06:00:00Z", "2025-05-05T15:00:00Z"),),
            "2025-05-06T15:00:00Z",
            id="P6: a date paused from first to last second is not counted",
        ),
        pytest.param(
            OFFICE,
            "2025-05-02T08:00:00Z",
            1,
            (("2025-05-05T06:00:00Z", "2025-05-05T14:59:59Z"),),
            "2025-05-05T15:00:00Z",
            id="P6: a shorter pause changes nothing",
        ),
        pytest.param(OFFICE, "2025-05-02T08:00:00Z", 1, (("2025-05-04T06:00:00Z", None),), None, id="P6: paused for good is never due"),
        pytest.param(NIGHT, "2025-06-29T08:00:00Z", 1, (), "2025-07-01T04:00:00Z", id="P6: a night shift closes on the next date"),
        pytest.param(
            AlwaysOpen("always", "Asia/Shanghai"),
            "2025-05-02T17:00:00Z",
            1,
            (),
            "2025-05-04T16:00:00Z",
            id="P6: 24x7 is due at the midnight ending the next local date",
        ),
        pytest.param(CHINA, "2025-09-30T02:00:00Z", 3, (), "2025-10-11T10:00:00Z", id="P4, P6: a make-up Saturday is a business day"),
        pytest.param(
            WallCalendar("once", "UTC", {}, (), {date(2025, 5, 3): [parse_span("09:00-10:00")]}),
            "2025-05-02T07:00:00Z",
            2,
            (),
            None,
            id="P5: more days than will ever be open",
        ),
        pytest.param(OFFICE, "2025-05-02T08:00:00Z", 0, (), "2025-05-02T08:00:00Z", id="no days are due at the start"),
        pytest.param(
            OFFICE,
            "2025-05-02T08:00:00Z",
            2,
            (("2025-05-05T00:00:00Z", "2931-06-01T12:00:00Z"),),
            "2931-06-04T15:00:00Z",
            id="P6: paused for 900 years",
        ),
    ],
)
def test_business_days(calendar: Calendar, start: str, days: int, pauses: tuple[tuple[str, str | None], ...], due: str | None) -> None:
    found = calendar.due_business_days(at(start), days, [(at(first), None if last is None else at(last)) for first, last in pauses])
    assert (None if found is None else format_instant(found)) == due
