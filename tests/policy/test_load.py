"""What a policy compiles to: names resolved, defaults filled in, overlays merged, a version that follows the content."""

from pathlib import Path

import pytest

from monitor.calendar.always import AlwaysOpen
from monitor.policy import PolicyErrors, check_policy, load_policy
from monitor.policy.model import FieldTest, Limits, Policy, QueueRules, Target, Trigger
from schemas.instants import DAY, HOUR, MINUTE, SECOND, parse_instant

EVERYTHING = (Path(__file__).parents[1] / "policies" / "good" / "sections.yaml").read_text(encoding="utf-8")
CLOCK = """
clocks:
  first_feedback:
    start: workorder.created
    stop: [workorder.first_feedback, {on: workorder.accepted, where: {automatic: false}}]
    rules:
      - {when: {priority: high}, target: 15m, source: R1}
      - {target: 30m, source: R9}
"""


def policy(*texts: str) -> Policy:
    return load_policy([(f"{number:02}.yaml", text) for number, text in enumerate(texts)])


def test_an_empty_policy_has_defaults_and_the_calendar_always() -> None:
    empty = policy("")
    assert empty.clocks == ()
    assert empty.queues.default == QueueRules()
    assert empty.limits == Limits()
    assert isinstance(empty.calendars["always"], AlwaysOpen)
    assert [str(finding) for finding in check_policy([("a.yaml", "")])] == [
        "a.yaml:1: no clocks and no objectives: queues are counted, nothing is promised (warning)"
    ]


def test_a_clock_with_defaults() -> None:
    clock = policy(CLOCK).clocks[0]
    assert clock.start == (Trigger("workorder.created"),)
    assert clock.stop == (Trigger("workorder.first_feedback"), Trigger("workorder.accepted", (FieldTest("automatic", frozenset({False})),)))
    assert clock.cancel == (Trigger("cancelled"),)
    assert clock.families == {"workorder"}
    assert clock.levels == (50, 75, 90, 100, 150)
    assert clock.reopen == "first"
    assert clock.pause is None
    assert [rule.path for rule in clock.rules] == ["clocks.first_feedback.rules[0]", "clocks.first_feedback.rules[1]"]
    assert [rule.target for rule in clock.rules] == [Target("counted", 15 * MINUTE), Target("counted", 30 * MINUTE)]
    assert clock.rules[0].when == (FieldTest("priority", frozenset({"high"})),)
    assert [rule.calendar.name for rule in clock.rules] == ["always", "always"]
    assert [rule.source for rule in clock.rules] == ["R1", "R9"]


def test_a_clock_with_everything_said() -> None:
    """R7, R49, P6, P11: fields, ranges, families, pauses with caps, business days, a rule that promises nothing."""
    clock = policy(EVERYTHING).clocks[0]
    assert clock.families == {"call", "workorder"}
    assert clock.start == (Trigger("survey_scored", (FieldTest("score", at_most=2.0),)),)
    assert clock.cancel == ()
    assert clock.pause is not None
    assert clock.pause.caps_us == {"waiting_customer": DAY}
    first, second, third = clock.rules
    assert first.when == (FieldTest("support_line", at_least=2.0), FieldTest("vip_tier", frozenset({"enterprise", "contract"})))
    assert (first.target, first.severity) == (Target("counted", 90 * MINUTE), "critical")
    assert (second.target, second.severity) == (None, "warning")
    assert (third.target, third.calendar.name, third.calendar.time_zone) == (Target("business_days", 2), "office", "Asia/Urumqi")


def test_queues_objectives_and_limits() -> None:
    compiled = policy(EVERYTHING)
    assert compiled.queues.default == QueueRules(answer_within_seconds=(10, 20, 60), short_abandon_us=5 * SECOND, max_wait_us=2 * HOUR)
    vip = compiled.queues.named["VIP"]
    assert (vip.answer_within_seconds, vip.max_wait_us, vip.calendar) == ((10,), 2 * HOUR, compiled.calendars["always"])
    assert (compiled.queues.scopes, compiled.queues.dimensions) == (("queue", "all"), ("vip_tier",))
    callbacks, longest, level = compiled.objectives
    assert (callbacks.indicator, callbacks.window_us, callbacks.target) == ("clock_met_ratio.dissatisfied_callback", 30 * DAY, 0.9)
    assert (longest.comparison, longest.target, longest.window_us) == ("<=", 300, 10 * SECOND)
    assert (level.threshold_seconds, level.only, level.for_us, level.hysteresis) == (10, frozenset({"VIP"}), MINUTE, 0.05)
    assert compiled.limits.keep_closed_us == {"call": 12 * HOUR, "chat": 72 * HOUR, "workorder": 40 * DAY}
    assert (compiled.limits.events, compiled.limits.future_us, compiled.limits.future_reject_us) == (300, 3 * SECOND, 30 * MINUTE)


def test_the_head_of_a_policy() -> None:
    compiled = policy(EVERYTHING)
    assert (compiled.label, compiled.title, compiled.applies_to) == ("2026-10", "Everything once", "open")
    assert compiled.effective_from == parse_instant("2026-10-01T00:00:00+08:00")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        pytest.param(CLOCK, "# a comment\n" + CLOCK + "\n\n", True, id="comments and blank lines change nothing"),
        pytest.param("title: a\n" + CLOCK, CLOCK + "title: a\n", True, id="the order of keys changes nothing"),
        pytest.param(CLOCK, CLOCK.replace("priority: high", "priority: 'high'"), True, id="quotes change nothing"),
        pytest.param(CLOCK, CLOCK + "queues: {}\n", True, id="an empty section changes nothing"),
        pytest.param(CLOCK, CLOCK.replace("15m", "16m"), False, id="another target is another version"),
        pytest.param(CLOCK, CLOCK.replace("priority: high", "priority: low"), False, id="another condition is another version"),
        pytest.param(CLOCK, "time_zone: Asia/Shanghai\n" + CLOCK, False, id="another time zone is another version"),
    ],
)
def test_the_version_follows_the_content(one: str, other: str, same: bool) -> None:
    assert (policy(one).version == policy(other).version) is same


def test_the_order_of_ladders_is_content() -> None:
    """The first ladder that matches is used."""
    receivers = "receivers: {log: {kind: log}}\nladders:\n"
    first, second = "  a: {steps: [{notify: [log]}]}\n", "  b: {steps: [{notify: [log]}]}\n"
    assert policy(receivers + first + second).version != policy(receivers + second + first).version


def test_clocks_and_objectives_come_by_name_whatever_the_order_of_the_file() -> None:
    two = "clocks:\n  {}: &a {{start: call.queued, stop: call.answered, rules: [{{target: 20s}}]}}\n  {}: *a\n"
    assert [clock.name for clock in policy(two.format("b", "a")).clocks] == ["a", "b"]
    assert policy(two.format("b", "a")).version == policy(two.format("a", "b")).version


def test_overlays_merge_maps_replace_lists_and_remove_nulls() -> None:
    """R61: a later file in name order is laid over the earlier ones."""
    overlay = """
clocks:
  first_feedback:
    levels: [100]
    rules: [{target: 10m}]
  answer: {start: call.queued, stop: call.answered, rules: [{target: 20s}]}
title: campaign
"""
    base = CLOCK + "title: base\ntime_zone: Asia/Shanghai\n"
    merged = policy(base, overlay)
    assert [clock.name for clock in merged.clocks] == ["answer", "first_feedback"]
    assert merged.clocks[1].levels == (100,)
    assert [rule.target for rule in merged.clocks[1].rules] == [Target("counted", 10 * MINUTE)]
    assert merged.clocks[1].stop == policy(base).clocks[0].stop
    assert (merged.title, merged.time_zone) == ("campaign", "Asia/Shanghai")
    assert [clock.name for clock in policy(base, overlay, "clocks: {first_feedback: null}\n").clocks] == ["answer"]
    assert load_policy([("b", overlay), ("a", base)]).version == merged.version


def test_an_error_stands_in_the_file_that_made_it() -> None:
    findings = check_policy([("a.yaml", CLOCK), ("b.yaml", "\nclocks:\n  first_feedback:\n    levels: [0]\n")])
    assert [(finding.file, finding.line, finding.path) for finding in findings] == [("b.yaml", 4, "clocks.first_feedback.levels[0]")]


def test_unreadable_files_are_all_told() -> None:
    with pytest.raises(PolicyErrors) as refused:
        load_policy([("a.yaml", "a: [\n"), ("b.yaml", "b: {\n"), ("c.yaml", CLOCK)])
    assert [error.file for error in refused.value.errors] == ["a.yaml", "b.yaml"]


def test_no_file_is_no_policy() -> None:
    with pytest.raises(PolicyErrors, match="no policy file given"):
        load_policy([])
