"""The attributes of a contact changed: match the rules of its running cycles again, same start, same pauses (P14).

Breached before the change stays breached under the old rule. A new deadline that is already past is breached at the change
with reason ``target_changed``; levels already past count as sent. No rule: cancelled ``no_longer_promised``, and taken up
again if one matches later. A cycle that never had a rule begins its promise retroactively, from its start. Periods were judged
at the start and are not judged again; a department's cycle is matched as that department's, whoever holds the contact now (P15).
"""

from typing import Final

from monitor.calendar.model import Pause
from monitor.contacts.counting import Desk
from monitor.contacts.cycles.cycle_bookings import book_breach, book_relaxed, book_unpromised, place_of
from monitor.contacts.cycles.deadline import due_at, pauses_of, schedule
from monitor.contacts.kept.contact import CANCELLED, RUNNING, Run, View
from monitor.contacts.plan import ClockPlan, FamilyPlan
from schemas.instants import Instant

BREACH: Final = 100
NO_LONGER_PROMISED: Final = "no_longer_promised"
TARGET_CHANGED: Final = "target_changed"
DEADLINE_PASSED: Final = "deadline_passed"
_NONE: Final = -1
_OF_ANOTHER_VERSION: Final = -2
LAST_QUARTER: Final = 75


def rule_for(plan: ClockPlan, view: View, run: Run) -> int:
    """The rule that promises something for a cycle as the contact is now; -1 for none. A date that nobody named is no promise."""
    if plan.plain:
        return plan.match(view.attributes, run.started_at)
    rule = _matching(plan, view, run)
    return -1 if not run.promised_at and _asks_for_date(plan, rule) else rule


def is_dated(plan: ClockPlan, view: View, run: Run) -> bool:
    """Whether the rule that matches promises the instant that the starting event names."""
    return plan.dated and _asks_for_date(plan, _matching(plan, view, run))


def match_all_again(desk: Desk, family: FamilyPlan, view: View, event_id: str, at: Instant) -> bool:
    """Match every running cycle again; answer whether any came under another rule."""
    changed = False
    for run in view.runs:
        if run.state != RUNNING:
            continue
        plan = family.find(run.clock)
        if plan is not None and match_again(desk, plan, view, run, at):
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
        plan = family.find(run.clock)
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
    run.place, run.breach_booked_at = place_of(desk, plan, view, run), at
    book_unpromised(desk, plan, run)


def match_again(desk: Desk, plan: ClockPlan, view: View, run: Run, at: Instant) -> bool:
    """Put one running cycle under the rule that matches now; answer whether that is another one."""
    if run.breach_at:
        return False
    rule = rule_for(plan, view, run)
    if rule == run.rule:
        return False
    if rule < 0:
        _promise_no_more(desk, plan, view, run, at)
        return True
    if run.reason == NO_LONGER_PROMISED:
        book_unpromised(desk, plan, run, -1)
        run.reason, run.breach_booked_at = "", 0
    elif run.rule != _NONE and _relaxes(plan, view, run, rule, at):
        book_relaxed(desk, plan, run, place_of(desk, plan, view, run), at)
    run.rule, run.last_rule, run.policy = rule, rule, plan.number
    skip_past_levels(desk, plan, view, run, at)
    schedule(plan, view, run)
    return True


def breach(desk: Desk, plan: ClockPlan, view: View, run: Run, deadline_at: Instant, found_at: Instant) -> None:
    """The cycle missed its deadline: kept for good under the rule of now, booked at the deadline or at the change (§5.10)."""
    run.breach_at = deadline_at
    run.breach_booked_at = found_at
    run.breach_reason = DEADLINE_PASSED if found_at == deadline_at else TARGET_CHANGED
    run.place = place_of(desk, plan, view, run)
    book_breach(desk, plan, run)


def skip_past_levels(desk: Desk, plan: ClockPlan, view: View, run: Run, at: Instant) -> None:
    """Levels that lie before ``at`` count as sent; a deadline that does is missed at ``at``: one notice, not the whole ladder."""
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


def _matching(plan: ClockPlan, view: View, run: Run) -> int:
    return plan.match(plan.attributes_of(view.attributes, run.value), run.started_at)


def _asks_for_date(plan: ClockPlan, rule: int) -> bool:
    target = plan.rules[rule].target if rule >= 0 else None
    return target is not None and target.kind == "due_at"


def _relaxes(plan: ClockPlan, view: View, run: Run, rule: int, at: Instant) -> bool:
    """Whether the new rule moves the deadline later while no more than a quarter of the old target is left (P14).

    The rule so far may be one of another policy version, with pauses of its own.
    """
    before, new = plan.of(run), plan.rules[rule]
    old = before.rules[run.last_rule]
    pauses = _until(at, pauses_of(before, view, run, old.calendar))
    late_from = due_at(old, run, LAST_QUARTER, pauses)
    if not 0 < late_from <= at:
        return False
    deadline_at = due_at(new, run, BREACH, _until(at, pauses_of(plan, view, run, new.calendar)))
    return deadline_at > due_at(old, run, BREACH, pauses)


def _until(at: Instant, pauses: list[Pause]) -> list[Pause]:
    """The pauses as if what still lasts ended now, so that deadlines can be compared."""
    return [(from_at, at if to_at is None else to_at) for from_at, to_at in pauses]
