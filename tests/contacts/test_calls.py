"""Calls: every wait has one outcome, booked in the cohort of ``queued`` and at the event (P24-P29).

What each rule prevents: P24 interval reports by answer time look fine while 200 callers wait; P25 callers who hang up at once count
as lost; P26 a call-back request counts as an abandon; P27 calls that overflow vanish from the offered; P28 answered calls of one
half-hour divided by those offered in another, more than 100 %; P29 a caller whose leave was lost waits for ever.
"""

from typing import Any

import msgspec
import pytest

from schemas.panes import PaneRecord, QueueInput
from schemas.topics import QUEUE_PANES
from tests.contacts.driving import Shard, at, event, policy


def test_an_answer_within_y_is_a_hit_and_one_after_y_a_miss_when_y_passed_p24() -> None:
    shard = Shard(policy())
    shard.send(event("call.queued", 0, queue="PS"), event("call.answered", 15, queue="PS")).tick(20)
    assert shard.totals("queue:PS") == {
        "contacts": 1, "offered": 1, "answered": 1, "answers": 1, "answered_within.20": 1, "sl_hit.20": 1, "sl_miss.10": 1,
    }  # fmt: skip


def test_y_is_missed_while_still_waiting_p24() -> None:
    shard = Shard(policy()).send(event("call.queued", 0, queue="PS")).tick(10)
    assert "sl_miss.10" not in shard.totals()
    shard.tick(10.000001)
    assert shard.totals()["sl_miss.10"] == 1


ABANDONS = [
    pytest.param(5, {}, True, id="an abandon at exactly the queue's limit is short (P25)"),
    pytest.param(5.1, {}, False, id="an abandon after the queue's limit is not short (P25)"),
    pytest.param(7, {"short_abandon_seconds": 8}, True, id="what the event says of short abandons goes before the queue's rule (P25)"),
]


@pytest.mark.parametrize(("wait", "fields", "short"), ABANDONS)
def test_short_abandons(wait: float, fields: dict[str, Any], short: bool) -> None:
    shard = Shard(policy()).send(event("call.queued", 0, queue="PS"), event("call.abandoned", wait, **fields)).tick(60)
    totals = shard.totals("queue:PS")
    assert totals["abandoned"] == totals["abandons"] == totals["closed"] == 1
    assert totals.get("short_abandoned", 0) == int(short)
    assert totals.get("sl_miss.10", 0) == int(not short)


def test_the_outcome_counts_in_the_slot_of_queued_and_the_event_in_its_own_p28() -> None:
    shard = Shard(policy()).send(event("call.queued", 58, queue="PS"), event("call.answered", 62)).tick(100).drain()
    panes = [msgspec.json.decode(o.value or b"", type=QueueInput) for o in shard.outputs if o.topic == QUEUE_PANES]
    fine = {p.slot_at: {*p.totals.counts} for p in panes if isinstance(p, PaneRecord) and (p.scope, p.resolution) == ("all", "10s")}
    counters = {"offered", "answered", "answers"}
    assert {slot_at: names & counters for slot_at, names in fine.items() if names & counters} == {
        at(50): {"offered", "answered"}, at(60): {"answers"},
    }  # fmt: skip


def test_offered_is_answered_plus_flow_out_over_queues_p27() -> None:
    shard = Shard(policy()).send(
        event("call.queued", 0, queue="PS"), event("call.flow_out", 30, reason="overflow"), event("call.queued", 31, queue="NW"),
        event("call.answered", 40), event("call.ended", 100),
    ).tick(200)  # fmt: skip
    assert {k: v for k, v in shard.totals("queue:PS").items() if k in ("offered", "answered", "flow_out")} == {"offered": 1, "flow_out": 1}
    assert shard.totals("queue:NW")["answered_within.10"] == 1


def test_a_queue_change_without_flow_out_event_is_a_flow_out_p27() -> None:
    shard = Shard(policy()).send(event("call.queued", 0, queue="PS"), event("call.queued", 31, queue="NW")).tick(32)
    assert shard.totals("queue:PS")["flow_out"] == 1
    assert shard.totals()["offered"] == 2


def test_a_callback_request_is_no_abandon_p26() -> None:
    shard = Shard(policy()).send(event("call.queued", 0, queue="PS"), event("call.callback_requested", 8), event("call.ended", 9)).tick(10)
    totals = shard.totals("queue:PS")
    assert totals["callback"] == 1
    assert "abandoned" not in totals


def test_a_call_answered_without_queue_is_offered_with_no_wait() -> None:
    shard = Shard(policy()).send(event("call.ivr_entered", 0, queue="PS"), event("call.answered", 50)).tick(60)
    totals = shard.totals("queue:PS")
    assert totals["offered"] == totals["answered_within.10"] == 1


def test_an_answer_before_the_queue_of_another_source_is_no_second_wait_p37() -> None:
    shard = Shard(policy()).send(event("call.answered", 0, queue="PS", source="/desk"), event("call.queued", 1, queue="PS")).tick(60)
    totals = shard.totals("queue:PS")
    assert totals["offered"] == totals["answered"] == 1


def test_a_caller_who_rings_many_desks_is_one_contact() -> None:
    shard = Shard(policy()).send(
        event("call.queued", 0, queue="PS"), event("call.ringing", 2), event("call.ringing", 4), event("call.queued", 5, queue="PS"),
        event("call.answered", 9), event("call.answered", 12),
    ).tick(60)  # fmt: skip
    totals = shard.totals()
    assert (totals["contacts"], totals["offered"], totals["answered"]) == (1, 1, 1)


def test_a_ghost_expires_after_the_longest_wait_and_an_answer_takes_that_back_p29() -> None:
    shard = Shard(policy()).send(event("call.queued", 0, queue="PS")).tick(4 * 3600 + 1)
    assert shard.totals()["expired"] == 1
    assert shard.processor._emission.presence.waiting() == 0
    shard.send(event("call.answered", 4 * 3600 + 5)).tick(4 * 3600 + 6)
    assert "expired" not in shard.totals()
    assert shard.totals()["answered"] == 1


def test_a_snapshot_keeps_a_waiting_caller_from_expiring_p29() -> None:
    shard = Shard(policy()).send(event("call.queued", 0, queue="PS"), event("still_open", 3 * 3600, family="call")).tick(5 * 3600)
    assert "expired" not in shard.totals()
    assert shard.processor._emission.presence.waiting() == 1


def test_talk_hold_and_wrap_up_are_booked_apart() -> None:
    shard = Shard(policy()).send(
        event("call.queued", 0, queue="PS"), event("call.answered", 10), event("call.hold_start", 30), event("call.hold_end", 50),
        event("call.ended", 100), event("call.wrapup_end", 130),
    ).tick(200)  # fmt: skip
    (sums,) = [totals.sums for scope, _, totals in shard.processor._emission.ledger.lifetime() if scope == "queue:PS"]
    assert sums == {"answer_wait_us": 10_000_000, "talk_us": 70_000_000, "hold_us": 20_000_000, "wrapup_us": 30_000_000}
    assert shard.totals()["handled"] == 1


def test_a_restart_knows_who_waits_and_which_y_is_next() -> None:
    shard = Shard(policy()).send(event("call.queued", 0, queue="PS")).tick(11).restart()
    assert shard.processor._emission.presence.waiting() == 1
    shard.tick(21)
    assert shard.totals()["sl_miss.20"] == shard.totals()["sl_miss.10"] == 1
