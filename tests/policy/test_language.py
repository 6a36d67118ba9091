"""The parts of the language: YAML scalars, durations, moments, indicators, and the JSON Schema for editors."""

from pathlib import Path
from typing import get_args

import jsonschema_rs
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.errors import PolicyError
from monitor.policy import check_policy, load_policy, policy_schema, policy_schema_text
from monitor.policy.attributes import RULE_FIELDS, rule_fields
from monitor.policy.durations import business_days, duration_us
from monitor.policy.indicator_names import INDICATORS, indicator
from monitor.policy.moments import DERIVED, MOMENTS
from monitor.policy.schema_texts import FIELD_TEXTS
from monitor.policy.yaml_nodes import Plain, parse
from schemas.events import CALL_EVENTS, CHAT_EVENTS, SHARED_EVENTS, WORKORDER_EVENTS, event_name
from schemas.events.base import Priority
from schemas.instants import DAY, HOUR, MINUTE, SECOND

ROOT = Path(__file__).parents[2]
SHIPPED = ROOT / "deploy" / "policies"
POLICIES = sorted([*SHIPPED.glob("*.yaml"), *(ROOT / "tests" / "policies" / "good").glob("*.yaml")])


@pytest.mark.parametrize(
    ("text", "value"),
    [
        pytest.param("on", "on", id="`on` is no boolean"),
        pytest.param("no", "no", id="`no` is no boolean (Norway)"),
        pytest.param("true", True, id="`true` is one"),
        pytest.param("09:00", "09:00", id="a time is not 540 minutes"),
        pytest.param("2026-10-01", "2026-10-01", id="a date stays text"),
        pytest.param("010", 10, id="a leading zero is not octal"),
        pytest.param("-7", -7, id="a whole number"),
        pytest.param("0.8", 0.8, id="a fraction"),
        pytest.param("1e3", 1000.0, id="an exponent"),
        pytest.param("1_000", "1_000", id="underscores make text"),
        pytest.param("'80'", "80", id="quoted numbers are text"),
        pytest.param("~", None, id="a tilde is nothing"),
        pytest.param("", None, id="nothing is nothing"),
        pytest.param("[a, {b: 1}]", ["a", {"b": 1}], id="lists and maps"),
        pytest.param("{<<: [{a: 1, b: 1}, {a: 2, c: 2}], b: 3}", {"a": 1, "b": 3, "c": 2}, id="merge keys: own beats first beats second"),
    ],
)
def test_scalars(text: str, value: Plain) -> None:
    assert parse("a.yaml", f"key: {text}\n").plain() == {"key": value}


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("[" * 2000, id="nested beyond all bounds"),
        pytest.param(
            "a: &a [1,1,1,1,1,1,1,1,1,1]\n" + "".join(f"{b}: &{b} [{','.join(['*' + a] * 10)}]\n" for a, b in zip("abcdef", "bcdefg", strict=True)),
            id="a million laughs",
        ),
        pytest.param("a: \x00\n", id="a control character"),
        pytest.param("{[a]: 1}", id="a list as a key"),
        pytest.param("<<: 3", id="merging a number"),
    ],
)
def test_hostile_files_are_refused(text: str) -> None:
    with pytest.raises(PolicyError):
        parse("a.yaml", text)


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="abc:-[]{}#&*!|>'\"%@`,?<~ \n\t0123456789.", max_size=60))
def test_no_text_makes_the_checker_fail(text: str) -> None:
    """Whatever is in the file, the answer is findings, never another exception."""
    for finding in check_policy([("a.yaml", text)]):
        assert finding.file == "a.yaml"
        assert finding.line >= 1


@pytest.mark.parametrize(
    ("text", "us"),
    [("500ms", 500_000), ("30s", 30 * SECOND), ("15m", 15 * MINUTE), ("40h", 40 * HOUR), ("1h30m", 90 * MINUTE), ("35d", 35 * DAY), ("0s", 0)],
)
def test_durations(text: str, us: int) -> None:
    assert duration_us(text) == us


def test_business_days_are_not_durations() -> None:
    assert business_days("2bd") == 2
    assert business_days("2h") is None


def test_every_event_is_a_moment() -> None:
    events = {event_name(struct) for struct in (*CALL_EVENTS, *CHAT_EVENTS, *WORKORDER_EVENTS, *SHARED_EVENTS)}
    assert set(MOMENTS) == events | {moment.name for moment in DERIVED}
    assert MOMENTS["call.queued"].families == {"call"}
    assert MOMENTS["survey_scored"].families == {"call", "chat", "workorder"}
    assert all(moment.help and moment.events for moment in MOMENTS.values())


def test_every_indicator_of_the_requirements_has_a_name() -> None:
    """Requirements §5.1-5.10."""
    levels = {f"service_level.V{number}" for number in range(9)}
    waits = {f"{name}.p{quantile}" for quantile in (50, 90, 95, 99) for name in ("wait_seconds", "wait_seconds_all", "clock_seconds.<clock>")}
    calls = {"answer_rate", "asa_seconds", "abandonment_ratio.gross", "abandonment_ratio.net", "handle_seconds", "longest_wait_seconds", "waiting"}
    clocks = {f"{name}.<clock>" for name in ("clock_met_ratio", "clock_met_ratio_gross", "clock_breached_ratio", "clock_mean_seconds")}
    feedback = {"survey_mean.<instrument>", "survey_satisfied_ratio.<instrument>", "nps.<instrument>", "qc_pass_ratio.<dimension>", "complaint_ratio"}
    problems = {"solved_ratio", "fcr_ratio", "repeat_ratio", "callback_ratio", "ivr_seconds", "ivr_hang_up_ratio", "ivr_self_served_ratio"}
    groups = {"contact_share", "spread.<indicator>", "gap.<indicator>", "surge.<counter>", "flow_ratio.<rule>", "flow_count.<rule>", "contacts"}
    assert set(INDICATORS) >= levels | waits | calls | clocks | feedback | problems | groups
    assert all(each.definition and each.source for each in INDICATORS.values())
    of_clock = indicator("clock_met_ratio.answer")
    assert of_clock is not None
    assert of_clock.unit == "ratio"
    assert indicator("clock_met_ratio.") is None
    assert indicator("service_level") is None


def test_rule_fields_know_their_values() -> None:
    """Requirements §1c: R46-R57, R62."""
    fields = rule_fields()
    assert tuple(fields) == RULE_FIELDS
    assert set(fields["priority"].values or ()) == set(get_args(Priority))
    assert fields["support_line"].type == "number"
    assert fields["region"].values is None


def test_the_schema_checked_in_is_the_schema_of_the_code() -> None:
    """Stale? Write ``monitor.policy.policy_schema_text()`` to the file (``make gen``)."""
    assert (SHIPPED / "policy.schema.json").read_text(encoding="utf-8") == policy_schema_text()


def test_editors_are_told_what_each_field_of_a_promise_is_for() -> None:
    schema = msgspec.to_builtins(policy_schema())
    fields = {f"{name}.{field}": text for name, part in schema["$defs"].items() for field, text in part.get("properties", {}).items()}
    assert set(FIELD_TEXTS) <= set(fields)
    described = ("ClockSource", "RuleSource", "TriggerSource", "PauseSource", "PeriodSource", "CampaignSource", "CalendarSource", "QueueSource")
    silent = [name for name, field in fields.items() if name.partition(".")[0] in described and not _says_something(field)]
    assert silent == []


def _says_something(field: dict[str, object]) -> bool:
    choices = field.get("anyOf", [])
    assert isinstance(choices, list)
    return "description" in field or any("description" in choice for choice in choices)


@pytest.mark.parametrize("path", POLICIES, ids=lambda path: path.stem)
def test_the_schema_accepts_every_good_policy(path: Path) -> None:
    schema = jsonschema_rs.Draft202012Validator(msgspec.to_builtins(policy_schema()), validate_formats=True)
    schema.validate(parse(path.name, path.read_text(encoding="utf-8")).plain())


@pytest.mark.parametrize("name", ["unknown-field", "bare-number-target", "missing-target", "unknown-section", "severity", "limits", "many-at-once"])
def test_the_schema_refuses_what_the_decoder_refuses(name: str) -> None:
    schema = jsonschema_rs.Draft202012Validator(msgspec.to_builtins(policy_schema()))
    text = (ROOT / "tests" / "policies" / "bad" / f"{name}.yaml").read_text(encoding="utf-8")
    assert not schema.is_valid(parse(name, text).plain())


def test_the_incident_desk_promises_what_its_log_was_judged_by() -> None:
    """Issue of the desk: 68 and 148 business hours, Monday to Friday 08-18 UTC, no holidays, no pauses, nothing for other priorities."""
    text = (SHIPPED / "incident-desk.yaml").read_text(encoding="utf-8")
    (clock,) = load_policy([("incident-desk.yaml", text)]).clocks
    promised = {next(iter(rule.when[0].values or ())): rule.target.amount / SECOND for rule in clock.rules if rule.target}
    assert promised == {"normal": 244_800, "low": 532_800}
    assert (clock.name, clock.levels, clock.pause) == ("resolution", (100,), None)
    assert clock.rules[0].calendar.counted(0, 7 * DAY) == 50 * HOUR
    assert clock.rules[0].calendar.time_zone == "UTC"


@pytest.mark.parametrize(
    ("clock", "source", "target_us"),
    [
        ("first_feedback", "R1", 15 * MINUTE),
        ("plan_feedback", "R2", 2 * HOUR),
        ("diagnosis", "R3", HOUR),
        ("total_resolution", "R4", 24 * HOUR),
        ("total_resolution", "R5", 2 * HOUR),
        ("chat_first_reply", "R6", 30 * SECOND),
        ("first_feedback", "R9", 30 * MINUTE),
        ("total_resolution", "R13", 48 * HOUR),
        ("answer", "R40", 20 * SECOND),
    ],
)
def test_the_default_policy_promises_the_numbers_of_the_requirements(clock: str, source: str, target_us: int) -> None:
    text = (SHIPPED / "default.yaml").read_text(encoding="utf-8")
    clocks = {known.name: known for known in load_policy([("default.yaml", text)]).clocks}
    (rule,) = [rule for rule in clocks[clock].rules if rule.source == source]
    assert rule.target is not None
    assert rule.target.amount == target_us


def test_the_default_policy_holds_the_ratios_of_the_requirements() -> None:
    """R20: 95 % answered in peak hours; R21: 90 % first feedback in time; R40: 80 % within 20 s."""
    text = (SHIPPED / "default.yaml").read_text(encoding="utf-8")
    objectives = {objective.source: objective for objective in load_policy([("default.yaml", text)]).objectives}
    peak = objectives["R20"].calendar
    assert peak is not None
    assert (objectives["R20"].indicator, objectives["R20"].target, peak.counted(0, DAY)) == ("answer_rate", 0.95, 8 * HOUR)
    assert (objectives["R21"].indicator, objectives["R21"].target) == ("clock_met_ratio.first_feedback", 0.9)
    assert (objectives["R40"].target, objectives["R40"].threshold_seconds) == (0.8, 20)


def test_many_named_values_do_not_make_the_check_slow() -> None:
    """Beyond a few thousand combinations a rule is compared as a whole."""
    many = ", ".join(f"q{number}" for number in range(60))
    rule = f"{{when: {{queue: [{many}], region: [{many}]}}, target: 20s}}"
    text = f"clocks: {{answer: {{start: call.queued, stop: call.answered, rules: [{rule}, {rule}]}}}}"
    assert [finding.path for finding in check_policy([("a.yaml", text)])] == ["clocks.answer.rules[1]"]
