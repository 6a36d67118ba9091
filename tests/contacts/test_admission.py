"""What may become part of a contact, and the named reason of what may not (P31, P37, design §4).

What the rules prevent: P31 events delivered twice count twice (Faust #502, #323); P33 late events dropped after a grace period, so that
reports never agree with the log; P37 one timestamp of next year moves the watermark and every later event is dropped (eKuiper #530).
"""

import pytest

from monitor.policy.model import Limits
from monitor.processing import Sample
from schemas.cloudevents import encode_event
from schemas.event import Event
from schemas.instants import DAY, HOUR
from schemas.partition import partition_of
from schemas.topics import CHATS
from tests.contacts.driving import TOPIC, Shard, at, clock, event, policy, rule

CREATED = event("workorder.created", 0)
CLOCK = clock("first_feedback", "workorder.created", "workorder.first_feedback", [rule(1800)])


def reasons(shard: Shard) -> list[str]:
    return [reject.reason for reject in shard.drain().rejects]


ROWS = [
    pytest.param([CREATED, CREATED], [], id="the same event again is dropped and counted, not refused (P31)"),
    pytest.param(
        [event("reclassified", 5, family="workorder", id="x", request_type="fault"),
         event("reclassified", 5, family="workorder", id="x", request_type="enquiry")],
        ["conflicting_duplicate"],
        id="same id and sequence with other content: the first in the log wins (P31)",
    ),
    pytest.param(
        [event("reclassified", 5, family="workorder", id="x", sequence=2, request_type="fault"),
         event("reclassified", 5, family="workorder", id="x", sequence=1, request_type="enquiry")],
        [],
        id="a lower sequence was corrected already (P31)",
    ),
    pytest.param([CREATED, event("workorder.accepted", -5)], ["impossible_order"], id="within one source nothing precedes the creation (P37)"),
    pytest.param([CREATED, event("workorder.accepted", -5, source="/other")], [], id="between sources clocks may differ (P37)"),
    pytest.param([event("call.ended", 5), event("call.answered", 9)], ["impossible_order"], id="within one source no answer follows the end (P37)"),
    pytest.param([event("call.ended", 5), event("call.answered", 4)], [], id="an answer that arrives after the end but happened before (P32)"),
]  # fmt: skip


@pytest.mark.parametrize(("events", "expected"), ROWS)
def test_admission(events: list[Event], expected: list[str]) -> None:
    shard = Shard(policy()).send(*events, t=60)
    assert reasons(shard) == expected


def test_a_higher_sequence_corrects_in_whatever_order_p31() -> None:
    low = event("workorder.first_feedback", 1700, id="x", sequence=1)
    high = event("workorder.first_feedback", 1900, id="x", sequence=2)
    for first, second in ((low, high), (high, low)):
        shard = Shard(policy(CLOCK)).send(CREATED, first, t=1900).tick(1901).send(second, t=1950).tick(2000)
        assert [(v.verdict, v.late_seconds) for v in shard.verdicts()][-1] == ("breached", 100)


def test_an_event_ahead_of_t_takes_effect_at_t_and_one_far_ahead_is_refused_p37() -> None:
    shard = Shard(policy(CLOCK)).send(CREATED, event("workorder.first_feedback", 1900), t=1790).tick(1801)
    (verdict,) = shard.verdicts()
    assert (verdict.verdict, verdict.stopped_at) == ("met", "2026-03-02T09:29:50Z")
    assert reasons(shard.send(event("workorder.closed", 9000), t=1850)) == ["in_future"]


def test_a_few_seconds_ahead_are_left_as_they_are_p37() -> None:
    shard = Shard(policy(CLOCK)).send(CREATED, event("workorder.first_feedback", 1799), t=1795).tick(1801)
    assert shard.verdicts()[0].stopped_at == "2026-03-02T09:29:59Z"


def test_a_key_in_the_wrong_partition_is_refused() -> None:
    wrong = 1 - partition_of(b"c1", 2)
    shard = Shard(policy(), partition=wrong, partitions=2).send(CREATED)
    assert reasons(shard) == ["wrong_partition"]


def test_an_event_of_another_family_is_refused() -> None:
    key, value, headers = encode_event(CREATED)
    shard = Shard(policy())
    shard.send_record(CHATS, key, value, headers, at(0))
    assert reasons(shard) == ["wrong_topic"]


def test_a_contact_holds_a_bounded_number_of_events() -> None:
    shard = Shard(policy(limits=Limits(events=3))).send(*(event("still_open", n, family="workorder", id=str(n)) for n in range(5)), t=9)
    assert reasons(shard) == ["too_many_events", "too_many_events"]


def test_what_belongs_to_a_forgotten_contact_is_too_late_but_a_survey_opens_a_follow_up() -> None:
    keep = Limits(keep_closed_us={"call": HOUR, "chat": HOUR, "workorder": HOUR})
    shard = Shard(policy(limits=keep)).send(CREATED, event("workorder.closed", 60)).tick(60 + 3600)
    assert shard.contacts() == []
    shard.send(event("workorder.resolved", 50), t=4000)
    assert reasons(shard) == ["too_late"]
    shard.send(event("survey_scored", 3, family="workorder", instrument="csat", scale_min=1, scale_max=5, score=1), t=4000).tick(4001)
    assert shard.contacts() == [b"cw:c1"]
    assert shard.totals()["contacts"] == 1
    shard.tick(8 * DAY / 1_000_000)
    assert shard.contacts() == []


def test_the_rejected_record_is_handed_back_whole() -> None:
    shard = Shard(policy())
    shard.send_record(TOPIC["workorder"], b"c9", b"{", (), at(0))
    (reject,) = shard.drain().rejects
    assert (reject.record.value, reject.contact) == (b"{", "c9")


def test_skew_is_counted_by_the_source_that_has_it_p37() -> None:
    shard = Shard(policy()).send(event("workorder.created", 60, source="/fast"), event("workorder.accepted", 30, source="/right"), t=30)
    assert [s for s in shard.processor.samples() if s.name == "sla_events_clock_skew_total"] == [
        Sample("sla_events_clock_skew_total", ("/fast", "0"), 1)
    ]


def test_nothing_is_too_old_to_correct_what_is_kept_and_each_correction_is_counted_p33() -> None:
    late = clock("feedback", "workorder.created", "workorder.first_feedback", [rule(3600)])
    shard = Shard(policy(late)).send(event("workorder.created", 0)).tick(20 * 86_400)
    shard.send(event("workorder.first_feedback", 60), t=20 * 86_400).tick(20 * 86_400 + 1)
    assert [v.verdict for v in shard.verdicts()] == ["breached", "met"]
    assert [s.value for s in shard.processor.samples() if s.name == "sla_late_corrections_total"] == [1]
