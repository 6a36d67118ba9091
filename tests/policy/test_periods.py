"""Periods and campaigns: which instants they cover, right to the second, and what they make of rules (R59-R61)."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.policy import load_policy
from monitor.policy.model import Period, Policy, Target
from schemas.instants import EPOCH, MICROSECOND, MINUTE, SECOND, parse_instant

ANSWER = """
clocks:
  answer: {start: call.queued, stop: call.answered, rules: [{during: it, target: 10s}, {target: 20s}]}
"""


def policy(text: str) -> Policy:
    return load_policy([("a.yaml", text)])


def period(zone: str, text: str) -> Period:
    compiled = policy(f"time_zone: {zone}\ncalendars: {{peak: {{weekly: {{daily: ['09:00-11:30']}}}}}}\nperiods: {{it: {text}}}\n{ANSWER}")
    return compiled.clocks[0].rules[0].during[0]


@pytest.mark.parametrize(
    ("zone", "text", "at", "covered"),
    [
        pytest.param("Asia/Shanghai", "{calendar: peak}", "2026-11-02T09:00:00+08:00", True, id="peak hours begin with their first second (R59)"),
        pytest.param("Asia/Shanghai", "{calendar: peak}", "2026-11-02T11:30:00+08:00", False, id="and end before the closing second"),
        pytest.param(
            "Asia/Shanghai", "{days_of_month: [1, last]}", "2026-11-01T00:00:00+08:00", True, id="a billing day begins at local midnight (R60)"
        ),
        pytest.param("Asia/Shanghai", "{days_of_month: [1, last]}", "2026-10-30T23:59:59.999999+08:00", False, id="not a microsecond sooner"),
        pytest.param("Asia/Shanghai", "{days_of_month: [last]}", "2026-02-28T12:00:00+08:00", True, id="the last day of February"),
        pytest.param("Asia/Shanghai", "{days_of_month: [last]}", "2028-02-28T12:00:00+08:00", False, id="which is another one in a leap year"),
        pytest.param("Asia/Shanghai", "{days_of_month: [last]}", "2100-12-31T23:59:59+08:00", True, id="up to the last year that is written out"),
        pytest.param(
            "Asia/Shanghai", "{days_of_month: [30]}", "2026-03-01T00:00:00+08:00", False, id="February has no day 30, nor does March stand in"
        ),
        pytest.param("Europe/Berlin", "{days_of_month: [last]}", "2026-03-31T21:59:59Z", True, id="summer time: the day ends at 22:00 UTC"),
        pytest.param("Europe/Berlin", "{days_of_month: [last]}", "2026-03-31T22:00:00Z", False, id="summer time: and not at 23:00"),
        pytest.param("Europe/Berlin", "{dates: [2026-10-25]}", "2026-10-24T22:00:00Z", True, id="a day of 25 hours: its first second"),
        pytest.param("Europe/Berlin", "{dates: [2026-10-25]}", "2026-10-25T22:59:59Z", True, id="a day of 25 hours: its last second"),
        pytest.param("Europe/Berlin", "{dates: [2026-10-25]}", "2026-10-25T23:00:00Z", False, id="a day of 25 hours: the next day"),
        pytest.param("Asia/Kolkata", "{dates: [2026-11-11]}", "2026-11-10T18:30:00Z", True, id="a zone with half hours"),
        pytest.param("UTC", "{from: 2026-11-01T00:00:00Z}", "2026-11-01T00:00:00Z", True, id="from is included"),
        pytest.param("UTC", "{until: 2026-11-01T00:00:00Z}", "2026-11-01T00:00:00Z", False, id="until is not"),
        pytest.param("UTC", "{calendar: peak, from: 2026-11-01T10:00:00Z}", "2026-11-01T09:30:00Z", False, id="all parts must hold"),
    ],
)
def test_what_a_period_covers(zone: str, text: str, at: str, covered: bool) -> None:
    assert period(zone, text).covers(parse_instant(at)) is covered


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(["Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"]),
    st.datetimes(datetime(1971, 1, 1), datetime(2099, 12, 31), timezones=st.just(UTC)),
)
def test_days_of_months_are_the_dates_of_the_local_clock(zone: str, moment: datetime) -> None:
    local = moment.astimezone(ZoneInfo(zone))
    special = local.day == 1 or (local.date() + timedelta(days=1)).day == 1
    assert BILLING[zone].covers((moment - EPOCH) // MICROSECOND) is special


BILLING = {zone: period(zone, "{days_of_month: [1, last]}") for zone in ("Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe")}

CAMPAIGN = """
periods: {night: {until: 2026-12-24T00:00:00Z}}
campaigns:
  launch:
    title: Launch
    from: 2026-12-01T00:00:00Z
    until: 2027-01-01T00:00:00Z
    clocks: {answer: {rules: [{during: night, target: 15s, source: R61}, {target: 30s}]}}
  feast: {from: 2026-12-20T00:00:00Z, until: 2027-02-01T00:00:00Z, clocks: {answer: {rules: [{when: {vip_tier: vip}, target: 40s, severity: info}]}}}
calendars: {office: {weekly: {mon-fri: ["09:00-17:00"]}}}
clocks:
  answer:
    calendar: office
    severity: warning
    start: call.queued
    stop: call.answered
    rules: [{outside: launch, when: {vip_tier: vip}, target: 10s}, {target: 20s}]
"""


def test_the_rules_of_campaigns_go_before_the_clocks_own() -> None:
    """R61: the campaign that begins later first; calendar and severity are the clock's; a period of its own holds only within the campaign."""
    rules = policy(CAMPAIGN).clocks[0].rules
    assert [(rule.path, rule.target) for rule in rules] == [
        ("campaigns.feast.clocks.answer.rules[0]", Target("counted", 40 * SECOND)),
        ("campaigns.launch.clocks.answer.rules[0]", Target("counted", 15 * SECOND)),
        ("campaigns.launch.clocks.answer.rules[1]", Target("counted", 30 * SECOND)),
        ("clocks.answer.rules[0]", Target("counted", 10 * SECOND)),
        ("clocks.answer.rules[1]", Target("counted", 20 * SECOND)),
    ]
    assert [rule.severity for rule in rules] == ["info", "warning", "warning", "warning", "warning"]
    assert {rule.calendar.name for rule in rules} == {"office"}
    assert [[period.name for period in rule.during] for rule in rules] == [["feast"], ["launch+night"], ["launch"], [], []]
    (both,) = rules[1].during
    assert (both.from_at, both.until_at) == (parse_instant("2026-12-01T00:00:00Z"), parse_instant("2026-12-24T00:00:00Z"))
    assert rules[3].outside == rules[2].during
    assert rules[2].during[0].titles == {"en": "Launch", "zh": "Launch"}


def test_an_overlay_ends_a_campaign_and_says_where_it_went_wrong() -> None:
    """R61: campaigns are sections like others, so an overlay file changes or removes one."""
    files = [("a.yaml", CAMPAIGN), ("b.yaml", "campaigns: {feast: null, launch: {clocks: {answer: {rules: [{target: 1m}]}}}}\nperiods: null\n")]
    assert [rule.target for rule in load_policy(files).clocks[0].rules] == [
        Target("counted", MINUTE),
        Target("counted", 10 * SECOND),
        Target("counted", 20 * SECOND),
    ]
