"""``calendar build``: dates of a country in a policy file, everything else in it as it was; and ``check`` of years without data."""

from datetime import date
from pathlib import Path

import pytest

from monitor.console.calendar_file import put_dates
from monitor.errors import PolicyError
from monitor.policy import check_policy, load_policy
from schemas.instants import HOUR, parse_instant
from tests.console.running import run

POLICY = """# our standards
title: Ours   # a title
calendars:
  # the back office
  office:
    title: Office   # hours
    holidays: [2025-12-31, 2026-01-01, 2026-08-08]
    weekly: {mon-fri: ["08:30-12:00", "14:00-18:00"]}
    open_dates:
      2026-02-13: ["08:30-12:00"]   # half a day
      2026-03-07: ["08:30-12:00"]

  # peak hours
  peak: {weekly: {daily: ["09:00-11:30"]}, holidays: [2024-01-01]}   # R59
clocks:
  answer: {start: call.queued, stop: call.answered, rules: [{target: 20s}]}
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = tmp_path / "policy.yaml"
    made.write_text(POLICY)
    return made


def build(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[str, str]:
    ended = run(capsys, "calendar", "build", *arguments)
    assert ended.code == 0, ended.err
    return ended.out, ended.err


def test_china_has_holidays_and_make_up_weekends_and_a_year_without_them_is_reported(capsys: pytest.CaptureFixture[str]) -> None:
    """P4: what the State Council published for 2026; for a year not published yet only computed holidays are known."""
    text, told = build(capsys, "--country", "CN", "--years", "2026,2099", "--hours", "09:00-12:00", "--hours", "13:00-18:00")
    office = load_policy([("a.yaml", text + "clocks: {answer: {start: call.queued, stop: call.answered, rules: [{target: 20s}]}}")]).calendars[
        "office"
    ]
    assert '2026-10-10: ["09:00-12:00", "13:00-18:00"]' in text
    assert "- 2026-10-06   # " in text
    assert "no_official_data: [2099]" in text
    assert "2099: no official data" in told
    assert "2026: no official data" not in told
    day = parse_instant("2026-10-10T00:00:00Z")
    assert office.counted(day, day + 24 * HOUR) == 8 * HOUR


def test_dates_outside_the_asked_years_are_dropped(capsys: pytest.CaptureFixture[str]) -> None:
    """New Year's Day 2011 was kept on 31 December 2010 in the United States; China's make-up Saturday of 2012 lay in 2011."""
    text, _ = build(capsys, "--country", "US", "--years", "2011")
    assert "2010-12-31" not in text
    assert "2011-12-26" in text
    text, _ = build(capsys, "--country", "US", "--years", "2010")
    assert "- 2010-12-31" in text
    text, _ = build(capsys, "--country", "CN", "--years", "2012")
    assert "2011-12-31" not in text


def test_a_country_that_moves_no_workdays_has_data_without_them(capsys: pytest.CaptureFixture[str]) -> None:
    text, told = build(capsys, "--country", "de", "--years", "2026-2027")
    assert "no official data" not in told
    assert "no_official_data" not in text
    assert "- 2027-12-26" in text


def test_only_the_dates_of_the_one_calendar_change(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, told = build(capsys, "--country", "CN", "--years", "2026", "--into", str(file))
    text = file.read_text()
    kept = [line for line in POLICY.splitlines() if "holidays: [2025" not in line and "2026-03-07" not in line and "open_dates" not in line]
    rest = iter(text.splitlines())
    assert all(line in rest for line in kept if "half a day" not in line), "every other line is there, in its order"
    assert "removed, not in the data of CN: 2026-03-07 2026-08-08" in told
    assert "- 2025-12-31" in text, "other years stay"
    assert '2026-02-13: ["08:30-12:00"]' in text, "a partial weekday stays"
    assert '2026-10-10: ["08:30-12:00", "14:00-18:00"]' in text, "a make-up workday has the hours of a Monday"
    build(capsys, "--country", "CN", "--years", "2026", "--into", str(file))
    assert file.read_text() == text, "a second time changes nothing"


def test_a_calendar_in_braces_becomes_a_block(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    build(capsys, "--country", "CN", "--years", "2026", "--into", str(file), "--calendar", "peak")
    text = file.read_text()
    assert '  peak:   # R59\n    weekly: {daily: ["09:00-11:30"]}\n    holidays:\n      - 2024-01-01\n      - 2026-01-01' in text
    assert text.endswith(POLICY[POLICY.index("clocks:") :])


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("", "calendars:\n  office:\n    weekly: {}\n    holidays:\n      - 2026-01-01\n", id="an empty file"),
        pytest.param("title: A", "title: A\n\ncalendars:\n  office:\n    weekly: {}\n    holidays:\n      - 2026-01-01\n", id="no calendars"),
        pytest.param(
            "calendars:\n    always: {}   # all\n# next\nclocks: {}\n",
            "calendars:\n    always: {}   # all\n    office:\n      weekly: {}\n      holidays:\n        - 2026-01-01\n# next\nclocks: {}\n",
            id="another calendar, deeper",
        ),
        pytest.param(
            "calendars:\n  office:\nclocks: {}\n", "calendars:\n  office:\n    holidays:\n      - 2026-01-01\nclocks: {}\n", id="a name without hours"
        ),
        pytest.param(
            "calendars:\r\n  office:\r\n    title: A\r\n",
            "calendars:\r\n  office:\r\n    title: A\r\n    holidays:\r\n      - 2026-01-01\r\n",
            id="lines of Windows",
        ),
        pytest.param(
            "calendars:\n  office:\n    holidays:\n      - 2020-01-01   # a\n\n      # b\n    title: A   # c\n",
            "calendars:\n  office:\n\n      # b\n    title: A   # c\n    holidays:\n      - 2026-01-01\n",
            id="comments behind the old dates",
        ),
    ],
)
def test_where_the_dates_go(before: str, after: str) -> None:
    assert put_dates("a.yaml", before, "office", ["holidays:", "  - 2026-01-01"], "weekly: {}") == after


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("calendars: {office: {}}\n", id="all calendars in braces"),
        pytest.param("calendars:\n  a: &a {title: A}\n  office: *a\n", id="an alias"),
        pytest.param("calendars:\n  office: &a {title: A}\n  a: *a\n", id="an anchor"),
        pytest.param("calendars:\n  office: &a\n    title: A\n  a: *a\n", id="an anchor on a block"),
        pytest.param("calendars: 5\n", id="no map"),
        pytest.param("calendars: [\n", id="no YAML"),
    ],
)
def test_a_file_where_other_things_would_change_is_refused(text: str) -> None:
    with pytest.raises(PolicyError, match=r"a\.yaml:\d"):
        put_dates("a.yaml", text, "office", ["holidays:", "  - 2026-01-01"], "weekly: {}")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        pytest.param(("--country", "ZZ", "--years", "2026"), "--country ZZ: unknown", id="an unknown country"),
        pytest.param(("--country", "CN", "--years", "next"), "expected years such as 2026,2027", id="years that are words"),
        pytest.param(("--country", "CN", "--years", "2028-2026"), "expected years such as", id="years backwards"),
        pytest.param(("--country", "CN", "--years", "1900"), "dates are known from 1950", id="a year without data"),
        pytest.param(("--country", "CN", "--years", "2026", "--hours", "9-5"), "--hours 9-5", id="hours that are none"),
        pytest.param(("--country", "CN", "--years", "2026", "--into", "nowhere.yaml"), "nowhere.yaml: cannot be read", id="no such file"),
    ],
)
def test_what_cannot_be_built_says_why(arguments: tuple[str, ...], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    ended = run(capsys, "calendar", "build", *arguments)
    assert ended.code in (1, 2)
    assert message in ended.err


@pytest.mark.parametrize(
    ("today", "warned"),
    [
        pytest.param("2026-10-02", False, id="91 days before the year nothing is said"),
        pytest.param("2026-10-03", True, id="90 days before it begins"),
        pytest.param("2027-12-31", True, id="until its last day"),
        pytest.param("2028-01-01", False, id="not when it is over"),
    ],
)
def test_check_warns_of_a_year_without_official_data_when_it_is_near(today: str, warned: bool) -> None:
    text = POLICY.replace("title: Office   # hours", "no_official_data: [2027]")
    found = check_policy([("a.yaml", text)], date.fromisoformat(today))
    assert [(finding.level, finding.line, finding.path) for finding in found if "2027" in finding.message] == (
        [("warning", 6, "calendars.office.no_official_data[0]")] if warned else []
    )
    assert not [finding for finding in check_policy([("a.yaml", text)]) if "2027" in finding.message]
