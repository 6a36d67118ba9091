"""Slots of 10 s and 5 minutes in UTC, hours and days in the policy's time zone (P1, P2: also where the clock changes)."""

from datetime import datetime

import pytest

from monitor.panes.slots import Slots, closes_at
from schemas.instants import HOUR, format_instant, parse_instant

ROWS = (
    ("ten seconds are UTC", "Asia/Kolkata", "10s", "2026-03-01T10:00:19.999999Z", "2026-03-01T10:00:10Z"),
    ("five minutes are UTC", "Asia/Kathmandu", "5m", "2026-03-01T10:04:59Z", "2026-03-01T10:00:00Z"),
    ("an hour of UTC", "UTC", "1h", "2026-03-01T10:59:59Z", "2026-03-01T10:00:00Z"),
    ("an hour in a half-hour zone begins at the local full hour", "Asia/Kolkata", "1h", "2026-03-01T10:20:00Z", "2026-03-01T09:30:00Z"),
    ("an hour in a zone of three quarters too", "Asia/Kathmandu", "1h", "2026-03-01T10:20:00Z", "2026-03-01T10:15:00Z"),
    ("a day begins at local midnight", "Asia/Shanghai", "1d", "2026-03-01T15:59:59Z", "2026-02-28T16:00:00Z"),
    ("the next local day", "Asia/Shanghai", "1d", "2026-03-01T16:00:00Z", "2026-03-01T16:00:00Z"),
    ("a day of 23 hours in Berlin, its evening", "Europe/Berlin", "1d", "2026-03-29T21:59:59Z", "2026-03-28T23:00:00Z"),
    ("the day after it", "Europe/Berlin", "1d", "2026-03-29T22:00:00Z", "2026-03-29T22:00:00Z"),
    ("a day of 25 hours in Berlin, its evening", "Europe/Berlin", "1d", "2026-10-25T22:59:59Z", "2026-10-24T22:00:00Z"),
    ("the hour that happens twice has two slots, first", "Europe/Berlin", "1h", "2026-10-25T00:30:00Z", "2026-10-25T00:00:00Z"),
    ("the hour that happens twice has two slots, second", "Europe/Berlin", "1h", "2026-10-25T01:30:00Z", "2026-10-25T01:00:00Z"),
    ("where midnight is skipped the day begins at the change", "Africa/Cairo", "1d", "2026-04-24T12:00:00Z", "2026-04-23T22:00:00Z"),
    ("half an hour of daylight saving still gives local full hours", "Australia/Lord_Howe", "1h", "2026-07-01T10:10:00Z", "2026-07-01T09:30:00Z"),
)


@pytest.mark.parametrize(("zone", "resolution", "at", "slot"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_slot(zone: str, resolution: str, at: str, slot: str) -> None:
    assert format_instant(Slots(zone).slot_at(resolution, parse_instant(at))) == slot  # type: ignore[arg-type]


@pytest.mark.parametrize("zone", ["Asia/Kolkata", "Europe/Berlin", "Australia/Lord_Howe", "America/New_York"])
def test_every_hour_slot_lies_in_one_local_day_and_a_slot_names_itself(zone: str) -> None:
    slots = Slots(zone)
    first = parse_instant("2026-01-01T00:00:00Z")
    days: dict[int, set[int]] = {}
    for quarter in range(366 * 96):
        at = first + quarter * HOUR // 4
        hour, day = slots.slot_at("1h", at), slots.slot_at("1d", at)
        assert hour <= at < hour + HOUR
        assert slots.slot_at("1d", day) == day
        days.setdefault(hour, set()).add(day)
    assert all(len(found) == 1 for found in days.values())


def test_a_slot_closes_its_length_and_age_after_it_begins() -> None:
    at = parse_instant("2026-03-01T10:00:10Z")
    assert datetime.fromisoformat(format_instant(closes_at("10s", at))) == datetime.fromisoformat("2026-03-01T16:00:20+00:00")
