"""What the alert of a flow rule says, in which language, under which id, and when it is taken back (P16, P32, P41, R69)."""

import msgspec

from schemas.event import Event
from tests.contacts.driving import Shard, at, clock, event, policy, rule
from tests.contacts.flows.rules import counted, last_alerts, rules, said

CREATED = event("workorder.created", 0, id="e0", request_type="fault", queue="east", region="nanjing")
ASSIGNED = event("workorder.assigned", 10, id="e1", dept="network")
RESOLVED = event("workorder.resolved", 100, id="e2")
CALLED = event("callback_done", 200, id="e3")
CLOSED = event("workorder.closed", 300, id="e4")


def judged(*events: Event, language: str = "en") -> Shard:
    return Shard(rules(language)).send(*events, t=400).tick(400)


def test_an_alert_names_rule_place_and_stage() -> None:
    (alert,) = last_alerts(judged(CREATED, ASSIGNED, RESOLVED, CLOSED))
    assert alert.labels == {
        "alertname": "FlowViolation", "severity": "critical", "flow": "stages", "family": "workorder",
        "queue": "east", "region": "nanjing", "dept": "network", "request_type": "fault",
    }  # fmt: skip
    assert alert.annotations == {
        "contact": "c1",
        "summary": "Every stage: Skipped: called back.",
        "description": "Skipped: called back.",
        "rule": "flows.stages (R14)",
    }
    assert (alert.flow, alert.cycle, alert.clock, alert.state, alert.version) == ("stages", "e4", None, "resolved", 1)
    assert (alert.starts_at, alert.ends_at) == ("2026-03-02T09:05:00Z", "2026-03-02T09:05:00Z")


def test_the_policy_chooses_the_language() -> None:
    (alert,) = last_alerts(judged(CREATED, ASSIGNED, RESOLVED, CLOSED, language="zh"))
    assert alert.annotations["summary"] == "流程完整:未经过环节:回访。"


def test_a_late_event_that_disproves_a_finding_takes_alert_and_counter_back() -> None:
    shard = judged(CREATED, ASSIGNED, RESOLVED, CLOSED)
    assert said(shard) == ["stages skipped_stage resolved"]
    shard.send(CALLED, t=500).tick(500)
    assert said(shard) == ["stages no_such_finding retracted"]
    assert counted(shard, "flow.stages.") == {"ok": 1}
    (alert,) = last_alerts(shard)
    assert alert.version == 2


def test_a_late_event_that_changes_what_is_missing_is_a_new_version_of_the_same_alert() -> None:
    shard = judged(CREATED, CLOSED)
    (before,) = last_alerts(shard)
    assert "sent out" in before.annotations["description"]
    shard.send(ASSIGNED, t=500).tick(500)
    (after,) = last_alerts(shard)
    assert (after.id, after.version) == (before.id, 2)
    assert "sent out" not in after.annotations["description"]


def test_nothing_is_said_twice_however_often_it_is_judged_or_restarted() -> None:
    shard = judged(CREATED, ASSIGNED, RESOLVED, CLOSED)
    for n in range(3):
        shard.restart().tick(500 + n)
    shard.send(CLOSED, t=600).tick(600)
    assert len([alert for alert in shard.alerts() if alert.kind == "flow"]) == 1


def test_a_policy_without_the_rule_takes_back_nothing_that_was_said() -> None:
    shard = judged(CREATED, ASSIGNED, RESOLVED, CLOSED)
    shard.policy = msgspec.structs.replace(rules(), flows=())
    shard.restart().send(CALLED, t=500).tick(500)
    assert said(shard) == ["stages skipped_stage resolved"]


def test_a_hand_back_counts_for_the_department_that_gave_back() -> None:
    shard = judged(CREATED, ASSIGNED, event("workorder.assigned", 20, id="b", dept="front_desk"))
    (alert,) = last_alerts(shard)
    assert alert.labels["dept"] == "network"


def test_a_group_counts_all_its_rules_together() -> None:
    complaint = event("workorder.created", 0, contact="c2", id="f0", request_type="complaint")
    shard = judged(CREATED, ASSIGNED, RESOLVED, CALLED, CLOSED, complaint, event("workorder.closed", 300, contact="c2", id="f1"))
    assert counted(shard, "flow.compliance.") == {"ok": 1, "violated": 1}


def test_what_is_watched_ends_when_a_contact_that_never_closes_is_forgotten() -> None:
    shard = Shard(rules()).send(event("chat.opened", 0, id="o"), event("keyword_hit", 5, family="chat", id="k", keyword="refund"), t=10).tick(10)
    assert said(shard) == ["keyword seen firing"]
    shard.tick(91 * 86_400)
    assert said(shard) == ["keyword seen resolved"]
    assert shard.contacts() == []


def test_orders_of_one_outage_carry_it_as_group_and_never_as_label() -> None:
    shard = Shard(policy(clock("first", "workorder.created", "workorder.first_feedback", [rule(60)])))
    shard.send(event("workorder.created", 0, id="e0", parent_incident="outage-7")).tick(100)
    (alert,) = shard.alerts()
    assert alert.group == "outage-7"
    assert "outage-7" not in alert.labels.values()
    assert alert.starts_at == "2026-03-02T09:01:00Z"
    assert at(60) > at(0)
