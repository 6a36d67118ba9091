"""The rules P1-P6 and P10 as tables: each row says in a sentence what must hold."""

from datetime import date
from timeit import repeat

import pytest

from monitor.calendar.always import AlwaysOpen
from monitor.calendar.hours import parse_span
from monitor.calendar.model import Calendar
from monitor.calendar.wall_calendar import WallCalendar
from monitor.calendar.zone import zone_of
from schemas.instants import DAY, HOUR, MINUTE, format_instant
from tests.calendar.examples import CHINA, NIGHT, OFFICE, SMALL_HOURS, YEAR, at, week


@pytest.mark.parametrize(
    ("calendar", "start", "end", "hours"),
    [
        pytest.param(
            SMALL_HOURS, "2025-10-25T22:00:00Z", "2025-10-26T23:00:00Z", 2.0, id="P2: an hour that happens twice counts twice (Berlin 2025-10-26)"
        ),
        pytest.param(SMALL_HOURS, "2025-03-29T23:00:00Z", "2025-03-30T22:00:00Z", 1.0, id="P2: a skipped hour never counts (Berlin 2025-03-30)"),
        pytest.param(OFFICE, "2025-04-28T00:00:00Z", "2025-05-05T00:00:00Z", 28.0, id="P3, P4: two intervals a day, four days beside a holiday"),
        pytest.param(NIGHT, "2025-06-30T00:00:00Z", "2025-07-03T00:00:00Z", 8.0, id="P3: the tail of Monday's shift stays open on Tuesday's holiday"),
        pytest.param(NIGHT, "2025-07-01T00:00:00+02:00", "2025-07-02T00:00:00+02:00", 6.0, id="P3: only that tail is open on the Tuesday"),
        pytest.param(CHINA, "2025-10-11T00:00:00+08:00", "2025-10-12T00:00:00+08:00", 9.0, id="P4: a make-up Saturday is a workday"),
        pytest.param(CHINA, "2025-10-01T00:00:00+08:00", "2025-10-09T00:00:00+08:00", 0.0, id="P4: the National Day week is closed"),
        pytest.param(
            WallCalendar("part", "UTC", week("daily", "09:00-17:00"), [date(2025, 12, 24)], {date(2025, 12, 24): [parse_span("09:00-12:00")]}),
            "2025-12-24T00:00:00Z",
            "2025-12-25T00:00:00Z",
            3.0,
            id="P4: open_dates beat holidays: half a day on Christmas Eve",
        ),
        pytest.param(
            WallCalendar("shut", "UTC", week("daily", "09:00-17:00"), (), {date(2025, 12, 24): []}),
            "2025-12-24T00:00:00Z",
            "2025-12-25T00:00:00Z",
            0.0,
            id="P4: an open date with no interval is closed",
        ),
        pytest.param(
            WallCalendar("full", "UTC", week("mon", "00:00-24:00")), "2025-06-30T00:00:00Z", "2025-07-07T00:00:00Z", 24.0, id="P3: 24:00 is midnight"
        ),
        pytest.param(
            WallCalendar("round", "UTC", week("mon", "08:00-08:00")),
            "2025-06-30T00:00:00Z",
            "2025-07-07T00:00:00Z",
            24.0,
            id="P3: close = open ends on the next date",
        ),
        pytest.param(
            WallCalendar("over", "UTC", week("mon", "08:00-12:00", "10:00-14:00", "14:00-15:00")),
            "2025-06-30T00:00:00Z",
            "2025-07-01T00:00:00Z",
            7.0,
            id="P3: overlapping intervals count once, touching ones join",
        ),
        pytest.param(
            WallCalendar("sun", "UTC", week("sun", "20:00-04:00")),
            "2025-06-30T00:00:00Z",
            "2025-07-07T00:00:00Z",
            8.0,
            id="P3: Sunday's night runs into Monday",
        ),
        pytest.param(OFFICE, "2025-05-02T12:00:00Z", "2025-05-02T08:00:00Z", 0.0, id="an end before the start counts nothing"),
        pytest.param(
            WallCalendar("lmt", "Europe/Berlin", week("daily", "09:00-17:00")),
            "1890-01-01T00:00:00Z",
            "1890-01-08T00:00:00Z",
            56.0,
            id="P1: before time zones had whole minutes",
        ),
        pytest.param(
            WallCalendar("apia", "Pacific/Apia", week("daily", "09:00-17:00")),
            "2011-12-29T00:00:00-10:00",
            "2012-01-01T00:00:00+14:00",
            16.0,
            id="P2: the Friday that Samoa skipped never counts",
        ),
    ],
)
def test_open_time(calendar: Calendar, start: str, end: str, hours: float) -> None:
    assert calendar.counted(at(start), at(end)) == hours * HOUR
    assert sum(to_at - from_at for from_at, to_at in calendar.open_intervals(at(start), at(end))) == hours * HOUR


@pytest.mark.parametrize(
    ("calendar", "start", "target_us", "pauses", "due"),
    [
        pytest.param(OFFICE, "2025-05-02T15:00:00Z", 0, (), "2025-05-02T15:00:00Z", id="zero is due at the start, open or not"),
        pytest.param(OFFICE, "2025-05-02T07:00:00Z", 3 * HOUR, (), "2025-05-02T10:00:00Z", id="used up at closing time is due at closing time"),
        pytest.param(OFFICE, "2025-05-02T07:00:00Z", 3 * HOUR + 1, (), "2025-05-02T11:00:00.000001Z", id="a microsecond more is due after lunch"),
        pytest.param(OFFICE, "2025-04-30T14:30:00Z", HOUR, (), "2025-05-02T07:30:00Z", id="P4: the rest waits over a holiday"),
        pytest.param(
            OFFICE,
            "2025-05-02T07:00:00Z",
            HOUR,
            (("2025-05-02T07:30:00Z", "2025-05-02T08:00:00Z"),),
            "2025-05-02T08:30:00Z",
            id="P10: a pause moves the deadline",
        ),
        pytest.param(
            OFFICE,
            "2025-04-30T14:30:00Z",
            HOUR,
            (("2025-04-30T16:00:00Z", "2025-05-02T00:00:00Z"),),
            "2025-05-02T07:30:00Z",
            id="P10: a pause on closed time changes nothing",
        ),
        pytest.param(
            OFFICE,
            "2025-05-02T07:00:00Z",
            HOUR,
            (
                ("2025-05-02T08:00:00Z", "2025-05-02T09:00:00Z"),
                ("2025-05-02T06:00:00Z", "2025-05-02T08:30:00Z"),
                ("2025-05-02T07:10:00Z", "2025-05-02T07:20:00Z"),
            ),
            "2025-05-02T10:00:00Z",
            id="P9: pauses in any order, overlapping, begun before the start",
        ),
        pytest.param(OFFICE, "2025-05-02T07:00:00Z", HOUR, (("2025-05-02T07:59:59Z", None),), None, id="still paused: never due"),
        pytest.param(
            OFFICE,
            "2025-05-02T07:00:00Z",
            HOUR,
            (("2025-05-02T08:00:00Z", None),),
            "2025-05-02T08:00:00Z",
            id="a pause that begins at the deadline is too late to move it",
        ),
        pytest.param(
            AlwaysOpen(),
            "2025-05-02T07:00:00Z",
            HOUR,
            (("2025-05-02T07:30:00Z", "2025-05-02T08:30:00Z"),),
            "2025-05-02T09:00:00Z",
            id="24x7 with a pause",
        ),
        pytest.param(AlwaysOpen(), "2025-05-02T07:00:00Z", 1, (), "2025-05-02T07:00:00.000001Z", id="R19: 24x7 counts every microsecond"),
        pytest.param(
            WallCalendar("once", "UTC", {}, (), {date(2025, 5, 3): [parse_span("09:00-10:00")]}),
            "2025-05-02T07:00:00Z",
            HOUR,
            (),
            "2025-05-03T10:00:00Z",
            id="only an open date: its last second",
        ),
        pytest.param(
            WallCalendar("once", "UTC", {}, (), {date(2025, 5, 3): [parse_span("09:00-10:00")]}),
            "2025-05-02T07:00:00Z",
            HOUR + 1,
            (),
            None,
            id="P5: more than will ever be open is never due",
        ),
        pytest.param(
            WallCalendar("twice", "Europe/Berlin", {}, (), {date(2045, 10, 29): [parse_span("01:00-04:00")]}),
            "2025-05-02T07:00:00Z",
            4 * HOUR,
            (),
            "2045-10-29T03:00:00Z",
            id="P2: an open date far ahead on which an hour happens twice",
        ),
    ],
)
def test_due(calendar: Calendar, start: str, target_us: int, pauses: tuple[tuple[str, str | None], ...], due: str | None) -> None:
    found = calendar.due(at(start), target_us, [(at(first), None if last is None else at(last)) for first, last in pauses])
    assert (None if found is None else format_instant(found)) == due


@pytest.mark.parametrize(
    ("instant", "is_open"),
    [
        pytest.param("2025-05-02T07:00:00Z", True, id="the opening second is open"),
        pytest.param("2025-05-02T06:59:59.999999Z", False, id="the microsecond before is not"),
        pytest.param("2025-05-02T15:00:00Z", False, id="the closing second is closed"),
        pytest.param("2025-05-02T14:59:59.999999Z", True, id="the microsecond before is open"),
    ],
)
def test_half_open(instant: str, is_open: bool) -> None:
    assert OFFICE.is_open(at(instant)) is is_open


def test_always_is_always_open() -> None:
    always = AlwaysOpen()
    assert always.is_open(0)
    assert list(always.open_intervals(0, HOUR)) == [(0, HOUR)]
    assert list(always.open_intervals(HOUR, HOUR)) == []
    assert always.counted(0, HOUR, [(MINUTE, 2 * MINUTE)]) == 59 * MINUTE
    assert always.counted(HOUR, 0) == 0
    assert always.due(HOUR, 0) == HOUR
    assert (always.name, always.time_zone) == ("always", "UTC")


def test_the_order_of_questions_changes_no_answer() -> None:
    """Tables of offset periods grow in both directions; sums taken before and after must agree."""
    starts = [at(f"{year}-06-15T12:34:56.789Z") for year in (2025, 1975, 2090, 1931, 2026)]
    targets = [HOUR, 400 * HOUR, 60_000 * HOUR]

    def answers(order: list[int]) -> dict[tuple[int, int], int | None]:
        calendar = WallCalendar("office", "America/New_York", week("mon-fri", "00:30-02:30"))
        return {(start, target): calendar.due(start, target) for start in order for target in targets}

    assert answers(starts) == answers(starts[::-1]) == {key: answers([key[0]])[key] for key in answers(starts)}


def test_open_intervals_merge_where_nights_meet_mornings() -> None:
    calendar = WallCalendar("long", "UTC", week("mon-tue", "08:00-24:00") | week("wed", "00:00-08:00"))
    monday = at("2025-06-30T00:00:00Z")
    assert list(calendar.open_intervals(monday, monday + 7 * DAY)) == [(monday + 8 * HOUR, monday + DAY), (monday + 32 * HOUR, monday + 56 * HOUR)]


def test_an_unknown_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown time zone 'Asia/Peking'"):
        WallCalendar("x", "Asia/Peking", {})


def test_cost_is_flat_however_far_the_deadline_is() -> None:
    """No loop over time: a target forty years of office hours away costs about what four hours cost."""
    start_at = at("2025-04-30T15:00:00Z")

    def cost(target_us: int) -> float:
        return min(repeat(lambda: OFFICE.due(start_at, target_us), number=2000, repeat=5)) / 2000

    far = OFFICE.due(start_at, 40 * 250 * 7 * HOUR)
    assert far is not None
    assert far - start_at > 38 * YEAR
    assert cost(40 * 250 * 7 * HOUR) < 3 * cost(4 * HOUR)
    assert cost(4 * HOUR) < 50e-6


@pytest.mark.parametrize(
    "name", ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca", "Antarctica/Troll", "Asia/Shanghai"]
)
def test_far_years_change_their_clocks_as_the_zone_data_says(name: str) -> None:
    """From 2101 on the changes of a year are copied from a year of its kind; each hour of some weeks is asked of the zone data itself."""
    zone = zone_of(name)
    for year in (2101, 2196, 2400, 2999, 9996):
        for text in (f"{year}-03-10T00:00:00Z", f"{year}-10-20T00:00:00Z", f"{year}-12-29T00:00:00Z"):
            first = at(text)
            periods = zone.periods(*zone.span(first, first + 25 * DAY))
            assert periods == sorted(periods)
            for hour in range(0, 25 * 24, 3):
                now = first + hour * HOUR
                assert [offset for begin, offset in periods if begin <= now][-1] == zone.offset_at(now), (year, hour)
