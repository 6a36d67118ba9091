"""What each kind of flow rule finds on one contact: the alert, its reason, and what is counted (R14, R18, R30, R39, R63, R66, R69, R70, R72, R79)."""

from typing import Any

import pytest

from schemas.instants import format_instant
from tests.contacts.driving import Shard, at, event
from tests.contacts.flows.rules import counted, rules, said

Step = tuple[float, str, dict[str, Any]]
CREATED: Step = (0, "workorder.created", {"request_type": "fault"})
COMPLAINT: Step = (0, "workorder.created", {"request_type": "complaint"})
TO_NETWORK: Step = (10, "workorder.assigned", {"dept": "network"})
RESOLVED: Step = (100, "workorder.resolved", {})
CALLED: Step = (200, "callback_done", {})
CLOSED: Step = (300, "workorder.closed", {})
FULL: dict[str, Any] = {"request_type": "fault", "location": "Nanjing Rd 1", "symptom": "no light", "impact_scope": "a building"}


def after(seconds: float, step: Step) -> Step:
    return (seconds, *step[1:])


def ended(seconds: float) -> Step:
    return (0, "workorder.created", {"origin_contact_id": "call-1", "origin_ended_at": format_instant(at(seconds))})


def escalated(seconds: float, **lines: int) -> Step:
    return (seconds, "workorder.escalated", lines)


def assigned(seconds: float, dept: str) -> Step:
    return (seconds, "workorder.assigned", {"dept": dept})


RETURNED: Step = (50, "workorder.result_returned", {})
KEYWORD: Step = (5, "keyword_hit", {"keyword": "refund"})

CASES = [
    pytest.param([CREATED, TO_NETWORK, RESOLVED, CALLED, CLOSED], "stages", [], {"ok": 1}, id="R14: a fault that took every stage is in order"),
    pytest.param(
        [CREATED, TO_NETWORK, RESOLVED, CLOSED], "stages", ["stages skipped_stage resolved"], {"violated": 1},
        id="R14: closed without a call-back is a skipped stage",
    ),
    pytest.param([CREATED, TO_NETWORK, RESOLVED, CALLED], "stages", [], {}, id="R14: nothing is said before the order is closed"),
    pytest.param(
        [CREATED, TO_NETWORK, after(20, CALLED), RESOLVED, CLOSED], "stages", ["stages out_of_order resolved"], {"violated": 1},
        id="R14: called back before it was repaired is out of order",
    ),
    pytest.param([COMPLAINT, CLOSED], "stages", [], {}, id="R14: a complaint has no repair stages"),
    pytest.param(
        [COMPLAINT, (5, "reclassified", {"request_type": "fault"}), CLOSED], "stages", ["stages skipped_stage resolved"], {"violated": 1},
        id="R14: what the order is at its end decides which stages it owes",
    ),
    pytest.param(
        [CREATED, (5, "cancelled", {"reason": "withdrawn"})], "stages", [], {}, id="R14: a withdrawn order owes no stages",
    ),
    pytest.param(
        [CREATED, TO_NETWORK, RESOLVED, CLOSED, (400, "workorder.reopened", {}), after(500, RESOLVED), after(600, CALLED), after(700, CLOSED)],
        "stages", ["stages skipped_stage resolved"], {"violated": 1, "ok": 1}, id="P13: a reopened order is checked again at its next end",
    ),
    pytest.param(
        [COMPLAINT, (5, "deadline_told", {}), CLOSED], "told", ["told missing resolved"], {"violated": 1},
        id="R70: a complaint closed without asking for satisfaction lacks it",
    ),
    pytest.param([COMPLAINT, (5, "deadline_told", {}), (6, "satisfaction_asked", {}), CLOSED], "told", [], {"ok": 1}, id="R70: both are done"),
    pytest.param([ended(-600)], "in_time", [], {"ok": 1}, id="R30: an order created ten minutes after the call is in time to the second"),
    pytest.param([ended(-601)], "in_time", ["in_time late resolved"], {"violated": 1}, id="R30: one second more is late"),
    pytest.param([ended(30)], "in_time", [], {"ok": 1}, id="P37: an order created before the call ended is clock skew and in time"),
    pytest.param([CREATED], "in_time", [], {}, id="R30: an order that no call caused is not judged"),
    pytest.param([CREATED, escalated(5, from_line=1, to_line=2)], "lines", [], {"ok": 1}, id="R63: line by line is allowed"),
    pytest.param(
        [CREATED, escalated(5, from_line=1, to_line=3)], "lines", ["lines path_not_allowed resolved"], {"violated": 1}, id="R63: over a line is not",
    ),
    pytest.param([CREATED, escalated(5)], "lines", [], {}, id="R63: an escalation that names no lines cannot be judged"),
    pytest.param(
        [CREATED, TO_NETWORK, assigned(20, "front_desk")], "bounced", ["bounced given_back_to_front_line resolved"], {"violated": 1},
        id="R66: the first department gives the order back to the front line",
    ),
    pytest.param(
        [CREATED, TO_NETWORK, assigned(20, "billing"), assigned(30, "network")], "bounced", ["bounced given_back_to_last_holder resolved"],
        {"violated": 1}, id="R66: the second department gives it back to the first",
    ),
    pytest.param([CREATED, TO_NETWORK, assigned(20, "billing")], "bounced", [], {}, id="R66: to urge another department on is what is asked"),
    pytest.param([CREATED, TO_NETWORK, assigned(20, "network")], "bounced", [], {}, id="P15: assigning to the same department is no hand-back"),
    pytest.param(
        [CREATED, TO_NETWORK, RETURNED, assigned(60, "front_desk")], "bounced", [], {"ok": 1}, id="R66: with its result an order may go back",
    ),
    pytest.param(
        [CREATED, assigned(1, "front_desk"), TO_NETWORK, assigned(20, "front_desk"), assigned(30, "network"), assigned(40, "front_desk")],
        "bounced", ["bounced given_back_to_front_line resolved"] * 2, {"violated": 2}, id="R66: each hand-back counts",
    ),
    pytest.param(
        [CREATED, TO_NETWORK, RETURNED, CLOSED, (400, "workorder.reopened", {}), assigned(500, "billing"), assigned(600, "front_desk")],
        "bounced", ["bounced given_back_to_front_line resolved"], {"ok": 1, "violated": 1}, id="R66: a reopened order needs a result anew",
    ),
    pytest.param([CREATED, KEYWORD], "keyword", ["keyword seen firing"], {"seen": 1}, id="R72: a keyword fires while the contact is open"),
    pytest.param([CREATED, KEYWORD, CLOSED], "keyword", ["keyword seen resolved"], {"seen": 1}, id="R72: and no longer"),
    pytest.param(
        [CREATED, KEYWORD, after(6, KEYWORD), after(7, KEYWORD)], "keyword", ["keyword seen firing"], {"seen": 3},
        id="R72: three keywords are counted and are one alert",
    ),
    pytest.param([CREATED, CLOSED, after(400, KEYWORD)], "keyword", ["keyword seen resolved"], {"seen": 1}, id="R72: found later it is a fact"),
    pytest.param([CREATED, (5, "keyword_hit", {"keyword": "weather"})], "keyword", [], {}, id="R72: other words are not the policy's"),
    pytest.param(
        [(0, "workorder.created", {"priority": "high", "impact_scope": "a district"})], "outage", ["outage seen firing"], {"seen": 1},
        id="R69: a mass outage fires while its order is open",
    ),
    pytest.param([(0, "workorder.created", {"priority": "high"})], "outage", [], {}, id="R69: an order that names no scope is no outage"),
    pytest.param(
        [(0, "workorder.created", {"complaint_reason": "time_limit"})], "late_again", [], {"seen": 1}, id="R18: a late-service complaint counts",
    ),
    pytest.param(
        [CREATED, (100, "workorder.resolved", {"error_kind": "handling"}), (300, "workorder.closed", {"error_kind": "handling"})],
        "wrong", [], {"seen": 1}, id="R39: an error named twice on one contact is one error",
    ),
    pytest.param([(0, "workorder.created", FULL)], "complete", [], {"ok": 1}, id="R79: where, what and how far are there"),
    pytest.param([CREATED], "complete", [], {"violated": 1}, id="R79: without them the order is incomplete"),
]  # fmt: skip


@pytest.mark.parametrize(("steps", "rule", "alerts", "counters"), CASES)
def test_a_rule_finds(steps: list[Step], rule: str, alerts: list[str], counters: dict[str, int]) -> None:
    shard = Shard(rules())
    for number, (seconds, name, fields) in enumerate(steps):
        shard.send(event(name, seconds, family="workorder", id=f"e{number}", **fields))
    shard.tick(1000)
    assert [each for each in said(shard) if each.startswith(f"{rule} ")] == alerts
    assert counted(shard, f"flow.{rule}.") == counters
