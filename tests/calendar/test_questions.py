"""Questions as JSON lines: the plain semantics as a table, and what a wrong line is told."""

import json
from collections.abc import Mapping
from typing import Any

import msgspec
import pytest

from monitor.calendar.questions import answer
from tests.calendar.__main__ import check
from tests.calendar.cases import agrees, random_cases, slow_answer

BERLIN = {"time_zone": "Europe/Berlin", "weekly": {day: [["01:00", "02:30"]] for day in ("sun", "mon")}}
OFFICE = {"time_zone": "Asia/Shanghai", "weekly": {day: [["09:00", "12:00"], ["13:00", "18:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}}
CHINA = OFFICE | {"holidays": [f"2025-10-0{day}" for day in range(1, 9)], "open_dates": {"2025-10-11": [["09:00", "18:00"]]}}
NIGHT = {"time_zone": "UTC", "weekly": {"mon": [["22:00", "06:00"]]}, "holidays": ["2025-07-01"]}
HOUR = 3600


def ask(*parts: Mapping[str, object], **more: object) -> dict[str, Any]:
    line: dict[str, object] = {"id": "a"}
    for part in (*parts, more):
        line |= part
    found: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(answer(json.dumps(line).encode(), 7)))
    return found


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        pytest.param(
            BERLIN | {"start": "2025-10-26T00:00:00+02:00", "end": "2025-10-27T00:00:00+01:00"},
            2 * HOUR,
            id="P2: an hour that happens twice counts twice",
        ),
        pytest.param(BERLIN | {"start": "2025-03-30T00:00:00+01:00", "end": "2025-03-31T00:00:00+02:00"}, HOUR, id="P2: a skipped hour never counts"),
        pytest.param(OFFICE | {"start": "2025-10-10T18:00:00+08:00", "end": "2025-10-10T09:00:00+08:00"}, 0, id="end before start counts 0"),
        pytest.param(
            CHINA | {"start": "2025-10-01T00:00:00+08:00", "end": "2025-10-12T00:00:00+08:00"},
            25 * HOUR,
            id="P4: two workdays and a make-up Saturday",
        ),
        pytest.param(
            OFFICE | {"start": "2025-10-10T17:00:00+08:00", "end": "2025-10-10T17:00:00.25+08:00"},
            0.25,
            id="fractions of a second are counted, not rounded",
        ),
        pytest.param(
            NIGHT | {"start": "2025-06-30T00:00:00Z", "end": "2025-07-03T00:00:00Z"},
            8 * HOUR,
            id="P3: the tail of Monday's shift stays open on a holiday",
        ),
        pytest.param(
            OFFICE
            | {
                "start": "2025-10-10T09:00:00+08:00",
                "end": "2025-10-10T18:00:00+08:00",
                "pauses": [
                    ["2025-10-10T11:00:00+08:00", "2025-10-10T14:00:00+08:00"],
                    ["2025-10-09T00:00:00Z", "2025-10-10T02:00:00Z"],
                    ["2025-10-10T13:30:00+08:00", None],
                ],
            },
            HOUR,
            id="P9: pauses in any order, overlapping, begun before the start, not ended",
        ),
        pytest.param(
            {"time_zone": "UTC", "weekly": {"sun": [["00:00", "24:00"]]}, "start": "2025-07-05T00:00:00Z", "end": "2025-07-08T00:00:00Z"},
            24 * HOUR,
            id="P3: 24:00 is midnight, missing weekdays are closed",
        ),
        pytest.param(
            {"time_zone": "UTC", "weekly": {"sun": [["08:00:30", "08:00:31"]]}, "start": "2025-07-05T00:00:00Z", "end": "2025-07-08T00:00:00Z"},
            1,
            id="times may have seconds",
        ),
        pytest.param(
            NIGHT | {"weekly": {"mon": [["08:00", "08:00"], ["10:00", "12:00"]]}, "start": "2025-06-30T00:00:00Z", "end": "2025-07-03T00:00:00Z"},
            24 * HOUR,
            id="P3: close = open is 24 hours; what lies in two intervals counts once",
        ),
        pytest.param(
            OFFICE | {"weekly": {"fri": [], "sat": None}, "start": "2025-10-10T00:00:00Z", "end": "2025-10-13T00:00:00Z", "target_seconds": None},
            0,
            id="[] is closed; null is as if it were not there",
        ),
    ],
)
def test_counted_time(line: dict[str, object], expected: float) -> None:
    assert ask(line) == {"id": "a", "counted_seconds": expected}


@pytest.mark.parametrize(
    ("line", "due"),
    [
        pytest.param(
            {"start": "2025-10-10T17:30:00+08:00", "target_seconds": HOUR}, "2025-10-11T01:30:00Z", id="P4: goes on on the make-up Saturday"
        ),
        pytest.param(
            {"start": "2025-10-10T17:30:00+08:00", "target_seconds": HOUR / 2},
            "2025-10-10T10:00:00Z",
            id="used up at closing time: due at closing time",
        ),
        pytest.param({"start": "2025-10-05T03:04:05+08:00", "target_seconds": 0}, "2025-10-04T19:04:05Z", id="zero is due at its start, open or not"),
        pytest.param(
            {"start": "2025-10-10T09:00:00.5+08:00", "target_seconds": 1.25}, "2025-10-10T01:00:01.75Z", id="a fraction only where it is not zero"
        ),
        pytest.param({"start": "2025-10-10T01:00:00z", "target_seconds": 1}, "2025-10-10T01:00:01Z", id="a small z is UTC too"),
        pytest.param({"start": "1969-07-21T10:00:00+08:00", "target_seconds": 9 * HOUR}, "1969-07-22T03:00:00Z", id="before 1970"),
        pytest.param({"start": "2999-01-01T00:00:00Z", "target_seconds": 8 * HOUR}, "2999-01-01T10:00:00Z", id="in the year 2999"),
        pytest.param(
            {"start": "2025-01-01T00:00:00Z", "target_seconds": 2_000_000 * HOUR},
            "2983-04-15T09:00:00Z",
            id="two million hours: 50,000 weeks, and 39 hours for what the holidays took",
        ),
        pytest.param(
            {"start": "2025-10-10T17:30:00+08:00", "target_seconds": HOUR, "pauses": [["2025-10-10T17:45:00+08:00", "2025-10-11T10:00:00+08:00"]]},
            "2025-10-11T02:45:00Z",
            id="P10: a pause takes only open time away",
        ),
        pytest.param(
            {"start": "2025-10-10T17:30:00+08:00", "target_seconds": 900, "pauses": [["2025-10-10T17:45:00+08:00", None]]},
            "2025-10-10T09:45:00Z",
            id="a pause that begins as the target is reached is too late",
        ),
        pytest.param(
            {"start": "2025-10-10T17:30:00+08:00", "target_seconds": 900, "pauses": [["2025-10-10T17:40:00+08:00", "2025-10-10T17:30:00+08:00"]]},
            "2025-10-10T09:45:00Z",
            id="a pause that ends before it begins holds no instant",
        ),
    ],
)
def test_due(line: dict[str, object], due: str) -> None:
    assert ask(CHINA, line) == {"id": "a", "due": due}


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        pytest.param({"weekly": {}}, "never_open", id="no open time"),
        pytest.param({"weekly": {}, "open_dates": {"2025-10-11": [["09:00", "09:30"]]}}, "never_open", id="not enough open time"),
        pytest.param({"pauses": [["2025-10-01T00:00:00Z", None]]}, "paused", id="paused from the beginning"),
        pytest.param(
            {"pauses": [["2025-10-10T09:30:00Z", None], ["2025-10-01T00:00:00Z", "2025-10-02T00:00:00Z"]]}, "paused", id="paused before it is due"
        ),
        pytest.param(
            {"weekly": {}, "open_dates": {}, "pauses": [["2025-10-01T00:00:00Z", None]]}, "never_open", id="paused, but it would never be due anyway"
        ),
        pytest.param(
            {"weekly": {}, "open_dates": {"2025-10-11": [["09:00", "11:00"]]}, "pauses": [["2025-10-11T02:00:00Z", None]]},
            "paused",
            id="the last open date is paused for ever",
        ),
    ],
)
def test_a_target_never_reached_has_a_reason(line: dict[str, object], reason: str) -> None:
    found = ask(OFFICE, {"start": "2025-10-10T17:00:00+08:00", "target_seconds": 2 * HOUR}, line)
    assert found == {"id": "a", "due": None, "reason": reason}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        pytest.param({"id": None}, "id: expected text or a number", id="no id"),
        pytest.param({"id": {}}, "id: expected text or a number", id="an id that is a map"),
        pytest.param({"target_seconds": None}, "either `target_seconds` or `end`, got neither", id="no question"),
        pytest.param({"end": "2025-10-11T00:00:00Z"}, "either `target_seconds` or `end`, got both", id="two questions"),
        pytest.param({"target_seconds": -1}, "target_seconds: expected zero or more", id="a negative target"),
        pytest.param({"target_seconds": "2h"}, "$.target_seconds", id="a target as text"),
        pytest.param({"target_seconds": True}, "$.target_seconds", id="a target that is a truth value"),
        pytest.param({"target_seconds": 10**30}, "due only after the year 9999", id="a target beyond all years"),
        pytest.param({"time_zone": None}, "$.time_zone", id="no zone"),
        pytest.param({"time_zone": "Asia/Peking"}, "unknown time zone 'Asia/Peking'; expected an IANA name", id="an unknown zone"),
        pytest.param({"time_zone": "../UTC"}, "unknown time zone", id="a zone that is a path"),
        pytest.param({"weekly": {"monday": []}}, "unknown weekday 'monday'; expected mon tue wed thu fri sat sun", id="an unknown weekday"),
        pytest.param({"weekly": {"mon": [["09:00"]]}}, "$.weekly", id="an interval with one end"),
        pytest.param({"weekly": 5}, "$.weekly", id="hours that are a number"),
        pytest.param({"weekly": {"mon": [["9 am", "17:00"]]}}, "weekly.mon: '9 am' is not a time of day; expected HH:MM", id="no time of day"),
        pytest.param({"weekly": {"mon": [["09:00", "24:01"]]}}, "weekly.mon: '24:01' is not a time of day", id="after midnight by name"),
        pytest.param({"weekly": {"mon": [["24:00", "02:00"]]}}, "weekly.mon: an interval cannot begin at 24:00", id="an interval from 24:00"),
        pytest.param({"holidays": ["2025-02-30"]}, "holidays[0]: '2025-02-30' is not a date; expected YYYY-MM-DD", id="no such date"),
        pytest.param({"holidays": ["20250203"]}, "holidays[0]: '20250203' is not a date", id="a date without hyphens"),
        pytest.param({"open_dates": {"2025-10-11": None}}, "$.open_dates", id="an open date with null hours"),
        pytest.param(
            {"start": "2025-10-10T09:00:00"}, "start: '2025-10-10T09:00:00' is not an instant; expected RFC 3339 with an offset", id="no offset"
        ),
        pytest.param({"start": "2016-12-31T23:59:60Z"}, "leap seconds are not counted", id="a leap second"),
        pytest.param({"start": "2025-10-10T24:00:00Z"}, "start: '2025-10-10T24:00:00Z' is not an instant", id="hour 24"),
        pytest.param({"start": 1760058000}, "$.start", id="an instant as a number"),
        pytest.param({"start": "0001-01-01T00:00:00+23:00"}, "start: '0001-01-01T00:00:00+23:00' lies beyond", id="before the year 1"),
        pytest.param({"pauses": [[None, "2025-10-10T09:00:00Z"]]}, "$.pauses[0][0]", id="a pause without a beginning"),
        pytest.param({"pauses": [["2025-10-10T09:00:00Z", "later"]]}, "pauses[0][1]: 'later' is not an instant", id="a pause that ends later"),
    ],
)
def test_a_wrong_line_says_its_number_and_what_was_expected(line: dict[str, object], said: str) -> None:
    found = ask(OFFICE, {"start": "2025-10-10T17:00:00+08:00", "target_seconds": 2 * HOUR}, line)
    assert found.keys() == {"id", "error"}
    assert found["id"] == (None if "id" in line else "a")
    assert found["error"].startswith("line 7: ")
    assert said in found["error"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        pytest.param(b"nonsense", "expected one JSON object on the line", id="no JSON"),
        pytest.param(b'{"id":"a"', "expected one JSON object on the line", id="cut off"),
        pytest.param(b"[]", "Expected `object`", id="a list"),
        pytest.param(b'{"id":"\xff"}', "expected UTF-8 text", id="not UTF-8"),
        pytest.param(b'{"id":"a","note":' + b"[" * 100_000, "nested too deeply", id="a hundred thousand brackets"),
    ],
)
def test_a_line_that_is_no_object_has_no_id(line: bytes, said: str) -> None:
    found = answer(line, 3)
    assert bytes(found.id) == b"null"
    assert isinstance(found.error, str)
    assert said in found.error


def test_a_number_as_id_comes_back_as_it_was_written() -> None:
    line = b'{"id":1.50,"time_zone":"UTC","start":"2025-10-10T09:00:00Z","target_seconds":0}'
    assert bytes(answer(line, 1).id) == b"1.50"


def test_random_questions_equal_the_slow_implementation() -> None:
    """The independent check on 1,000 cases; ``python -m tests.calendar`` has ten times as many."""
    differences, _ = check(random_cases(1_000, seed=2))
    assert differences == []


def test_the_independent_check_sees_a_second_too_many() -> None:
    for case in random_cases(50, seed=3):
        expected = slow_answer(case)
        if "counted_seconds" in expected:
            assert not agrees(case, expected, expected | {"counted_seconds": expected["counted_seconds"] + 1})  # type: ignore[operator]
        elif expected["due"] is not None:
            found = ask(case)
            assert agrees(case, expected, found)
            later = found["due"].replace("20", "21", 1)
            assert not agrees(case, expected, found | {"due": later})
