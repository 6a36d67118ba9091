"""When a cycle falls due: its rule's calendar and target, less the pauses that count for its clock (P6, P9-P11).

Pauses are always derived from the history of the contact, never accumulated (P9). A reason with a cap pauses until the cap
is used up in counted time, per cycle and reason; from that instant on the clock runs. A date that an event named is not
moved by pauses: there, open time counts whether paused or not.
"""

from collections.abc import Sequence

from monitor.calendar.model import Calendar, Pause
from monitor.contacts.kept.contact import PauseSpan, Run, View
from monitor.contacts.plan import ClockPlan
from monitor.policy.model import Rule
from schemas.instants import Instant


def pauses_of(plan: ClockPlan, view: View, run: Run, calendar: Calendar) -> list[Pause]:
    """The pauses that count for this cycle, as half-open spans within it; open ones end with it."""
    spans: list[Pause] = list(run.closed)
    if not plan.pause_reasons or not view.pauses:
        return spans
    left = dict(plan.pause_caps)
    for pause in view.pauses:
        if pause.reason not in plan.pause_reasons:
            continue
        span = _clip(pause, run)
        if span is None:
            continue
        cap_us = left.get(pause.reason)
        spans.append(span if cap_us is None else _capped(span, pause.reason, left, calendar))
    return spans


def _clip(pause: PauseSpan, run: Run) -> Pause | None:
    from_at = max(pause.from_at, run.started_at)
    to_at = pause.to_at or None
    if run.ended_at:
        to_at = run.ended_at if to_at is None else min(to_at, run.ended_at)
    if to_at is not None and to_at <= from_at:
        return None
    return (from_at, to_at)


def _capped(span: Pause, reason: str, left: dict[str, int], calendar: Calendar) -> Pause:
    from_at, to_at = span
    cap_us = left[reason]
    used_up_at = calendar.due(from_at, cap_us) if cap_us else from_at
    if used_up_at is not None and (to_at is None or used_up_at < to_at):
        left[reason] = 0
        return (from_at, used_up_at)
    if to_at is not None:
        left[reason] = cap_us - calendar.counted(from_at, to_at)
    return (from_at, to_at)


def due_at(rule: Rule, run: Run, percent: int, pauses: Sequence[Pause]) -> Instant:
    """When ``percent`` of the target is used; 0 while it cannot be reached (paused, or the calendar never opens again)."""
    target = rule.target
    if target is None:
        return 0
    if target.kind == "counted":
        return rule.calendar.due(run.started_at, target.amount * percent // 100, pauses) or 0
    if target.kind == "due_at":
        return _share_of_date(rule, run, percent)
    end_at = rule.calendar.due_business_days(run.started_at, target.amount, pauses) or 0
    if percent == 100 or not end_at:
        return end_at
    whole_us = rule.calendar.counted(run.started_at, end_at, pauses)
    return rule.calendar.due(run.started_at, whole_us * percent // 100, pauses) or 0


def _share_of_date(rule: Rule, run: Run, percent: int) -> Instant:
    """A share of the open time between the start and the promised instant; without any, the instant itself."""
    if percent == 100 or not run.promised_at:
        return run.promised_at
    whole_us = rule.calendar.counted(run.started_at, run.promised_at)
    if not whole_us:
        return run.promised_at if percent < 100 else 0
    return rule.calendar.due(run.started_at, whole_us * percent // 100) or 0


def holding(rule: Rule, pauses: Sequence[Pause]) -> Sequence[Pause]:
    """The pauses that hold the clock of a rule: a date that was named is held by none."""
    return () if rule.target is not None and rule.target.kind == "due_at" else pauses


def elapsed_us(rule: Rule, run: Run, until: Instant, pauses: Sequence[Pause]) -> int:
    """Counted time from the start to ``until`` (P8)."""
    return rule.calendar.counted(run.started_at, until, holding(rule, pauses))


def target_us(rule: Rule, run: Run, deadline_at: Instant, pauses: Sequence[Pause]) -> int:
    """The target in counted time; for business days and dates what lies between start and deadline."""
    if rule.target is None:
        return 0
    if rule.target.kind == "counted":
        return rule.target.amount
    return elapsed_us(rule, run, deadline_at, pauses) if deadline_at else 0


def schedule(plan: ClockPlan, view: View, run: Run) -> None:
    """Set the next timer of a running cycle from its current rule and pauses."""
    run.next_at = 0
    if run.rule < 0 or run.next_level >= len(plan.levels):
        return
    rule = plan.rules[run.rule]
    run.next_at = due_at(rule, run, plan.levels[run.next_level], pauses_of(plan, view, run, rule.calendar))
