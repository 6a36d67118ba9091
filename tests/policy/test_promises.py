"""What clocks of departments, links, promised instants and titles compile to; and that the checks of rules hold for every contact."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.calendar.always import AlwaysOpen
from monitor.policy import check_policy, load_policy
from monitor.policy.cases import decide
from monitor.policy.coverage import check_coverage
from monitor.policy.findings import Remarks
from monitor.policy.model import Clock, FieldTest, Period, Rule, Scalar, Target, Trigger
from monitor.policy.reach import Times, unreachable_rules
from monitor.policy.yaml_nodes import Node
from schemas.instants import HOUR

PROMISES = (Path(__file__).parents[1] / "policies" / "good" / "promises.yaml").read_text(encoding="utf-8")
COMPILED = load_policy([("promises.yaml", PROMISES)])
CLOCKS = {clock.name: clock for clock in COMPILED.clocks}


def test_a_clock_per_department_is_a_link_of_the_whole() -> None:
    """R11, R57, R58, P15."""
    node, owner = CLOCKS["node"], CLOCKS["first_owner"]
    assert (node.per, node.mode, node.whole, sorted(node.families)) == ("dept", "holding", "total_resolution", ["workorder"])
    assert (owner.per, owner.mode, owner.whole) == ("dept", "first", "")
    assert [rule.target for rule in node.rules] == [Target("counted", hours * HOUR) for hours in (20, 10, 4)]


def test_a_stop_may_start_the_next_cycle() -> None:
    """R67."""
    update = CLOCKS["progress_update"]
    assert update.repeats
    assert set(update.start) & set(update.stop) == {Trigger("workorder.progress_notified")}
    assert not CLOCKS["answer"].repeats


def test_an_instant_that_the_start_carries_is_a_target() -> None:
    """R70: the third kind of target."""
    assert [rule.target for rule in CLOCKS["promised"].rules] == [Target("due_at"), None]


@pytest.mark.parametrize(
    ("title", "titles"),
    [
        pytest.param("Answer", {"en": "Answer", "zh": "Answer"}, id="one text is read in both languages"),
        pytest.param("{en: Answer, zh: 接听}", {"en": "Answer", "zh": "接听"}, id="one text per language"),
        pytest.param("{zh: 接听}", {"en": "接听", "zh": "接听"}, id="a missing language shows the other"),
    ],
)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_titles(language: str, title: str, titles: dict[str, str]) -> None:
    text = f"language: {language}\ntitle: {title}\n"
    text += f"clocks: {{answer: {{title: {title}, start: call.queued, stop: call.answered, rules: [{{target: 20s}}]}}}}\n"
    text += f"objectives: {{rate: {{title: {title}, indicator: answer_rate, window: 5m, at_least: 0.9}}}}\n"
    compiled = load_policy([("a.yaml", text)])
    assert compiled.titles == compiled.clocks[0].titles == compiled.objectives[0].titles == titles
    assert compiled.title == compiled.clocks[0].title == titles[language]
    assert compiled.language == language


def test_objectives_ask_for_periods_and_panes_are_kept_by_facet() -> None:
    usual, launch = COMPILED.objectives
    assert [period.name for period in usual.during] == ["peak"]
    assert [period.name for period in usual.outside] == ["billing_day", "launch"]
    assert (usual.target, launch.target) == (0.95, 0.9)
    assert COMPILED.queues.facets == ("vip_tier", "request_type", "dept", "channel", "region", "support_line")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("language: zh", "language: en", id="another language"),
        pytest.param("days_of_month: [1, last]", "days_of_month: [1, 15]", id="another billing day"),
        pytest.param("until: 2027-01-01", "until: 2027-01-02", id="another end of a campaign"),
        pytest.param("during: peak, target: 15s", "during: winter, target: 15s", id="another period"),
        pytest.param("mode: first", "mode: holding", id="another mode"),
        pytest.param("    repeats: true", "    repeats: false\n    cancel: [cancelled, workorder.paused]", id="a clock that does not repeat"),
        pytest.param("answer_rate_peak: {at_least: 0.9}", "answer_rate_peak: {at_least: 0.8}", id="another objective in a campaign"),
        pytest.param("target: due_at", "target: 2h", id="another kind of target"),
        pytest.param("channel, region, support_line]", "channel, region]", id="another facet"),
        pytest.param("zh: 电话接听", "zh: 接听", id="another title"),
    ],
)
def test_every_new_word_is_part_of_the_version(old: str, new: str) -> None:
    """P7: what changes a promise changes the version under which it is judged."""
    text = PROMISES.replace(old, new)
    assert text != PROMISES
    if "repeats: false" in new:
        text = text.replace("start: [workorder.created, workorder.progress_notified]", "start: workorder.created")
    assert load_policy([("promises.yaml", text)]).version != COMPILED.version


def test_loading_often_frees_nothing_twice() -> None:
    """msgspec 0.22 frees memory twice where a union holds text with a pattern and a list: no such union stands in the language."""
    broken = PROMISES.replace("during: peak, target: 15s", "during: [1], target: [15s]")
    for _ in range(10):
        assert load_policy([("promises.yaml", PROMISES)]).version == COMPILED.version
        assert any(finding.level == "error" for finding in check_policy([("promises.yaml", broken)]))


FIELDS: dict[str, tuple[Scalar, ...]] = {
    "request_type": ("enquiry", "fault", "complaint", "business"),
    "priority": ("critical", "high", "normal", "low"),
    "dept": ("network", "billing", "of no rule"),
}
PERIODS = [Period(name=name, from_at=number) for number, name in enumerate("ab")]


@st.composite
def rules(draw: st.DrawFn) -> list[Rule]:
    made: list[Rule] = []
    for number in range(draw(st.integers(1, 5))):
        when = [
            FieldTest(field, frozenset(draw(st.sets(st.sampled_from(values[:2] if field == "dept" else values), min_size=1))))
            for field, values in FIELDS.items()
            if draw(st.booleans())
        ]
        during, outside = draw(st.lists(st.sampled_from(PERIODS), max_size=2)), draw(st.lists(st.sampled_from(PERIODS), max_size=1))
        made.append(Rule(path=f"rules[{number}]", when=tuple(when), target=None, calendar=AlwaysOpen(), during=tuple(during), outside=tuple(outside)))
    return made


CONTACTS = st.fixed_dictionaries({field: st.sampled_from(values) for field, values in FIELDS.items()})
INSTANTS = st.sets(st.sampled_from(["a", "b"])).map(lambda inside: Times(frozenset(inside), frozenset("ab") - inside))


@settings(max_examples=150, deadline=None)
@given(rules(), CONTACTS, INSTANTS)
def test_no_contact_is_decided_by_a_rule_that_is_called_unreachable(made: list[Rule], contact: dict[str, Scalar], times: Times) -> None:
    """P12: an error must be sure; whatever the contact and the time, such a rule is never the first that matches."""
    decided = decide(made, contact, times)
    assert decided is None or decided.path not in {made[index].path for index, _ in unreachable_rules(made)}


@settings(max_examples=150, deadline=None)
@given(rules(), CONTACTS, INSTANTS)
def test_without_a_warning_of_gaps_every_named_value_is_decided_for(made: list[Rule], contact: dict[str, Scalar], times: Times) -> None:
    tested = any(rule.during or rule.outside or any(test.field != "dept" for test in rule.when) for rule in made)
    remarks = Remarks(Node({}, "a.yaml", 1))
    nothing = Trigger("workorder.created")
    check_coverage(Clock(name="a", families=frozenset({"workorder"}), start=(nothing,), stop=(nothing,), rules=tuple(made)), remarks)
    if tested and not remarks.findings:
        assert decide(made, contact, times) is not None
