"""What one event does to the clocks of a contact: cancel, stop and hand over, then (after pauses) start (P11, P15, R67).

Each running cycle keeps one timer: the instant of its next level, 100 being the deadline. Timers go by in ``advance``, before
any event that happens after them; a stop at exactly the deadline is in time (P22). An event that stops a clock does not start it
as well, unless the clock ``repeats`` (R67).
"""

from typing import Final

from monitor.contacts.counting import Desk
from monitor.contacts.cycles import rematch
from monitor.contacts.cycles.cycle_bookings import book_end, place_of
from monitor.contacts.cycles.deadline import due_at, elapsed_us, pauses_of, schedule
from monitor.contacts.cycles.endings import CLOCK_SKEW, CLOSED, DONE_THERE, HANDED_OVER, LEFT, EarlyStop
from monitor.contacts.cycles.starting import Happening, all_running, begin, of_clock
from monitor.contacts.kept.contact import CANCELLED, RUNNING, STOPPED, OrderFlow, Run, View
from monitor.contacts.plan import ClockPlan, FamilyPlan, MomentPlan, Watch, triggered
from schemas.events.call import CallQueued
from schemas.events.chat import ChatOpened
from schemas.events.workorder import WorkOrderCreated, WorkOrderNodeLeft
from schemas.instants import SECOND, Instant

BREACH: Final = 100
SKEW_US: Final = 60 * SECOND
_OPENING: Final = (WorkOrderCreated, ChatOpened, CallQueued)

Moments = tuple[MomentPlan, ...]


def end_cycles(desk: Desk, family: FamilyPlan, view: View, moments: Moments, event: Happening) -> bool:
    """Let one event cancel, stop and hand over what runs; answer whether any cycle changed."""
    changed = False
    for moment in moments:
        for watch in moment.cancels:
            changed |= _cancel(desk, family, view, watch, event)
    for moment in moments:
        for watch in moment.stops:
            changed |= _stop(desk, family, view, watch, event)
    for plan in family.holders:
        changed |= _hand_over(desk, plan, view, event)
    return changed


def start_cycles(desk: Desk, family: FamilyPlan, view: View, moments: Moments, event: Happening) -> bool:
    """Let one event start cycles; answer whether any began."""
    changed = False
    for moment in moments:
        for watch in moment.starts:
            if triggered(watch.where, event.data, view.attributes):
                changed |= _start(desk, family, view, moments, watch.clock, event)
    return changed


def close_repeating(desk: Desk, family: FamilyPlan, view: View, event: Happening) -> bool:
    """A contact that is over owes nobody a further update: what still runs of such clocks is cancelled (R67)."""
    changed = False
    for plan in family.repeating:
        for run in all_running(plan, view) if is_over(view) else ():
            cancel(desk, plan, view, run, event, CLOSED)
            changed = True
    return changed


def is_over(view: View) -> bool:
    """Whether the contact is settled or closed, so that nothing periodic is owed any more."""
    return bool(view.closed_at) or (isinstance(view.flow, OrderFlow) and view.flow.settled)


def cancel(desk: Desk, plan: ClockPlan, view: View, run: Run, event: Happening, reason: str) -> None:
    """Cancel one running cycle for a named reason."""
    end(desk, plan, view, run, event.at, CANCELLED)
    if run.rule >= 0:
        run.reason = reason
    run.events.append(event.id)


def _cancel(desk: Desk, family: FamilyPlan, view: View, watch: Watch, event: Happening) -> bool:
    plan = family.order[watch.clock]
    runs = all_running(plan, view)
    if not runs or not triggered(watch.where, event.data, view.attributes):
        return False
    for run in runs:
        cancel(desk, plan, view, run, event, getattr(event.data, "reason", None) or "cancelled")
    return True


def _stop(desk: Desk, family: FamilyPlan, view: View, watch: Watch, event: Happening) -> bool:
    plan = family.order[watch.clock]
    runs = all_running(plan, view)
    if not runs:
        if plan.plain and event.at - view.opened_at <= SKEW_US:
            _came_early(plan, view, watch, event)
        return False
    left = getattr(event.data, plan.per, None) if plan.per and not plan.first_holder else None
    if left is not None:
        runs = [run for run in runs if run.value == left]
    if not runs or not triggered(watch.where, event.data, view.attributes):
        return False
    reason = "" if left is None else LEFT if isinstance(event.data, WorkOrderNodeLeft) else DONE_THERE
    for run in runs:
        stop(desk, plan, view, run, event, reason)
    return True


def _hand_over(desk: Desk, plan: ClockPlan, view: View, event: Happening) -> bool:
    """The contact passed to another department or node: the cycle of the one before ends there, met or breached (P15)."""
    changed = False
    for run in all_running(plan, view):
        holder = view.attributes.get(plan.per)
        if run.value != holder:
            stop(desk, plan, view, run, event, HANDED_OVER)
            run.handed_to = "" if holder is None else str(holder)
            changed = True
    return changed


def stop(desk: Desk, plan: ClockPlan, view: View, run: Run, event: Happening, reason: str = "") -> None:
    """Stop one running cycle; ``reason`` is kept where it is not the stop that the policy names."""
    end(desk, plan, view, run, event.at, STOPPED)
    run.reason = run.reason or reason
    run.events.append(event.id)


def _start(desk: Desk, family: FamilyPlan, view: View, moments: Moments, clock: int, event: Happening) -> bool:
    plan = family.order[clock]
    if plan.repeats and is_over(view):
        return False
    for moment in moments:
        if (moment.cancels or moment.stops) and _ends(moment, clock, event, view, plan):
            return False
    run = begin(desk, plan, view, event)
    if run is None:
        return False
    if view.early:
        _stop_in_hindsight(desk, plan, view, run, event)
    return True


def _ends(moment: MomentPlan, clock: int, event: Happening, view: View, plan: ClockPlan) -> bool:
    """Whether the same event ends the clock: cancel and stop go before start (P11)."""
    watches = moment.cancels if plan.repeats else (*moment.cancels, *moment.stops)
    return any(watch.clock == clock and triggered(watch.where, event.data, view.attributes) for watch in watches)


def _came_early(plan: ClockPlan, view: View, watch: Watch, event: Happening) -> None:
    """A stop of a new contact that finds nothing to stop is remembered: its start may come from a slower clock (P37)."""
    if any(of_clock(plan, run) for run in view.runs) or not triggered(watch.where, event.data, view.attributes):
        return
    view.early[plan.name] = EarlyStop(event.at, event.source, event.id)


def _stop_in_hindsight(desk: Desk, plan: ClockPlan, view: View, run: Run, event: Happening) -> None:
    """Nothing can stop before its contact exists: two sources disagree, and the negative duration counts as 0 (P37)."""
    early = view.early.pop(plan.name, None)
    if early is None or early.source == event.source or not isinstance(event.data, _OPENING) or event.at - early.at > SKEW_US:
        return
    end(desk, plan, view, run, run.started_at, STOPPED)
    run.reason = run.reason or CLOCK_SKEW
    run.events.append(early.event)


def end(desk: Desk, plan: ClockPlan, view: View, run: Run, at: Instant, state: int) -> None:
    """Stop or cancel a running cycle at ``at`` and book it (§5.10); a breach that went before stays a breach (P21)."""
    run.state, run.ended_at, run.next_at = state, at, 0
    if run.rule < 0:
        return
    plan = plan.of(run)
    rule = plan.rules[run.rule]
    pauses = pauses_of(plan, view, run, rule.calendar)
    run.elapsed_us = elapsed_us(rule, run, at, pauses)
    run.deadline_at = run.breach_at or due_at(rule, run, BREACH, pauses)
    run.place = run.place if run.breach_at else place_of(desk, plan, view, run)
    book_end(desk, plan, run)


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
    elif all(passed != level for passed, _ in run.passed) and (level > BREACH or at != run.promised_at):
        run.passed.append((level, at))
    schedule(plan, view, run)


def reschedule(family: FamilyPlan, view: View) -> None:
    """The pauses changed: every running cycle whose clock listens to them gets its next timer anew (P9)."""
    for run in view.runs:
        plan = family.of(run) if run.state == RUNNING else None
        if plan is not None and plan.pause_reasons:
            schedule(plan, view, run)
