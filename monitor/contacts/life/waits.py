"""One wait in one queue: offered when it begins, then exactly one outcome (P24-P28).

Outcomes are booked twice: in the slot of ``queued`` for ratios (cohort), in the slot of the event for throughput (P28).
The service-level events of V7 are booked once for each Y: at the answer, at the abandon (short abandons count for neither
side), or when Y goes by while the customer still waits (P24). Waiting longer than the queue's ``max_wait`` is a ghost: the
wait expires, and an answer that comes after all takes the expiry back (P29).
"""

from monitor.contacts.counting import Desk, QueuePlan
from monitor.contacts.kept.contact import Leg
from monitor.panes.where import Where
from schemas.instants import Instant


def enter(desk: Desk, place: Where, at: Instant) -> Leg:
    """Begin to wait in the queue of a place."""
    desk.count(place, at, "offered")
    leg = Leg(place, at, seen_at=at)
    _schedule(leg, desk.rules_of(place[0]))
    return leg


def answer(desk: Desk, leg: Leg, at: Instant) -> None:
    """A person took the contact."""
    rules = desk.rules_of(leg.place[0])
    _unexpire(desk, leg)
    wait_us = at - leg.queued_at
    place = leg.place
    desk.count(place, leg.queued_at, "answered")
    desk.count(place, at, "answers")
    desk.total(place, at, "answer_wait_us", wait_us)
    desk.value(place, at, "answer_wait", wait_us)
    desk.value(place, at, "wait", wait_us)
    for index, within_us in enumerate(rules.within_us):
        if wait_us <= within_us:
            desk.count(place, leg.queued_at, rules.answered_within[index])
            desk.count(place, at, rules.hit[index])


def abandon(desk: Desk, leg: Leg, at: Instant, short_abandon_us: int | None) -> None:
    """The customer gave up; ``short_abandon_us`` is what the event says of short abandons (P25)."""
    rules = desk.rules_of(leg.place[0])
    _unexpire(desk, leg)
    wait_us = at - leg.queued_at
    place = leg.place
    short = wait_us <= (rules.short_abandon_us if short_abandon_us is None else short_abandon_us)
    desk.count(place, leg.queued_at, "abandoned")
    if short:
        desk.count(place, leg.queued_at, "short_abandoned")
    desk.count(place, at, "abandons")
    desk.total(place, at, "abandon_wait_us", wait_us)
    desk.value(place, at, "wait", wait_us)
    for index, within_us in enumerate(rules.within_us):
        if wait_us <= within_us:
            desk.count(place, leg.queued_at, rules.abandoned_within[index])
            if not short:
                desk.count(place, at, rules.miss[index])


def leave(desk: Desk, leg: Leg, outcome: str) -> None:
    """The wait ended without answer or abandon: ``flow_out`` (P27) or ``callback`` (P26)."""
    _unexpire(desk, leg)
    desk.count(leg.place, leg.queued_at, outcome)


def seen(desk: Desk, leg: Leg, at: Instant) -> None:
    """The source says that the customer still waits: the ghost limit counts from here (P29)."""
    _unexpire(desk, leg)
    leg.seen_at = at
    leg.expired = False
    _schedule(leg, desk.rules_of(leg.place[0]))


def advance(desk: Desk, leg: Leg, until: Instant, *, inclusive: bool) -> Instant:
    """Let every timer of the wait before ``until`` go by; answer the last one that did, 0 if none."""
    fired_at = 0
    rules = desk.rules_of(leg.place[0])
    while leg.next_at and (leg.next_at < until or (inclusive and leg.next_at == until)):
        fired_at = leg.next_at
        passed = leg.passed
        while passed < len(rules.within_us) and leg.queued_at + rules.within_us[passed] <= fired_at:
            desk.count(leg.place, fired_at, rules.miss[passed])
            passed += 1
        leg.passed = passed
        if leg.seen_at + rules.max_wait_us <= fired_at:
            leg.expired = True
            desk.count(leg.place, leg.queued_at, "expired")
        _schedule(leg, rules)
    return fired_at


def _schedule(leg: Leg, rules: QueuePlan) -> None:
    if leg.expired:
        leg.next_at = 0
        return
    expires_at = leg.seen_at + rules.max_wait_us
    if leg.passed < len(rules.within_us):
        leg.next_at = min(leg.queued_at + rules.within_us[leg.passed], expires_at)
    else:
        leg.next_at = expires_at


def _unexpire(desk: Desk, leg: Leg) -> None:
    if leg.expired:
        desk.count(leg.place, leg.queued_at, "expired", -1)
