"""What is booked beside waits and clocks: surveys, quality, the voice menu, complaints, solved orders, links (R13, R25-R31, R75, R85)."""

from typing import Any

import pytest

from monitor.panes.where import NodePlace
from schemas.event import Event
from schemas.instants import DAY, SECOND
from schemas.topics import QUEUE_PANES
from tests.contacts.driving import Shard, at, event
from tests.contacts.flows.rules import counted, rules

DAY_S = DAY / SECOND


def totals_after(*events: Event, t: float = 10_000.0) -> Shard:
    return Shard(rules()).send(*events, t=t).tick(t)


def sums(shard: Shard, scope: str = "all") -> dict[str, int]:
    return {
        name: total for each, _, found in shard.processor._emission.ledger.lifetime() if each == scope for name, total in found.sums.items() if total
    }


def survey(seconds: float, score: float, **fields: Any) -> Event:
    answer: dict[str, Any] = {"instrument": "csat", "scale_min": 1, "scale_max": 5, "score": score} | fields
    return event("survey_scored", seconds, **answer)


@pytest.mark.parametrize(
    ("answer", "counters", "score"),
    [
        pytest.param({"score": 5}, {"csat.n": 1, "csat.satisfied": 1}, 5000, id="R28: a five is satisfied"),
        pytest.param({"score": 3.5}, {"csat.n": 1}, 3500, id="R26: a 3.5 is neither, and half points count"),
        pytest.param({"score": 2}, {"csat.n": 1, "csat.dissatisfied": 1}, 2000, id="R7: a two is dissatisfied"),
        pytest.param({"score": 9, "scale_max": 10}, {"csat.other_scale": 1}, 0, id="R26: an answer on another scale enters no mean"),
        pytest.param({"score": 3, "instrument": "mood"}, {"unlisted": 1}, 0, id="R26: an instrument the policy does not name is only counted"),
    ],
)
def test_a_survey(answer: dict[str, Any], counters: dict[str, int], score: int) -> None:
    shard = totals_after(event("workorder.created", 0), survey(60, **answer))
    assert counted(shard, "survey.") == counters
    assert sums(shard).get("survey.csat.score_milli", 0) == score


def test_a_survey_of_a_contact_forgotten_long_ago_counts_where_it_says_it_belongs() -> None:
    shard = totals_after(survey(90 * DAY_S, 1, queue="east", family="call"), t=90 * DAY_S)
    assert counted(shard, "survey.") == {"csat.n": 1, "csat.dissatisfied": 1}
    assert shard.totals("queue:east")["survey.csat.n"] == 1
    assert "contacts" not in shard.totals()


def test_quality_checks_count_by_the_dimensions_of_the_policy() -> None:
    checks = [("script", True), ("script", False), ("manners", True)]
    scored = [event("qc_scored", n, id=f"q{n}", dimension=name, passed=passed, family="call") for n, (name, passed) in enumerate(checks, 1)]
    assert counted(totals_after(event("call.queued", 0), *scored), "qc.") == {"script.n": 2, "script.passed": 1, "unlisted": 1}


@pytest.mark.parametrize(
    ("steps", "counters", "seconds"),
    [
        pytest.param(
            [("ivr_entered", {}), ("ivr_left", {"outcome": "human"}), ("queued", {})], {"entered": 1, "human": 1}, 10, id="R85: asked for a person"
        ),
        pytest.param([("ivr_entered", {}), ("ivr_left", {"outcome": "self_served"})], {"entered": 1, "self_served": 1}, 10, id="R85: served itself"),
        pytest.param(
            [("ivr_entered", {}), ("ended", {})], {"entered": 1, "hung_up": 1}, 10, id="R85: the call ended in the menu, so the caller hung up"
        ),
        pytest.param([("ivr_entered", {}), ("queued", {})], {"entered": 1, "human": 1}, 10, id="R85: a queue after the menu is a wish for a person"),
        pytest.param([("ivr_left", {"outcome": "hung_up"})], {"entered": 1, "hung_up": 1}, 0, id="R85: an entry nobody sent took no time"),
    ],
)
def test_the_voice_menu(steps: list[tuple[str, dict[str, Any]]], counters: dict[str, int], seconds: int) -> None:
    shard = totals_after(*(event(f"call.{name}", n * 10, **fields) for n, (name, fields) in enumerate(steps)))
    assert counted(shard, "ivr.") == counters
    assert sums(shard).get("ivr_us", 0) == seconds * SECOND


def test_time_in_the_menu_is_no_part_of_the_wait() -> None:
    shard = totals_after(
        event("call.ivr_entered", 0), event("call.ivr_left", 100, outcome="human"), event("call.queued", 100, queue="A"), event("call.answered", 107)
    )
    assert sums(shard, "queue:A")["answer_wait_us"] == 7 * SECOND


CREATED = event("workorder.created", 0, id="e0", request_type="complaint")


@pytest.mark.parametrize(
    ("events", "complaints"),
    [
        pytest.param([CREATED], 1, id="R25: an order of type complaint"),
        pytest.param([CREATED, event("reclassified", 5, request_type="enquiry")], 0, id="R25: reclassified as an enquiry it never was one"),
        pytest.param([CREATED, event("cancelled", 5, reason="withdrawn")], 1, id="R25: withdrawn it stays one"),
        pytest.param([CREATED, event("cancelled", 5, reason="duplicate")], 0, id="R25: a duplicate is none"),
        pytest.param(
            [CREATED, event("cancelled", 5, reason="created_in_error"), event("reclassified", 6, request_type="complaint")], 0, id="R25: nor later"
        ),
        pytest.param([event("chat.opened", 0, request_type="complaint")], 0, id="R25: complaint orders are counted, not chats about complaints"),
    ],
)
def test_complaints(events: list[Event], complaints: int) -> None:
    assert totals_after(*events).totals().get("complaints", 0) == complaints


RESOLVED = event("workorder.resolved", 60, id="r1")


@pytest.mark.parametrize(
    ("later", "solved"),
    [
        pytest.param([], 1, id="R31: resolved and not reopened"),
        pytest.param([event("workorder.reopened", 7 * DAY_S + 60)], 0, id="R31: reopened within seven days of the resolve"),
        pytest.param([event("workorder.reopened", 600), event("workorder.resolved", 700, id="r2")], 1, id="R31: solved by the second resolve"),
        pytest.param([event("workorder.closed", 600)], 1, id="R31: closing a resolved order solves nothing more"),
    ],
)
def test_solved_orders(later: list[Event], solved: int) -> None:
    shard = totals_after(CREATED, RESOLVED, *later, t=8 * DAY_S)
    assert shard.totals().get("resolution.solved", 0) == solved


def test_a_breached_order_that_is_reopened_after_the_window_stays_solved() -> None:
    late, reopened = event("workorder.resolved", 7200, id="r1"), event("workorder.reopened", 7 * DAY_S + 7201)
    shard = totals_after(CREATED, late, reopened, t=8 * DAY_S)
    assert (shard.totals()["clock.total_resolution.breached"], shard.totals()["resolution.solved"]) == (1, 1)


FLOW = [
    event("workorder.created", 0, dept="front_desk"),
    event("workorder.node_entered", 60, node="audit"),
    event("workorder.assigned", 120, dept="network"),
    event("workorder.node_left", 180, node="audit"),
    event("workorder.node_entered", 240, node="wiring"),
]


def test_an_order_is_present_in_the_node_it_sits_in_and_waits_in_no_queue() -> None:
    shard = Shard(rules()).send(*FLOW, t=300).tick(300)
    presence = shard.processor._emission.presence
    assert {where: dict(place.waiting) for where, place in presence._places.items() if place.waiting} == {NodePlace("wiring"): {"cw:c1": at(240)}}
    assert presence.waiting() == 0
    assert [output.key for output in shard.drain().outputs if output.topic == QUEUE_PANES and b"|now|" in output.key] == [
        b"node:wiring||now|contacts|0"
    ]
    again = shard.restart().processor._emission.presence
    assert {where for where, place in again._places.items() if place.waiting} == {NodePlace("wiring")}


def test_a_closed_order_sits_nowhere() -> None:
    shard = Shard(rules()).send(*FLOW, event("workorder.closed", 400), t=500).tick(500)
    assert not [where for where, place in shard.processor._emission.presence._places.items() if place.waiting]


def test_time_in_a_department_is_summed_under_names_that_the_policy_knows() -> None:
    found = sums(totals_after(*FLOW, event("workorder.closed", 400)))
    assert {name: us // SECOND for name, us in found.items() if name.endswith("elapsed_us") and not name.startswith("clock")} == {
        "dept.front_desk.elapsed_us": 120,
        "dept.other.elapsed_us": 280,
        "node.other.elapsed_us": 120 + 160,
    }
