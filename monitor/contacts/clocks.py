"""What one event does to the clocks of a contact: match rules again, cancel, stop, pause, start, in that order (P11, P12, P15).

Each running cycle keeps one timer: the instant of its next level, 100 being the deadline. Timers go by in ``advance``, before
any event that happens after them; a stop at exactly the deadline is in time (P22).
"""

from typing import Final

import msgspec

from monitor.contacts import rematch
from monitor.contacts.contact import CANCELLED, RUNNING, STOPPED, Run, View
from monitor.contacts.counting import Desk
from monitor.contacts.deadline import due_at, elapsed_us, pauses_of, schedule
from monitor.contacts.plan import ClockPlan, FamilyPlan, MomentPlan, Watch, triggered
from schemas.events import EventData
from schemas.instants import Instant

BREACH: Final = 100


class Happening(msgspec.Struct, frozen=True, gc=False):
    """One event as the clocks see it: its id, when, what it says."""

    id: str
    at: Instant
    data: EventData


def act(desk: Desk, family: FamilyPlan, view: View, moments: tuple[MomentPlan, ...], event: Happening) -> bool:
    """Let the planned moments of one event cancel, stop and start cycles; answer whether any cycle changed."""
    changed = False
    for moment in moments:
        for watch in moment.cancels:
            changed |= _cancel(desk, family, view, watch, event)
    for moment in moments:
        for watch in moment.stops:
            changed |= _stop(desk, family, view, watch, event)
    for moment in moments:
        for watch in moment.starts:
            changed |= _start(desk, family, view, watch, event)
    return changed


def running(view: View, clock: str) -> Run | None:
    """The running cycle of a clock; there is at most one (P15)."""
    for run in view.runs:
        if run.state == RUNNING and run.clock == clock:
            return run
    return None


def _cancel(desk: Desk, family: FamilyPlan, view: View, watch: Watch, event: Happening) -> bool:
    plan = family.order[watch.clock]
    run = running(view, plan.name)
    if run is None or not triggered(watch.where, event.data, view.attributes):
        return False
    end(desk, family.of(run) or plan, view, run, event.at, CANCELLED)
    if run.rule >= 0:
        run.reason = getattr(event.data, "reason", None) or "cancelled"
    run.events.append(event.id)
    return True


def _stop(desk: Desk, family: FamilyPlan, view: View, watch: Watch, event: Happening) -> bool:
    plan = family.order[watch.clock]
    run = running(view, plan.name)
    if run is None or not triggered(watch.where, event.data, view.attributes):
        return False
    end(desk, family.of(run) or plan, view, run, event.at, STOPPED)
    run.events.append(event.id)
    return True


def _start(desk: Desk, family: FamilyPlan, view: View, watch: Watch, event: Happening) -> bool:
    plan = family.order[watch.clock]
    if running(view, plan.name) is not None or not triggered(watch.where, event.data, view.attributes):
        return False
    begin(plan, view, event.id, event.at)
    return True


def begin(plan: ClockPlan, view: View, cycle: str, at: Instant) -> None:
    """Start a cycle under the first rule that matches; without one it waits unpromised for attributes that do (P12, P14)."""
    rule = plan.match(view.attributes)
    run = Run(plan.name, cycle, at, rule=rule, last_rule=rule, policy=plan.number)
    view.runs.append(run)
    schedule(plan, view, run)


def end(desk: Desk, plan: ClockPlan, view: View, run: Run, at: Instant, state: int) -> None:
    """Stop or cancel a running cycle at ``at`` and book it (§5.10); a breach that went before stays a breach (P21)."""
    run.state, run.ended_at, run.next_at = state, at, 0
    if run.rule < 0:
        return
    rule = plan.rules[run.rule]
    pauses = pauses_of(plan, view, run, rule.calendar)
    run.elapsed_us = elapsed_us(rule, run, at, pauses)
    run.deadline_at = run.breach_at or due_at(rule, run, BREACH, pauses)
    run.place = run.place if run.breach_at else desk.place_of(view)
    book_end(desk, plan, run, 1)


def book_end(desk: Desk, plan: ClockPlan, run: Run, sign: int) -> None:
    """Book how a cycle ended, or with sign -1 take that back. The breach itself was booked when it happened."""
    if run.breach_at:
        if run.state == STOPPED:
            desk.value(run.place, run.breach_booked_at, plan.sketch, run.elapsed_us, sign)
    elif run.state == STOPPED:
        desk.count(run.place, run.ended_at, plan.met, sign)
        desk.value(run.place, run.ended_at, plan.sketch, run.elapsed_us, sign)
    else:
        desk.count(run.place, run.ended_at, plan.cancelled, sign)


def advance(desk: Desk, family: FamilyPlan, view: View, until: Instant, *, inclusive: bool) -> Instant:
    """Let every timer before ``until`` go by (with ``inclusive`` those at it too); answer the last one that did, 0 if none."""
    fired_at = 0
    for run in view.runs:
        if not 0 < run.next_at <= until:
            continue
        plan = family.of(run)
        while plan is not None and run.next_at and (run.next_at < until or (inclusive and run.next_at == until)):
            fired_at = max(fired_at, run.next_at)
            _pass_level(desk, plan, view, run)
    return fired_at


def _pass_level(desk: Desk, plan: ClockPlan, view: View, run: Run) -> None:
    level, at = plan.levels[run.next_level], run.next_at
    run.next_level += 1
    if level == BREACH:
        rematch.breach(desk, plan, view, run, at, at)
    elif all(passed != level for passed, _ in run.passed):
        run.passed.append((level, at))
    schedule(plan, view, run)


def reschedule(family: FamilyPlan, view: View) -> None:
    """The pauses changed: every running cycle whose clock listens to them gets its next timer anew (P9)."""
    for run in view.runs:
        plan = family.of(run)
        if plan is not None and run.state == RUNNING and plan.pause_reasons:
            schedule(plan, view, run)


def reopen(desk: Desk, family: FamilyPlan, view: View, cycle: str, at: Instant) -> bool:
    """The contact was opened again: by the clock's ``reopen``, go on with the cycle, start one, or do nothing (P13)."""
    changed = False
    for plan in family.order:
        last = next((run for run in reversed(view.runs) if run.clock == plan.name), None)
        if last is None or last.state != STOPPED or plan.reopen == "first":
            continue
        changed = True
        if plan.reopen == "reset":
            begin(plan, view, cycle, at)
            continue
        if last.rule >= 0:
            book_end(desk, plan, last, -1)
        last.closed.append((last.ended_at, at))
        last.state, last.ended_at, last.deadline_at = RUNNING, 0, 0
        last.events.append(cycle)
        rematch.take_over(desk, plan, view, last, at)
        schedule(family.of(last) or plan, view, last)
    return changed
