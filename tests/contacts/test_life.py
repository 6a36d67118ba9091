"""Forgetting, ghosts, restarts, quarantine, metrics: the shard around the contacts (design §4)."""

import msgspec

from monitor.contacts.cycles.due import MAX_OPEN_US, MAX_RUNNING_US
from monitor.policy.model import PauseRule
from schemas.instants import SECOND
from schemas.panes import Watermark
from schemas.topics import CUSTOMER_CONTACTS, QUEUE_PANES
from tests.contacts.driving import Shard, clock, event, policy, rule

CLOCK = clock("resolution", "workorder.created", "workorder.resolved", [rule(3600)], levels=(50, 100))
ANSWER = clock("answer", "call.queued", "call.answered", [rule(30)], family="call")


def test_a_closed_call_is_forgotten_a_day_after_its_last_event() -> None:
    shard = Shard(policy(ANSWER)).send(event("call.queued", 0, queue="PS"), event("call.answered", 5), event("call.ended", 60))
    shard.tick(61).drain().tick(24 * 3600 + 59)
    assert shard.contacts() == [b"cc:c1"]
    shard.tick(24 * 3600 + 60)
    assert shard.contacts() == []


def test_nothing_is_forgotten_while_a_clock_runs() -> None:
    shard = Shard(policy(CLOCK)).send(event("workorder.created", 0), event("workorder.closed", 60)).tick(40 * 86_400)
    assert shard.contacts() == [b"cw:c1"]


def test_a_contact_that_never_ends_and_has_no_clock_goes_as_a_ghost() -> None:
    shard = Shard(policy()).send(event("workorder.created", 0)).tick(MAX_OPEN_US / SECOND - 1)
    assert shard.contacts() == [b"cw:c1"]
    assert shard.tick(MAX_OPEN_US / SECOND).contacts() == []


def test_a_clock_that_nobody_stops_expires_in_the_end() -> None:
    slow = clock("resolution", "workorder.created", "workorder.resolved", [rule(3600)])
    shard = Shard(policy(slow)).send(event("workorder.created", 0)).tick(4000).tick(MAX_OPEN_US / SECOND)
    assert shard.contacts() == [b"cw:c1"]
    assert shard.tick(MAX_RUNNING_US / SECOND).contacts() == []
    assert [a.state for a in shard.alerts()] == ["firing", "resolved"]


def test_a_breach_survives_a_restart_and_is_said_once_p38() -> None:
    shard = Shard(policy(CLOCK)).send(event("workorder.created", 0)).tick(1801).restart().tick(1802).restart().tick(3601).restart().tick(3602)
    assert [(v.verdict, v.version) for v in shard.verdicts()] == [("breached", 1)]
    assert [(a.kind, a.version) for a in shard.alerts()] == [("level", 1), ("breach", 1)]


def test_what_comes_after_a_restart_and_a_judged_deadline_is_still_said() -> None:
    shard = Shard(policy(CLOCK)).send(event("workorder.created", 0)).restart().tick(3601).restart().tick(3700)
    shard.send(event("workorder.resolved", 4000)).tick(4001)
    assert [v.reason for v in shard.verdicts()] == ["deadline_passed", "stopped_late"]
    shard = Shard(policy(CLOCK)).send(event("workorder.created", 0)).restart().tick(3601)
    shard.send(event("workorder.resolved", 4000)).tick(4001)
    assert [v.reason for v in shard.verdicts()] == ["deadline_passed", "stopped_late"]


def test_a_deadline_that_passed_long_before_it_is_judged_is_detected_late_p38() -> None:
    shard = Shard(policy(CLOCK)).send(event("workorder.created", 0)).tick(100).restart().tick(3661)
    assert [v.detected_late for v in shard.verdicts()] == [True]
    prompt = Shard(policy(CLOCK)).send(event("workorder.created", 0)).tick(3660)
    assert [v.detected_late for v in prompt.verdicts()] == [False]


def test_what_waits_to_be_said_survives_a_commit_between_ticks() -> None:
    shard = Shard(policy(CLOCK)).send(event("workorder.created", 0), event("workorder.resolved", 600)).restart().tick(601)
    assert [v.verdict for v in shard.verdicts()] == ["met"]


def test_nothing_is_said_twice_by_later_ticks() -> None:
    shard = Shard(policy(CLOCK)).send(event("workorder.created", 0), event("workorder.resolved", 600))
    for seconds in range(601, 5000, 600):
        shard.tick(seconds).drain()
    assert len(shard.verdicts()) == 1


def test_a_late_event_of_a_closed_and_packed_call_still_corrects_it_p32() -> None:
    shard = Shard(policy(ANSWER)).send(event("call.queued", 0, queue="PS"), event("call.ended", 60)).tick(100).restart()
    assert shard.totals()["abandoned"] == 1
    shard.send(event("call.answered", 20), t=200).tick(201)
    assert [(v.verdict, v.version) for v in shard.verdicts()] == [("breached", 1), ("met", 2)]
    assert [a.state for a in shard.alerts()] == ["firing", "retracted"]
    totals = shard.totals()
    assert (totals["answered"], totals.get("abandoned"), totals["handled"], totals["offered"]) == (1, None, 1, 1)
    assert (totals["clock.answer.met"], totals.get("clock.answer.breached")) == (1, None)


def test_a_quarantined_record_leaves_its_contact_unjudged() -> None:
    shard = Shard(policy(CLOCK)).send(event("workorder.created", 0))
    from monitor.processing import Record
    from schemas.topics import WORK_ORDERS

    shard.processor.quarantine(Record(WORK_ORDERS, 0, 9, b"c1", b"x"))
    shard.tick(3700).restart()
    assert shard.verdicts() == []
    assert {s.labels[0]: s.value for s in shard.processor.samples() if s.name == "sla_contacts_unjudged"}["workorder"] == 1


def test_one_watermark_for_each_partition_at_the_first_tick_of_a_second_also_after_a_restart() -> None:
    shard = Shard(policy(), partitions=3)
    shard.tick(0.9).tick(1.1).drain().tick(1.4).restart().tick(1.9).tick(2.6).drain()
    marks = [msgspec.json.decode(o.value or b"", type=Watermark) for o in shard.outputs if o.topic == QUEUE_PANES]
    assert [m.t % (60 * SECOND) // SECOND for m in marks] == [0] * 3 + [1] * 3 + [2] * 3
    assert [o.partition for o in shard.outputs if o.topic == QUEUE_PANES] == [0, 1, 2] * 3
    assert [o.partition for o in shard.outputs if o.topic == CUSTOMER_CONTACTS] == [0, 1, 2] * 3


def test_samples_count_what_is_open_and_what_came() -> None:
    shard = Shard(policy(CLOCK)).send(event("workorder.created", 0), event("workorder.created", 0)).tick(3601).drain()
    found = {(s.name, *s.labels): s.value for s in shard.processor.samples()}
    assert found["sla_events_accepted_total", "0"] == found["sla_events_duplicate_total", "0"] == 1
    assert found["sla_contacts_open", "workorder", "0"] == found["sla_clocks_running", "workorder", "0"] == 1
    assert found["sla_breaches_open", "workorder", "critical", "0"] == 1
    shard.send(event("workorder.resolved", 3700), event("workorder.closed", 3700)).tick(3701).restart()
    found = {(s.name, *s.labels): s.value for s in shard.processor.samples()}
    assert found["sla_contacts_open", "workorder", "0"] == found["sla_breaches_open", "workorder", "critical", "0"] == 0
    assert found["sla_contacts_kept", "workorder", "0"] == 1


def test_a_verdict_explains_itself_so_that_its_deadline_can_be_recomputed() -> None:
    shard = Shard(policy(CLOCK)).send(event("workorder.created", 0), event("workorder.resolved", 600)).tick(601)
    explanation = shard.verdicts()[0].explanation
    assert explanation.events == ("c1-workorder.created-0", "c1-workorder.resolved-600")
    assert [(i.from_at, i.to_at) for i in explanation.counted] == [("2026-03-02T09:00:00Z", "2026-03-02T10:00:00Z")]
    assert explanation.rule == "rules[else]"


def test_a_pause_without_a_listed_reason_is_counted_and_pauses_nothing_p11() -> None:
    paused = clock("resolution", "workorder.created", "workorder.resolved", [rule(3600)], pause=PauseRule(frozenset({"customer"})))
    shard = Shard(policy(paused)).send(
        event("workorder.created", 0),
        event("workorder.paused", 10),
        event("workorder.paused", 20, reason="tea"),
        event("workorder.paused", 20, reason="tea"),
        event("workorder.paused", 30, reason="customer"),
        event("workorder.resumed", 40, reason="customer"),
    )
    found = {(s.name, *s.labels): s.value for s in shard.processor.samples()}
    assert found["sla_pauses_unlisted_total", "workorder", "0"] == 2
    assert [v.deadline for v in shard.tick(3700).verdicts()] == ["2026-03-02T10:00:10Z"]
