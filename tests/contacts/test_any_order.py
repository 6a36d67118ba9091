"""The law of the fold (P31, P32): the same events in any order, with any duplicates, with ticks anywhere between them, give the
same contact, the same final verdicts and alerts, the same pane totals.
"""

from typing import Any

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.calendar.hours import parse_span
from monitor.calendar.wall_calendar import WallCalendar
from monitor.contacts.kept import codec
from monitor.policy.model import PauseRule, Policy
from schemas.event import Event
from schemas.events import Family
from schemas.instants import HOUR, format_instant
from tests.contacts.driving import Shard, at, clock, dated, event, final_alerts, final_verdicts, policy, rule
from tests.contacts.shuffling import straight_and_shuffled

OFFICE = WallCalendar("office", "Europe/Berlin", {day: [parse_span("08:00-11:30"), parse_span("12:00-18:00")] for day in range(7)})
END = 30_000.0

CLOCKS = (
    clock("first", "workorder.created", "workorder.first_feedback;workorder.accepted automatic=false", [rule(1800)], levels=(50, 100)),
    clock(
        "resolution", "workorder.created", "workorder.resolved", cancel="cancelled", reopen="resume", levels=(50, 75, 100, 150),
        pause=PauseRule(frozenset({"customer", "vendor"}), {"vendor": HOUR}),
        rules=[rule(3600, "priority=high"), rule(9000, "priority=normal", OFFICE), rule(None, "priority=low"), rule(12_000)],
    ),
    clock("again", "workorder.created", "workorder.resolved", [rule(7200)], reopen="reset"),
    clock("node", "workorder.assigned dept=network", "workorder.assigned dept=billing;workorder.closed", [rule(1500)]),
    clock("holder", "workorder.assigned", "contact.settled;workorder.node_left", per="dept", reopen="resume", levels=(50, 100),
          rules=[rule(1500, "dept=network,priority=high"), rule(4000, "dept=network", OFFICE), rule(None, "dept=gone"), rule(2500)]),
    clock("step", "workorder.node_entered", "workorder.node_left;workorder.resolved", [rule(3000)], per="node", cancel="cancelled", reopen="reset"),
    clock("owner", "workorder.assigned dept=network|billing", "workorder.result_returned", [rule(5000)], per="dept", mode="first", reopen="resume"),
    clock("told", "workorder.created;deadline_told", "workorder.resolved", reopen="resume", levels=(50, 100, 150),
          pause=PauseRule(frozenset({"customer"})), rules=[rule(None, "priority=low"), dated(calendar=OFFICE)]),
    clock("mixed", "workorder.created;deadline_told;workorder.assigned", "workorder.closed", reopen="reset", per="dept",
          rules=[rule(3600, "priority=high"), dated()]),
    clock("update", "workorder.created;workorder.accepted;workorder.reopened", "workorder.accepted;contact.settled", [rule(2000)], repeats=True),
    clock("answer", "call.queued", "call.answered", [rule(30, "vip_tier=vip"), rule(60)], family="call", cancel="call.abandoned"),
    clock("callback", "call.callback_requested", "call.callback_connected", [rule(300)], family="call", levels=(50, 100)),
    clock("reply", "chat.human_wanted", "chat.human_replied", [rule(30)], family="chat", cancel="chat.customer_left"),
    clock("next", "chat.customer_waiting", "chat.customer_answered", [rule(120)], family="chat", levels=(50, 100)),
)  # fmt: skip
POLICY: Policy = policy(*CLOCKS)

ORDER_STEPS: list[tuple[str, dict[str, Any]]] = [
    ("workorder.accepted", {"automatic": True}), ("workorder.accepted", {}), ("workorder.first_feedback", {}),
    ("workorder.paused", {"reason": "customer"}), ("workorder.paused", {"reason": "vendor"}), ("workorder.paused", {}),
    ("workorder.resumed", {"reason": "customer"}), ("workorder.resumed", {}), ("priority_changed", {"priority": "high"}),
    ("priority_changed", {"priority": "normal"}), ("priority_changed", {"priority": "low"}), ("workorder.assigned", {"dept": "network"}),
    ("workorder.assigned", {"dept": "billing", "queue": "b"}), ("workorder.resolved", {}), ("workorder.reopened", {}),
    ("workorder.closed", {}), ("cancelled", {"reason": "withdrawn"}), ("workorder.assigned", {"dept": "gone"}),
    ("workorder.node_entered", {"node": "a"}), ("workorder.node_entered", {"node": "b", "dept": "network"}),
    ("workorder.node_left", {"node": "a"}), ("workorder.node_left", {"node": "b"}), ("workorder.result_returned", {"dept": "network"}),
    ("deadline_told", {"due_at": format_instant(at(4000))}), ("deadline_told", {"due_at": format_instant(at(15_000))}), ("deadline_told", {}),
    ("workorder.assigned", {"dept": "network", "due_at": format_instant(at(9000))}), ("reclassified", {"priority": "low"}),
]  # fmt: skip
CALL_STEPS: list[tuple[str, dict[str, Any]]] = [
    ("call.queued", {"queue": "A", "channel": "hotline"}), ("call.queued", {"queue": "B"}), ("call.answered", {}), ("call.ringing", {}),
    ("call.hold_start", {}), ("call.hold_end", {}), ("call.flow_out", {"reason": "overflow"}), ("call.callback_requested", {}),
    ("vip_changed", {"vip_tier": "vip"}), ("call.abandoned", {}), ("call.ended", {}), ("call.wrapup_end", {}), ("still_open", {}),
    ("call.callback_connected", {}),
]  # fmt: skip
CHAT_STEPS: list[tuple[str, dict[str, Any]]] = [
    ("chat.queued", {"queue": "A"}), ("chat.transferred", {"queue": "B"}), ("chat.customer_msg", {}), ("chat.agent_msg", {}),
    ("chat.agent_msg", {"author_kind": "bot"}), ("chat.bot_reply", {}), ("chat.handoff_requested", {}), ("chat.resolved", {}),
    ("chat.reopened", {}), ("chat.customer_left", {}), ("chat.ended", {}),
]  # fmt: skip
STEPS: dict[Family, list[tuple[str, dict[str, Any]]]] = {"workorder": ORDER_STEPS, "call": CALL_STEPS, "chat": CHAT_STEPS}
FIRST: dict[Family, str] = {"workorder": "workorder.created", "call": "call.ivr_entered", "chat": "chat.opened"}


@st.composite
def contacts(draw: st.DrawFn) -> list[Event]:
    """One contact of any family; every event has a source of its own, so that no order is impossible (P37)."""
    family: Family = draw(st.sampled_from(["workorder", "call", "chat"]))
    events = [event(FIRST[family], 0, id="e0", source="/0", queue="A")]
    for n in range(1, draw(st.integers(1, 9)) + 1):
        name, fields = draw(st.sampled_from(STEPS[family]))
        seconds = draw(st.integers(0, 400)) * (5 if family == "call" else 50 if family == "workorder" else 10)
        events.append(event(name, seconds, family=family, id=f"e{n}", source=f"/{n}", **fields))
    return events


def outcome(shard: Shard) -> tuple[object, ...]:
    """What must not depend on the way it came about."""
    verdicts = {
        key: (v.verdict, v.reason, v.deadline, v.stopped_at, v.late_seconds, v.elapsed_seconds if v.stopped_at else None, v.paused_seconds)
        for key, v in final_verdicts(shard.verdicts()).items()
        if v.stopped_at or v.verdict != "breached"
    }
    open_breaches = {key: (v.reason, v.deadline) for key, v in final_verdicts(shard.verdicts()).items() if not v.stopped_at}
    alerts = {key: (a.state, a.severity, a.starts_at, a.deadline if a.kind == "breach" else None) for key, a in final_alerts(shard.alerts()).items()}
    totals = [
        (
            scope,
            dims,
            {k: c for k, c in sorted(t.counts.items()) if c and not k.startswith("missed.")},
            {k: s for k, s in sorted(t.sums.items()) if s},
            t.sketches,
        )
        for scope, dims, t in shard.processor._emission.ledger.lifetime()
    ]
    views = []
    for key in shard.contacts():
        contact, fired_at = codec.read(key, shard.state[key])
        view = contact.view if fired_at is None else shard.processor._history.view_of(contact, fired_at)
        views.append((key, contact.events, msgspec.to_builtins(view)))
    waiting = shard.processor._emission.presence.waiting()
    return verdicts, open_breaches, alerts, [each for each in totals if each[2] or each[3]], views, waiting


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(contacts(), st.data())
def test_order_duplicates_ticks_and_restarts_do_not_matter(events: list[Event], data: st.DataObject) -> None:
    straight, mixed = straight_and_shuffled(POLICY, events, END, data)
    assert outcome(mixed) == outcome(straight)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(contacts())
def test_judging_every_so_often_ends_as_judging_once_does(events: list[Event]) -> None:
    inorder = sorted(events, key=lambda e: (e.at, e.sequence, e.source, e.id))
    once = Shard(POLICY).send(*inorder, t=END).tick(END)
    often = Shard(POLICY)
    now = 0.0
    for each in inorder:
        happens = (each.at - events[0].at) / 1_000_000
        while now + 600 < happens:
            now += 600
            often.tick(now)
        often.send(each, t=happens)
        now = max(now, happens)
    while now < END:
        now += 600
        often.tick(now)
    often.tick(max(now, END))
    once.tick(max(now, END))
    assert outcome(often) == outcome(once)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(contacts())
def test_a_contact_folded_again_from_its_packed_events_is_the_same(events: list[Event]) -> None:
    shard = Shard(POLICY).send(*sorted(events, key=lambda e: (e.at, e.sequence, e.source, e.id)), t=END).tick(END).drain()
    for key in shard.contacts():
        contact, fired_at = codec.read(key, shard.state[key])
        if fired_at is None:
            contact.summary = shard.processor._shelf.get(key).summary  # type: ignore[union-attr]
            fired_at = contact.view.fired_at
            packed, packed_fired_at = codec.read(key, codec.write_packed(contact))
            assert (packed.events, packed.ledger, packed_fired_at) == (contact.events, contact.ledger, fired_at)
            assert shard.processor._history.view_of(packed, fired_at) == contact.view
