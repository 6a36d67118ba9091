"""The attributes of a contact changed: match the rules of its running cycles again, same start, same pauses (P14).

Breached before the change stays breached under the old rule. A new deadline that is already past is breached at the change
with reason ``target_changed``; levels already past count as sent. No rule: cancelled ``no_longer_promised``, and taken up
again if one matches later. A cycle that never had a rule begins its promise retroactively, from its start.
"""

from typing import Final

from monitor.contacts.contact import CANCELLED, RUNNING, Run, View
from monitor.contacts.counting import Desk
from monitor.contacts.deadline import due_at, pauses_of, schedule
from monitor.contacts.plan import ClockPlan, FamilyPlan
from schemas.instants import Instant

BREACH: Final = 100
NO_LONGER_PROMISED: Final = "no_longer_promised"
TARGET_CHANGED: Final = "target_changed"
DEADLINE_PASSED: Final = "deadline_passed"
_OF_ANOTHER_VERSION: Final = -2


def match_all_again(desk: Desk, family: FamilyPlan, view: View, event_id: str, at: Instant) -> bool:
    """Match every running cycle again; answer whether any came under another rule."""
    changed = False
    for run in view.runs:
        plan = family.clocks.get(run.clock)
        if plan is not None and run.state == RUNNING and match_again(desk, plan, view, run, at):
            run.events.append(event_id)
            changed = True
    return changed


def switch_all(desk: Desk, family: FamilyPlan, view: View, at: Instant) -> bool:
    """The contact comes under the policy of ``family``: running cycles keep start and pauses; answer whether any of them changed (P14).

    A breach that went before stays under its old rule. A clock that is promised no more is cancelled, or, breached before, ends. A
    clock that is new begins with the next event that starts it: nobody promised it when the contact was opened.
    """
    changed = False
    for run in view.runs:
        if run.state != RUNNING:
            continue
        plan = family.clocks.get(run.clock)
        changed |= _withdraw(desk, family.of(run), view, run, at) if plan is None else take_over(desk, plan, view, run, at)
    return changed


def take_over(desk: Desk, plan: ClockPlan, view: View, run: Run, at: Instant) -> bool:
    """Match a running cycle that may have been under another policy version; numbers of rules mean nothing across versions."""
    if run.policy != plan.number and run.rule >= 0 and not run.breach_at:
        run.rule = _OF_ANOTHER_VERSION
    return match_again(desk, plan, view, run, at)


def _withdraw(desk: Desk, before: ClockPlan | None, view: View, run: Run, at: Instant) -> bool:
    if run.breach_at:
        run.state, run.ended_at, run.next_at = CANCELLED, at, 0
        return True
    if run.rule < 0 or before is None:
        return False
    _promise_no_more(desk, before, view, run, at)
    return True


def _promise_no_more(desk: Desk, plan: ClockPlan, view: View, run: Run, at: Instant) -> None:
    run.rule, run.next_at, run.reason = -1, 0, NO_LONGER_PROMISED
    run.place, run.breach_booked_at = desk.place_of(view), at
    desk.count(run.place, at, plan.cancelled)


def match_again(desk: Desk, plan: ClockPlan, view: View, run: Run, at: Instant) -> bool:
    """Put one running cycle under the rule that matches now; answer whether that is another one."""
    rule = plan.match(view.attributes)
    if run.breach_at or rule == run.rule:
        return False
    if rule < 0:
        _promise_no_more(desk, plan, view, run, at)
        return True
    if run.reason == NO_LONGER_PROMISED:
        desk.count(run.place, run.breach_booked_at, plan.cancelled, -1)
        run.reason = ""
    run.rule, run.last_rule, run.policy = rule, rule, plan.number
    _skip_past_levels(desk, plan, view, run, at)
    schedule(plan, view, run)
    return True


def breach(desk: Desk, plan: ClockPlan, view: View, run: Run, deadline_at: Instant, found_at: Instant) -> None:
    """The cycle missed its deadline: kept for good under the rule of now, booked at the deadline or at the change (§5.10)."""
    run.breach_at = deadline_at
    run.breach_booked_at = found_at
    run.breach_reason = DEADLINE_PASSED if found_at == deadline_at else TARGET_CHANGED
    run.place = desk.place_of(view)
    desk.count(run.place, found_at, plan.breached)


def _skip_past_levels(desk: Desk, plan: ClockPlan, view: View, run: Run, at: Instant) -> None:
    rule = plan.rules[run.rule]
    pauses = pauses_of(plan, view, run, rule.calendar)
    run.next_level = 0
    for level in plan.levels:
        passes_at = due_at(rule, run, level, pauses)
        if not passes_at or passes_at >= at:
            return
        run.next_level += 1
        if level == BREACH:
            breach(desk, plan, view, run, passes_at, at)
