"""The traffic model: its queue judged by Erlang A, its profile, its accidents, and that the seed decides everything."""

from collections import Counter
from itertools import pairwise

import pytest
from msgspec.structs import replace

from monitor.sources.arrival import Arrival
from monitor.sources.traffic import TrafficModel, expected_events, traffic
from monitor.sources.traffic.erlang import erlang_a
from monitor.sources.traffic.model import Burst, CallQueue, ChatQueue, Delivery, FeedOutage, StaffOutage
from schemas.cloudevents import decode_event, encode_event
from schemas.events import event_name
from schemas.events.call import CallAbandoned, CallCallbackRequested, CallIvrEntered, CallQueued, CallRinging
from schemas.instants import SECOND

FLAT = (1.0,) * 288
QUIET = TrafficModel(calls_per_day=0, chats_per_day=0, orders_per_day=0)
SMALL = TrafficModel(days=0.5, calls_per_day=800, chats_per_day=400, orders_per_day=150)


def names(arrivals: list[Arrival]) -> Counter[str]:
    return Counter(event_name(arrival.event.data) for arrival in arrivals)


def test_the_seed_decides_everything() -> None:
    disturbed = replace(SMALL, delivery=Delivery(disorder_seconds=10, duplicate_ratio=0.1))
    assert list(traffic(disturbed)) == list(traffic(disturbed))
    assert list(traffic(disturbed)) != list(traffic(replace(disturbed, seed=2)))


def test_one_channel_does_not_change_with_another() -> None:
    both = [arrival for arrival in traffic(SMALL) if arrival.event.family == "call"]
    assert both == [arrival for arrival in traffic(replace(SMALL, chats_per_day=0)) if arrival.event.family == "call"]


def test_all_events_keep_the_contract_and_are_ordered_by_delivery() -> None:
    arrivals = list(traffic(SMALL))
    assert all(earlier.delivered_at <= later.delivered_at for earlier, later in pairwise(arrivals))
    for arrival in arrivals:
        assert decode_event(*encode_event(arrival.event), arrival.event.family) == arrival.event
    assert len({(arrival.event.source, arrival.event.id) for arrival in arrivals}) == len(arrivals)


def test_every_channel_shows_its_whole_life() -> None:
    seen = names(list(traffic(replace(SMALL, days=1, calls_per_day=3000, chats_per_day=1500, orders_per_day=400))))
    for name in (
        "call.ivr_left", "call.ringing", "call.hold_end", "call.transferred", "call.abandoned", "call.callback_connected", "call.wrapup_end",
        "chat.bot_reply", "chat.handoff_requested", "chat.customer_left", "chat.reopened", "chat.ended", "survey_scored",
        "workorder.paused", "workorder.resumed", "workorder.reopened", "workorder.escalated", "workorder.closed", "priority_changed",
    ):  # fmt: skip
        assert seen[name] > 0, name


@pytest.mark.parametrize("staff", [9, 12])
def test_the_simulated_queue_waits_and_loses_as_erlang_a_says(staff: int) -> None:
    """Constant rate, service with the variation of an exponential; menu hang-ups thin the stream, ringing and after-call work are service."""
    queue = CallQueue(name="q", share=1, service_seconds=170, service_variation=1.0, wrapup_seconds=8, patience_seconds=90, staff=staff)
    model = replace(QUIET, days=4, calls_per_day=5_000, profile=FLAT, weekend_ratio=1.0, call_queues=(queue,), seed=3)
    queued: dict[str, int] = {}
    waits, gone = [], 0
    for arrival in traffic(model):
        data, contact = arrival.event.data, arrival.event.contact
        if isinstance(data, CallQueued):
            queued[contact] = arrival.event.at
        elif isinstance(data, CallRinging):
            waits.append((arrival.event.at - queued[contact]) / SECOND)
        gone += isinstance(data, CallAbandoned | CallCallbackRequested)
    expected = erlang_a(len(queued) / (4 * 86_400), 180, 90, staff, 20)
    assert gone / len(queued) == pytest.approx(expected.abandoned_ratio, abs=0.02)
    assert sum(wait <= 20 for wait in waits) / len(queued) == pytest.approx(expected.answered_within_ratio, abs=0.03)


def test_arrivals_follow_the_profile_and_the_weekend() -> None:
    model = replace(QUIET, start="2026-03-06T00:00:00+08:00", days=2, calls_per_day=8_000)
    calls = [arrival for arrival in traffic(model) if isinstance(arrival.event.data, CallIvrEntered)]
    by_day = Counter((arrival.event.at - model.start_at) // (86_400 * SECOND) for arrival in calls)
    by_hour = Counter((arrival.event.at - model.start_at) // (3_600 * SECOND) % 24 for arrival in calls)
    assert by_day[0] == pytest.approx(8_000, rel=0.04)
    assert by_day[1] == pytest.approx(5_600, rel=0.04)
    assert by_hour[16] > 40 * by_hour[4]


def test_a_burst_multiplies_what_begins() -> None:
    model = replace(QUIET, profile=FLAT, calls_per_day=24_000, bursts=(Burst(hour=6, minutes=60, factor=3),))
    calls = [arrival for arrival in traffic(model) if isinstance(arrival.event.data, CallIvrEntered)]
    by_hour = Counter((arrival.event.at - model.start_at) // (3_600 * SECOND) for arrival in calls)
    assert by_hour[6] == pytest.approx(3_000, rel=0.1)
    assert by_hour[5] == pytest.approx(1_000, rel=0.1)


def test_a_staff_outage_makes_callers_leave_and_its_end_serves_those_who_wait() -> None:
    model = replace(QUIET, calls_per_day=4_000)
    calm = names(list(traffic(model)))
    broken = names(list(traffic(replace(model, staff_outages=(StaffOutage(hour=10, minutes=120, present_ratio=0.2),)))))
    assert broken["call.abandoned"] > 2 * calm["call.abandoned"]
    assert broken["call.queued"] == pytest.approx(calm["call.queued"], rel=0.05)


def test_chats_without_staff_are_left() -> None:
    seen = names(list(traffic(replace(QUIET, chats_per_day=300, chat_queue=ChatQueue(staff=0)))))
    assert seen["chat.agent_msg"] == 0
    assert seen["chat.customer_left"] == seen["chat.queued"] > 0


def test_disorder_is_bounded_and_real() -> None:
    arrivals = list(traffic(replace(SMALL, delivery=Delivery(disorder_seconds=5))))
    delays = [arrival.delivered_at - arrival.event.at for arrival in arrivals]
    assert 0 <= min(delays) <= max(delays) <= 5 * SECOND
    assert any(earlier.event.at > later.event.at for earlier, later in pairwise(arrivals))
    assert sorted(map(repr, (arrival.event for arrival in arrivals))) == sorted(repr(arrival.event) for arrival in traffic(SMALL))


def test_duplicates_are_the_same_events_again() -> None:
    arrivals = list(traffic(replace(SMALL, delivery=Delivery(duplicate_ratio=0.25))))
    plain = list(traffic(SMALL))
    assert len(arrivals) / len(plain) == pytest.approx(1.25, abs=0.03)
    assert {repr(arrival.event) for arrival in arrivals} == {repr(arrival.event) for arrival in plain}


def test_a_skewed_site_is_wrong_by_the_same_amount_in_all_its_contacts() -> None:
    arrivals = list(traffic(replace(SMALL, delivery=Delivery(skewed_ratio=0.3, skew_seconds=-90))))
    skewed = [arrival for arrival in arrivals if arrival.event.source.endswith("/skewed")]
    assert len(skewed) / len(arrivals) == pytest.approx(0.3, abs=0.1)
    assert {arrival.delivered_at - arrival.event.at for arrival in skewed} == {90 * SECOND}
    straight = [arrival for arrival in arrivals if arrival.delivered_at == arrival.event.at]
    assert not {arrival.event.contact for arrival in skewed} & {arrival.event.contact for arrival in straight}


@pytest.mark.parametrize("lost", [False, True], ids=["held back until its end", "lost"])
def test_events_of_a_feed_outage_are(lost: bool) -> None:
    model = replace(SMALL, delivery=Delivery(outages=(FeedOutage(hour=9, minutes=30, lost=lost),)))
    arrivals, plain = list(traffic(model)), list(traffic(SMALL))
    begin_at, end_at = model.start_at + 9 * 3600 * SECOND, model.start_at + 9 * 3600 * SECOND + 1800 * SECOND
    inside = sum(begin_at <= arrival.delivered_at < end_at for arrival in plain)
    assert inside > 50
    assert not any(begin_at <= arrival.delivered_at < end_at for arrival in arrivals)
    assert len(plain) - len(arrivals) == (inside if lost else 0)


def test_the_estimate_of_the_total_is_near() -> None:
    model = replace(SMALL, days=1)
    assert expected_events(model) == pytest.approx(sum(1 for _ in traffic(model)), rel=0.15)
