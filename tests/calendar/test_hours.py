"""Opening hours as people write them (P3), and the offsets of a zone."""

import random
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from monitor.calendar.hours import make_span, parse_span, parse_time, parse_weekdays, union
from monitor.calendar.zone import zone_of
from schemas.instants import DAY, HOUR, MINUTE, SECOND


@pytest.mark.parametrize(
    ("text", "span"),
    [
        pytest.param("08:00-18:00", (8 * HOUR, 18 * HOUR), id="a day shift"),
        pytest.param("8:00 - 18:30", (8 * HOUR, 18 * HOUR + 30 * MINUTE), id="one digit and blanks are fine"),
        pytest.param("22:00-06:00", (22 * HOUR, 30 * HOUR), id="a close before the opening is on the next date"),
        pytest.param("00:00-24:00", (0, DAY), id="24:00 is midnight"),
        pytest.param("00:00-00:00", (0, DAY), id="a close at the opening is a day later"),
        pytest.param("12:00:01-12:00:02", (12 * HOUR + SECOND, 12 * HOUR + 2 * SECOND), id="seconds"),
    ],
)
def test_intervals(text: str, span: tuple[int, int]) -> None:
    assert parse_span(text) == span


@pytest.mark.parametrize("text", ["08:00", "8-18", "25:00-26:00", "24:01-25:00", "08:60-09:00", "24:00-06:00", "", "-", "０８:00-09:00"])
def test_what_is_no_interval_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"not a time of day|not an interval|cannot begin at 24:00"):
        parse_span(text)


def test_times_reach_to_midnight() -> None:
    assert parse_time("24:00") == DAY
    assert make_span("23:59", "24:00") == (DAY - MINUTE, DAY)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        pytest.param("mon", (0,), id="one day"),
        pytest.param("mon-fri", (0, 1, 2, 3, 4), id="a range"),
        pytest.param("fri-mon", (4, 5, 6, 0), id="a range over Sunday"),
        pytest.param("Mon, wed", (0, 2), id="a list, any case"),
        pytest.param("daily", (0, 1, 2, 3, 4, 5, 6), id="every day"),
    ],
)
def test_weekdays(text: str, days: tuple[int, ...]) -> None:
    assert parse_weekdays(text) == days


@pytest.mark.parametrize("text", ["monday", "mon-tue-wed", "", "1"])
def test_what_is_no_weekday_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a weekday"):
        parse_weekdays(text)


def test_union_joins_what_overlaps_or_touches() -> None:
    assert union([(5, 7), (1, 3), (2, 4), (7, 9)]) == [(1, 4), (5, 9)]


@pytest.mark.parametrize(
    "name", ["Europe/Berlin", "America/Boa_Vista", "Asia/Gaza", "Africa/Tunis", "Pacific/Apia", "Africa/Casablanca", "Asia/Shanghai", "UTC"]
)
def test_periods_agree_with_the_zone_data(name: str) -> None:
    """At random instants, and in the second before and at each change found; Boa_Vista and Gaza change twice within a week."""
    zone, info, epoch = zone_of(name), ZoneInfo(name), datetime(1970, 1, 1, tzinfo=UTC)
    from_at, to_at = zone.span(-40 * 366 * DAY, 90 * 366 * DAY)
    periods = zone.periods(from_at, to_at)
    asked = [begin_at + step for begin_at, _ in periods[1:] for step in (-SECOND, 0)]
    seeded = random.Random(7)
    asked += [seeded.randrange(from_at, to_at) for _ in range(2000)]
    for at in asked:
        offset = next(offset for begin_at, offset in reversed(periods) if begin_at <= at)
        expected = (epoch + timedelta(microseconds=at)).astimezone(info).utcoffset()
        assert expected == timedelta(microseconds=offset)
