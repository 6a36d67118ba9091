"""Event times are exact to the microsecond (P22), and only real RFC 3339 instants with a zone are times."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.datetimes import DATE_TIME
from schemas.instants import EARLIEST, EPOCH, LATEST, MICROSECOND, SECOND, format_instant, parse_instant, read_event_time, seconds_of

GOOD = [
    ("a whole second in UTC", "2026-03-02T01:15:02Z", "2026-03-02T01:15:02Z"),
    ("milliseconds", "2026-03-02T01:15:02.480Z", "2026-03-02T01:15:02.48Z"),
    ("one digit of a fraction", "2026-03-02T01:15:02.5Z", "2026-03-02T01:15:02.5Z"),
    ("microseconds are exact (P22)", "2026-03-02T01:15:02.000001Z", "2026-03-02T01:15:02.000001Z"),
    ("digits beyond microseconds are cut, never rounded up", "2026-03-02T01:15:59.999999999Z", "2026-03-02T01:15:59.999999Z"),
    ("an offset east of Greenwich", "2026-03-02T09:15:02+08:00", "2026-03-02T01:15:02Z"),
    ("an offset west with a fraction", "2026-03-01T20:15:02.25-05:00", "2026-03-02T01:15:02.25Z"),
    ("an offset of half an hour", "2026-03-02T06:45:02+05:30", "2026-03-02T01:15:02Z"),
    ("the widest offset", "2026-03-02T23:59:00+23:59", "2026-03-02T00:00:00Z"),
    ("an unknown local offset is UTC", "2026-03-02T01:15:02-00:00", "2026-03-02T01:15:02Z"),
    ("lower case and a blank between date and time", "2026-03-02 01:15:02z", "2026-03-02T01:15:02Z"),
    ("a leap day", "2024-02-29T12:00:00Z", "2024-02-29T12:00:00Z"),
    ("a leap day of a century", "2000-02-29T12:00:00Z", "2000-02-29T12:00:00Z"),
    ("the first instant", "1970-01-01T00:00:00Z", "1970-01-01T00:00:00Z"),
    ("the last instant", "2999-12-31T23:59:59.999999Z", "2999-12-31T23:59:59.999999Z"),
]
BAD = [
    "2026-03-02T01:15:02",
    "2026-03-02",
    "20260302T011502Z",
    "2026-03-02T01:15Z",
    "2026-03-02T24:00:00Z",
    "2026-03-02T01:60:02Z",
    "2026-13-02T01:15:02Z",
    "2026-02-29T00:00:00Z",
    "2100-02-29T00:00:00Z",
    "2026-04-31T00:00:00Z",
    "2016-12-31T23:59:60Z",
    "2026-03-02T01:15:02+24:00",
    "2026-03-02T01:15:02+0800",
    "2026-03-02T01:15:02+08",
    "2026-03-02T01:15:02,5Z",
    "2026-03-02T01:15:02.Z",
    "2026-03-02T01:15:02.1_0Z",
    "2026-03-02T01:15:02.1 Z",
    "2026-W10-1T01:15:02Z",
    "2026-03-02T01:15:02Z\n",
    " 2026-03-02T01:15:02Z",
    "２０２６-03-02T01:15:02Z",
    "0001-01-01T00:00:00Z",
    "1969-12-31T23:59:59Z",
    "3000-01-01T00:00:00Z",
    "9999-12-31T23:59:59-23:59",
    "1772414102",
    "",
    "now",
]


@pytest.mark.parametrize(("text", "normal"), [row[1:] for row in GOOD], ids=[row[0] for row in GOOD])
def test_good_times(text: str, normal: str) -> None:
    for _ in range(2):  # the second time from the cache of minutes
        assert format_instant(read_event_time(text.encode())) == normal
    assert re.search(DATE_TIME, text)


@pytest.mark.parametrize("text", BAD, ids=repr)
def test_bad_times(text: str) -> None:
    read_event_time(b"2026-03-02T01:15:02Z")  # so that the minute is known
    with pytest.raises(ValueError, match=r"."):
        read_event_time(text.encode())
    assert not re.search(DATE_TIME, text)


@settings(max_examples=300, deadline=None)
@given(at=st.integers(EARLIEST, LATEST), minutes=st.integers(-1439, 1439), digits=st.integers(0, 6))
def test_every_instant_reads_back_exactly_in_every_zone(at: int, minutes: int, digits: int) -> None:
    at -= at % 10 ** (6 - digits)
    local = EPOCH + timedelta(microseconds=at, minutes=minutes)
    sign, offset = ("-", -minutes) if minutes < 0 else ("+", minutes)
    fraction = f".{local.microsecond:06d}"[: digits + 1] if digits else ""
    text = f"{local.isoformat()[:19]}{fraction}{sign}{offset // 60:02d}:{offset % 60:02d}"
    assert parse_instant(text) == at
    assert read_event_time(text.encode()) == at
    assert read_event_time(format_instant(at).encode()) == at


@settings(max_examples=300, deadline=None)
@given(day=st.dates(datetime(1970, 1, 1).date(), datetime(2999, 12, 31).date()))
def test_the_pattern_knows_every_day_of_the_calendar(day: datetime) -> None:
    assert re.search(DATE_TIME, f"{day:%Y-%m-%d}T00:00:00Z")


@settings(max_examples=300, deadline=None)
@given(text=st.from_regex(DATE_TIME, fullmatch=True))
def test_what_passes_the_pattern_is_an_instant(text: str) -> None:
    parse_instant(text)


@settings(max_examples=100, deadline=None)
@given(at=st.integers(-LATEST, LATEST))
def test_instants_before_1970_are_written_too(at: int) -> None:
    expected = (EPOCH + at * MICROSECOND).isoformat().replace("+00:00", "")
    assert datetime.fromisoformat(format_instant(at)) == datetime.fromisoformat(expected).replace(tzinfo=UTC)


def test_durations_on_the_wire_are_whole_where_they_can_be() -> None:
    assert repr(seconds_of(68 * 3600 * SECOND)) == "244800"
    assert seconds_of(1) == 0.000001
