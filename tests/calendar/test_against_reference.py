"""The fast calendar equals the slow one on random calendars, starts, targets and pauses, above all around clock changes (P1-P10)."""

import itertools
from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.calendar.wall_calendar import WallCalendar
from schemas.instants import DAY, HOUR, MINUTE, Instant, parse_instant
from tests.calendar.reference import Pause, SlowCalendar, Span

# Each zone with instants near which its clock does something unusual.
PLACES = {
    "Europe/Berlin": ("2025-03-30T01:00:00Z", "2025-10-26T01:00:00Z"),
    "America/New_York": ("2024-03-10T07:00:00Z", "2024-11-03T06:00:00Z"),
    "Asia/Kolkata": ("2025-08-15T00:00:00Z",),
    "Asia/Shanghai": ("2025-10-11T00:00:00Z", "1991-04-13T18:00:00Z"),
    "Australia/Lord_Howe": ("2025-04-05T15:00:00Z", "2025-10-04T15:30:00Z"),
    "America/Sao_Paulo": ("2018-11-04T03:00:00Z", "2018-02-18T02:00:00Z"),
    "Pacific/Apia": ("2011-12-30T10:00:00Z",),
    "Africa/Casablanca": ("2025-02-23T02:00:00Z", "2025-04-06T02:00:00Z"),
}

QUARTER = 15 * MINUTE


@st.composite
def spans(draw: st.DrawFn) -> list[Span]:
    found = []
    for _ in range(draw(st.integers(0, 3))):
        opens = draw(st.integers(0, 95)) * QUARTER
        found.append((opens, opens + draw(st.integers(1, 96)) * QUARTER))
    return found


@st.composite
def scenes(draw: st.DrawFn) -> tuple[WallCalendar, SlowCalendar, Instant, Sequence[Pause]]:
    """A calendar in both implementations, a start near a clock change, and pauses."""
    zone = draw(st.sampled_from(sorted(PLACES)))
    near = parse_instant(draw(st.sampled_from(PLACES[zone])))
    first = date(1970, 1, 1) + timedelta(days=near // DAY - 3)
    days = st.integers(0, 9).map(lambda number: first + timedelta(days=number))
    weekly = draw(st.dictionaries(st.integers(0, 6), spans(), min_size=3))
    holidays = draw(st.sets(days, max_size=3))
    open_dates = draw(st.dictionaries(days, spans(), max_size=3))
    start_at = near + draw(st.integers(-3 * DAY, DAY)) + draw(st.sampled_from((0, 1, -1)))
    moments = st.integers(-2 * DAY, 6 * DAY).map(lambda offset: start_at + offset)
    pauses = draw(st.lists(st.tuples(moments, st.one_of(moments, moments, moments, st.none())), max_size=4))
    fast = WallCalendar("fast", zone, weekly, sorted(holidays), open_dates)
    return fast, SlowCalendar(zone, weekly, frozenset(holidays), open_dates, QUARTER), start_at, pauses


@given(scenes(), st.integers(0, 7 * DAY))
@settings(max_examples=40, deadline=None)
def test_counted_time_equals_the_slow_implementation(scene: tuple[WallCalendar, SlowCalendar, Instant, Sequence[Pause]], length: int) -> None:
    fast, slow, start_at, pauses = scene
    assert fast.counted(start_at, start_at + length, pauses) == slow.counted(start_at, start_at + length, pauses)
    pieces = list(fast.open_intervals(start_at, start_at + length))
    assert sum(end - begin for begin, end in pieces) == slow.counted(start_at, start_at + length)
    assert all(begin < end for begin, end in pieces)
    assert all(end < begin for (_, end), (begin, _) in itertools.pairwise(pieces))
    assert fast.is_open(start_at) == slow.is_open(start_at)


@given(scenes(), st.one_of(st.integers(0, 60 * HOUR), st.integers(0, 240).map(lambda quarters: quarters * QUARTER)))
@settings(max_examples=60, deadline=None)
def test_due_equals_the_slow_implementation(scene: tuple[WallCalendar, SlowCalendar, Instant, Sequence[Pause]], target_us: int) -> None:
    fast, slow, start_at, pauses = scene
    horizon_at = start_at + 12 * DAY
    expected = slow.due(start_at, target_us, pauses, horizon_at)
    due_at = fast.due(start_at, target_us, pauses)
    if expected is None:
        assert due_at is None or due_at > horizon_at
    else:
        assert due_at == expected
        assert fast.counted(start_at, expected, pauses) == target_us


@given(scenes(), st.integers(1, 4))
@settings(max_examples=25, deadline=None)
def test_business_days_equal_the_slow_implementation(scene: tuple[WallCalendar, SlowCalendar, Instant, Sequence[Pause]], days: int) -> None:
    fast, slow, start_at, pauses = scene
    expected = slow.due_business_days(start_at, days, pauses, most_dates=12)
    if expected is not None:
        assert fast.due_business_days(start_at, days, pauses) == expected


@pytest.mark.parametrize(("zone", "near"), [(zone, near) for zone, instants in PLACES.items() for near in instants], ids=lambda value: str(value))
def test_second_by_second_around_a_clock_change(zone: str, near: str) -> None:
    """Interval bounds on odd seconds, asked of the zone data for every second of four hours (P1, P2)."""
    second = 1_000_000
    weekly: dict[int, list[Span]] = {
        day: [(HOUR + 7 * second, 2 * HOUR + 1801 * second), (23 * HOUR + 59 * second, 24 * HOUR + 3 * second)] for day in range(7)
    }
    fast, slow = WallCalendar("fast", zone, weekly), SlowCalendar(zone, weekly, grain_us=second)
    start_at = parse_instant(near) - 2 * HOUR + 123_456
    opened = [(begin, end) for begin, end, _ in slow.pieces(start_at, start_at + 4 * HOUR, ()) if slow.is_open(begin)]
    total = sum(end - begin for begin, end in opened)
    assert fast.counted(start_at, start_at + 4 * HOUR) == total
    used = 0
    for begin, end in opened:
        used += end - begin
        assert fast.due(start_at, used) == end
        assert fast.due(start_at, used - 1) == end - 1 or end - begin == 1
