"""The law of the fold holds for flow rules and every booking beside clocks (P31, P32): order, duplicates, ticks and restarts do not matter."""

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.policy.model import Policy
from schemas.event import Event
from schemas.events import Family
from tests.contacts.driving import Shard, event, final_alerts
from tests.contacts.flows.rules import rules
from tests.contacts.shuffling import straight_and_shuffled

POLICY: Policy = rules()
END = 30_000.0

ORDER: list[tuple[str, dict[str, Any]]] = [
    ("workorder.assigned", {"dept": "network"}), ("workorder.assigned", {"dept": "billing"}), ("workorder.assigned", {"dept": "front_desk"}),
    ("workorder.node_entered", {"node": "dispatch"}), ("workorder.node_left", {}), ("workorder.result_returned", {}), ("callback_done", {}),
    ("workorder.escalated", {"from_line": 1, "to_line": 3}), ("workorder.resolved", {"error_kind": "handling"}), ("workorder.reopened", {}),
    ("workorder.closed", {}), ("reclassified", {"request_type": "complaint"}), ("reclassified", {"request_type": "fault"}), ("deadline_told", {}),
    ("cancelled", {"reason": "duplicate"}), ("keyword_hit", {"keyword": "refund"}), ("qc_scored", {"dimension": "script", "passed": True}),
    ("survey_scored", {"instrument": "csat", "scale_min": 1, "scale_max": 5, "score": 5}),
]  # fmt: skip
CALL: list[tuple[str, dict[str, Any]]] = [
    ("call.ivr_entered", {}), ("call.ivr_left", {"outcome": "human"}), ("call.ivr_left", {"outcome": "hung_up"}), ("call.queued", {"queue": "A"}),
    ("call.answered", {}), ("call.ended", {}), ("keyword_hit", {"keyword": "退费"}), ("call.wrapup_end", {}),
]  # fmt: skip
STEPS: dict[Family, list[tuple[str, dict[str, Any]]]] = {"workorder": ORDER, "call": CALL}
FIRST: dict[Family, str] = {"workorder": "workorder.created", "call": "call.ivr_entered"}


@st.composite
def contacts(draw: st.DrawFn) -> list[Event]:
    """One order or call; every event has a source of its own, so that no order is impossible (P37)."""
    family: Family = draw(st.sampled_from(["workorder", "workorder", "call"]))
    events = [event(FIRST[family], 0, id="e0", source="/0", request_type=draw(st.sampled_from(["fault", "complaint"])))]
    for n in range(1, draw(st.integers(1, 9)) + 1):
        name, fields = draw(st.sampled_from(STEPS[family]))
        events.append(event(name, draw(st.integers(0, 40)) * 60, family=family, id=f"e{n}", source=f"/{n}", **fields))
    return events


def outcome(shard: Shard) -> tuple[object, ...]:
    """What must not depend on the way it came about."""
    alerts = {
        key: (alert.state, alert.reason, alert.starts_at, alert.ends_at, alert.labels, alert.annotations)
        for key, alert in final_alerts(shard.alerts()).items()
        if alert.kind == "flow"
    }
    totals = [
        (scope, {k: c for k, c in sorted(t.counts.items()) if c and not k.startswith("missed.")}, {k: s for k, s in sorted(t.sums.items()) if s})
        for scope, _, t in shard.processor._emission.ledger.lifetime()
    ]
    presence = {where: dict(place.waiting) for where, place in shard.processor._emission.presence._places.items() if place.waiting}
    return alerts, [each for each in totals if each[1] or each[2]], presence


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(contacts(), st.data())
def test_order_duplicates_ticks_and_restarts_do_not_matter(events: list[Event], data: st.DataObject) -> None:
    straight, mixed = straight_and_shuffled(POLICY, events, END, data)
    assert outcome(mixed) == outcome(straight)
