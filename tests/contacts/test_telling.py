"""A contact told on demand: the same whether it is open, closed and packed, or rebuilt; one contact's truth, nobody's secrets."""

from typing import Any

import msgspec
import pytest

from monitor.policy.model import Period, Reopen
from monitor.wording.explanations import explanation_text
from schemas.explanations import ContactExplanation
from tests.contacts.driving import ALWAYS, Shard, at, clock, event, policy, rule


def told(shard: Shard, contact: str = "c1") -> ContactExplanation:
    found = shard.processor.explain("workorder", contact)
    assert found is not None
    return found


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
