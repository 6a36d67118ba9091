"""A contact told on demand: the same whether it is open, closed and packed, or rebuilt; one contact's truth, nobody's secrets."""

from typing import Any, Final

import msgspec
import pytest

from monitor.console.alerts import cells
from monitor.policy import load_policy
from monitor.policy.model import Period, Reopen
from monitor.turns import finish
from monitor.wording.alerts import alert_text
from monitor.wording.explanations import explanation_text
from monitor.wording.languages import LANGUAGES
from schemas.commands import Command, Exempt, Lift, Repair, Selector
from schemas.explanations import ContactExplanation, CycleExplanation
from schemas.topics import COMMANDS
from tests.contacts.driving import ALWAYS, Shard, at, clock, event, policy, rule
from tests.contacts.test_versions import Versioned, created, resolved, version, versioned


def told(shard: Shard, contact: str = "c1") -> ContactExplanation:
    found = shard.processor.explain("workorder", contact)
    assert found is not None
    return found


WHO: Final[dict[str, Any]] = {"person": "staff-7", "given_at": "2026-03-02T10:30:00+01:00", "reason": "fibre cut"}


def give(shard: Shard, command: Command, seconds: float) -> None:
    shard.send_record(COMMANDS, command.id.encode(), msgspec.json.encode(command), (), at(seconds))
    shard.tick(seconds)


def late() -> Versioned:
    """An order promised in 60 s (200 s under v2) that took 90 s."""
    return (
        versioned(version("v1", 60), version("v2", 200), version("v3", None))
        .under("v1", 100, created(0), resolved(90))
        .under("v2", 101)
        .under("v3", 102)
    )


def only_cycle(shard: Shard) -> CycleExplanation:
    (cycle,) = told(shard).cycles
    return cycle


def order(reopen: Reopen = "first") -> Shard:
    promised = clock("settled", "workorder.created", "workorder.resolved", [rule(3600)], reopen=reopen, levels=(50, 100))
    return Shard(policy(promised))


def test_a_closed_contact_is_told_from_its_events() -> None:
    shard = order().send(event("workorder.created", 0)).tick(1).send(event("workorder.resolved", 60), event("workorder.closed", 61)).tick(62)
    open_one = told(shard)
    packed = told(shard.restart())
    assert packed.timeline == open_one.timeline
    assert packed.cycles == open_one.cycles
    assert packed.closed_at is not None


def test_timers_that_went_by_stand_between_the_events() -> None:
    shard = order().send(event("workorder.created", 0)).tick(1801).tick(3601).send(event("workorder.resolved", 4000)).tick(4001)
    entries = told(shard).timeline
    assert [entry.type or [deed.what for deed in entry.did] for entry in entries] == [
        "workorder.created",
        ["level"],
        ["breached"],
        "workorder.resolved",
    ]


def test_a_retracted_cycle_is_told_as_taken_back() -> None:
    shard = order().send(event("workorder.created", 600, id="late-one", source="/a")).tick(4300)
    shard.send(event("workorder.created", 0, id="first", source="/b"), t=4400).tick(4401)
    by_cycle = {cycle.cycle: cycle.verdict for cycle in told(shard).cycles}
    assert by_cycle == {"first": "breached", "late-one": "retracted"}
    assert "taken back" in explanation_text(told(shard), "en")
    assert "已撤回" in explanation_text(told(shard), "zh")


def test_a_rule_for_a_period_says_which_period_it_missed() -> None:
    peak = Period(name="peak", from_at=at(1000), until_at=at(2000))
    rules = [msgspec.structs.replace(rule(60, "", ALWAYS), during=(peak,)), msgspec.structs.replace(rule(90), outside=(peak,)), rule(120)]
    shard = Shard(policy(clock("settled", "workorder.created", "workorder.resolved", rules)))
    shard.send(event("workorder.created", 0, "early"), event("workorder.created", 1500, "within")).tick(1501)
    early, within = told(shard, "early").cycles[0].matchings[0].rules, told(shard, "within").cycles[0].matchings[0].rules
    assert early[0].not_during == ("peak",)
    assert all(tried.not_outside == () for tried in within)
    assert "it began outside peak" in explanation_text(told(shard, "early"), "en")
    assert "起点不在peak之内" in explanation_text(told(shard, "early"), "zh")


def test_nothing_personal_is_told() -> None:
    secrets: dict[str, Any] = {
        "customer_key": "ck-4711",
        "agent_id": "anna",
        "location": "Main Street 1",
        "symptom": "13800138000",
        "service_key": "sk-1",
    }
    shard = order().send(event("workorder.created", 0, region="Lanzhou", **secrets)).tick(1)
    written = msgspec.json.encode(told(shard)).decode() + explanation_text(told(shard), "en")
    assert "Lanzhou" in written
    assert not [secret for secret in secrets.values() if secret in written]


def test_an_unjudged_contact_says_so() -> None:
    shard = order().send(event("workorder.created", 0)).tick(1)
    contact = shard.processor._shelf.get(b"cw:c1")
    assert contact is not None
    contact.unjudged = True
    assert told(shard).unjudged
    assert "set aside after an error" in explanation_text(told(shard), "en")


@pytest.mark.parametrize("reopen", ["first", "resume", "reset"])
def test_what_is_told_is_what_was_published(reopen: Reopen) -> None:
    shard = order(reopen).send(event("workorder.created", 0)).tick(1).send(event("workorder.resolved", 600)).tick(601)
    shard.send(event("workorder.reopened", 1200)).tick(1201).send(event("workorder.resolved", 9000)).tick(9001)
    last = {(verdict.clock, verdict.cycle): verdict for verdict in shard.verdicts()}
    for cycle in told(shard).cycles:
        verdict = last[cycle.clock, cycle.cycle]
        explanation = cycle.explanation
        assert explanation is not None
        assert (cycle.verdict, cycle.reason, cycle.version) == (verdict.verdict, verdict.reason, verdict.version)
        assert (explanation.deadline, cycle.elapsed_seconds, cycle.late_seconds) == (verdict.deadline, verdict.elapsed_seconds, verdict.late_seconds)
        assert explanation.text == verdict.explanation.text


def test_an_exemption_is_told_with_who_when_and_why_and_what_the_events_alone_say() -> None:
    """P7: nothing is deleted; whoever asks sees that a person decided."""
    shard = late()
    give(shard, Exempt(id="E1", selector=Selector(contact="c1"), **WHO), 110)
    cycle = only_cycle(shard)
    assert (cycle.verdict, cycle.reason, cycle.version) == ("exempt", "exempted", 2)
    assert cycle.ruled is not None
    assert (cycle.ruled.command, cycle.ruled.person, cycle.ruled.reason) == ("E1", "staff-7", "fibre cut")
    assert cycle.ruled.given_at == "2026-03-02T09:30:00Z"
    assert cycle.explanation is not None
    assert (cycle.explanation.verdict, cycle.explanation.reason) == ("breached", "stopped_late")
    english, chinese = (explanation_text(told(shard), language) for language in LANGUAGES)
    assert "fix: exempt (exempted)" in english
    assert "Exempt by staff-7, 2026-03-02 Mon 09:30: fibre cut (command E1)." in english
    assert "The events alone: breached (done late). Due Monday 09:01, done 09:01:30, 30 s late." in english
    assert "of the breach: resolved\n" in english
    assert "由staff-7豁免（2026-03-02 周一 09:30）：fibre cut（指令E1）。" in chinese
    assert "仅按事件：超时（逾期完成）。期限周一09:01，09:01:30完成，逾期30秒。" in chinese


def test_a_lifted_exemption_shows_nothing() -> None:
    shard, plain = late(), late()
    give(shard, Exempt(id="E1", selector=Selector(contact="c1"), **WHO), 110)
    give(shard, Lift(id="L1", target="E1", **WHO), 120)
    plain.tick(110).tick(120)
    assert msgspec.structs.replace(only_cycle(shard), version=1) == only_cycle(plain)


REPAIRS = [
    pytest.param(
        {"verdict": "met"},
        ("met", "repaired", "2026-03-02T09:01:00Z"),
        ("Set to met by staff-7, 2026-03-02 Mon 09:30: fibre cut (command R1).", "The events alone: breached (done late)."),
        ("由staff-7更正为达标（2026-03-02 周一 09:30）：fibre cut（指令R1）。", "仅按事件：超时（逾期完成）。"),
        id="a verdict by hand",
    ),
    pytest.param(
        {"policy": "v2"},
        ("met", "stopped_in_time", "2026-03-02T09:03:20Z"),
        ("Judged again under policy v2 by staff-7, 2026-03-02 Mon 09:30", "Under its own policy: breached (done late). Due Monday 09:01, done"),
        ("由staff-7按策略v2重新判定（2026-03-02 周一 09:30）", "按其原策略：超时（逾期完成）。期限周一09:01"),
        id="judged again under a policy that was in force",
    ),
    pytest.param(
        {"policy": "v3"},
        ("cancelled", "no_longer_promised", "2026-03-02T09:01:00Z"),
        ("Judged again under policy v3 by staff-7", "The events alone: breached (done late)."),
        ("由staff-7按策略v3重新判定", "仅按事件：超时（逾期完成）。"),
        id="judged again under a policy that promises no such thing",
    ),
]


@pytest.mark.parametrize(("what", "expected", "english", "chinese"), REPAIRS)
def test_a_repair_is_told_as_it_was_published(
    what: dict[str, Any], expected: tuple[str, str, str], english: tuple[str, ...], chinese: tuple[str, ...]
) -> None:
    shard = late()
    give(shard, Repair(id="R1", contact="c1", **what, **WHO), 110)
    shard.restart()
    cycle, verdict = only_cycle(shard), shard.verdicts()[-1]
    assert cycle.explanation is not None
    assert (cycle.verdict, cycle.reason, cycle.explanation.deadline) == expected
    assert (verdict.verdict, verdict.reason, verdict.deadline) == expected
    assert cycle.ruled == verdict.ruled
    assert cycle.explanation.text == verdict.explanation.text
    assert (cycle.unruled is not None) == (what == {"policy": "v2"})
    assert all(text in explanation_text(told(shard), "en") for text in english)
    assert all(text in explanation_text(told(shard), "zh") for text in chinese)


def test_a_switch_to_another_policy_is_told_with_its_title() -> None:
    """P14: ``applies_to: open`` moves a deadline without any event; the timeline says which policy did it."""
    text = """
title: {{en: Promises {year}, zh: 服务承诺{year}}}
time_zone: Asia/Shanghai
applies_to: open
clocks:
  fix: {{start: workorder.created, stop: workorder.resolved, rules: [{{target: {target}}}]}}
"""
    first, second = (load_policy([("policy", text.format(year=year, target=target))]) for year, target in ((2026, "1h"), (2027, "30m")))
    shard = versioned(first, second).under(first.version, 1, created(0)).under(second.version, 60).tick(61)
    (switch,) = [entry for entry in told(shard).timeline if entry.type == "policy.switched"]
    assert (switch.policy, switch.policy_titles) == (second.version, {"en": "Promises 2027", "zh": "服务承诺2027"})
    english, chinese = (explanation_text(told(shard), language) for language in LANGUAGES)
    assert (
        f"2026-03-02 Mon 17:01  from here on policy Promises 2027 (version {second.version}) applies: fix comes under clocks.fix.rules[0]" in english
    )
    assert "again 2026-03-02 Mon 17:01, because another policy applies:" in english
    assert f"2026-03-02 周一 17:01  自此改用策略服务承诺2027（版本{second.version}）：fix改用clocks.fix.rules[0]" in chinese
    assert "2026-03-02 周一 17:01因改用新的策略重新匹配：" in chinese


def test_an_alert_says_the_same_in_both_languages() -> None:
    """An alert is published in the policy's language; its data say it in the other one too."""
    text = """
title: Promises
time_zone: Asia/Shanghai
language: zh
clocks:
  node: {title: {en: Department, zh: 部门}, per: dept, start: workorder.assigned, stop: workorder.resolved, levels: [50, 100], rules: [{target: 60s}]}
"""
    shard = Shard(load_policy([("policy", text)]))
    shard.send(event("workorder.created", 0), event("workorder.assigned", 1, dept="network")).tick(40).tick(70)
    shard.send(event("workorder.assigned", 90, dept="billing")).tick(91)
    give(shard, Exempt(id="E1", selector=Selector(contact="c1"), clocks=("node",), **WHO), 95)
    said = {(alert.kind, alert.state, alert.reason): alert for alert in shard.alerts()}
    assert [(alert_text(alert, "en"), alert_text(alert, "zh")) for key, alert in said.items() if key[0] == "breach"] == [
        ("Department network: Due Monday 17:01:01, not done.", "部门 network：期限周一17:01:01，尚未完成。"),
        (
            "Department network: Due Monday 17:01:01, handed over to billing 17:01:30, 29 s late.",
            "部门 network：期限周一17:01:01，17:01:30转交billing，逾期29秒。",
        ),
        (
            "Department network: Due Monday 17:01:01, handed over to billing 17:01:30, 29 s late.",
            "部门 network：期限周一17:01:01，17:01:30转交billing，逾期29秒。",
        ),
    ]
    assert alert_text(said["level", "firing", "level_50"], "en") == "node:network at 50 % of its target"
    firing = said["breach", "firing", "deadline_passed"]
    assert cells(firing, "zh")[1:] == ("告警中", "严重", f"c1: {alert_text(firing, 'zh')}", "期限已过")
    assert cells(firing, None)[3] == "node:network of c1, queue -, due 2026-03-02T09:01:01Z"


def test_the_alert_of_a_breach_that_was_none_is_told_as_retracted() -> None:
    shard = order().send(event("workorder.created", 0)).tick(3601).send(event("workorder.resolved", 60, source="/b"), t=3700).tick(3701)
    last = {alert.kind: alert for alert in shard.alerts()}
    assert {alert.state for alert in last.values()} == {"retracted"}
    assert (alert_text(last["breach"], "en"), alert_text(last["breach"], "zh")) == ("settled: retracted", "settled：已撤回")
    assert alert_text(last["level"], "zh") == "settled：已用目标时限的50%"


@pytest.mark.parametrize("done", [0, 1, 3, 4])
def test_a_contact_that_goes_on_while_it_is_told_is_told_as_it_was(done: int) -> None:
    """The worker's API lets the shard work between two turns: neither a later event nor a later T gets into what was asked before."""
    shard = order("resume").send(event("workorder.created", 0)).tick(1801).send(event("workorder.resolved", 2000)).tick(2001)
    shard.send(event("workorder.reopened", 2100)).tick(5000)
    before = told(shard)
    turns = shard.processor.telling("workorder", "c1")
    assert turns is not None
    for _ in range(done):
        next(turns)
    shard.send(event("priority_changed", 5001, priority="high"), event("workorder.accepted", 1), event("workorder.resolved", 5002)).tick(5100)
    give(shard, Exempt(id="E1", selector=Selector(contact="c1"), **WHO), 5200)
    assert finish(turns) == before
    assert told(shard) != before


def test_nobody_is_told_in_no_turns() -> None:
    assert order().processor.telling("workorder", "nobody") is None


def test_links_of_an_earlier_version_are_shares_by_their_own_rules() -> None:
    """R13, P14: a link that ended before the switch was promised by a rule that the new version need not have."""
    links = [rule(10, "priority=low"), rule(20, "priority=high"), rule(100)]
    whole = clock("whole", "workorder.created", "workorder.resolved", [rule(1000)])
    first, then = (
        msgspec.structs.replace(clock("part", "workorder.created", "workorder.accepted", rules), whole="whole") for rules in (links, links[2:])
    )
    shard = versioned(
        msgspec.structs.replace(version("v1", None), clocks=(whole, first)),
        msgspec.structs.replace(version("v2", None, opens=True), clocks=(whole, then)),
    )
    shard.under("v1", 1, created(0)).under("v1", 60, event("workorder.accepted", 50)).under("v2", 100)
    cycle = next(each for each in told(shard).cycles if each.clock == "whole")
    assert cycle.explanation is not None
    assert [(link.clock, link.elapsed_seconds, link.share_ratio) for link in cycle.explanation.links] == [("part", 50, 0.05)]
