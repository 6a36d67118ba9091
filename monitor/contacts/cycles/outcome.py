"""What a cycle has come to, as far as the view knows: the verdict and its named reason."""

import msgspec

from monitor.calendar.model import Pause
from monitor.contacts.cycles.deadline import due_at, elapsed_us, pauses_of, target_us
from monitor.contacts.cycles.endings import CLOCK_SKEW
from monitor.contacts.cycles.rematch import BREACH, DEADLINE_PASSED, NO_LONGER_PROMISED
from monitor.contacts.kept.contact import CANCELLED, RUNNING, STOPPED, Run, View
from monitor.contacts.plan import ClockPlan
from monitor.policy.model import Rule
from schemas.alerts import VerdictState
from schemas.instants import Instant


class Outcome(msgspec.Struct, frozen=True, gc=False):
    """One cycle judged by ``rule`` with ``pauses``: verdict, reason, and the numbers that make a new version when they change.

    ``decided_at`` is when the cycle ended or lost its promise, ``elapsed_us`` the counted time up to then; both 0 while it runs.
    """

    verdict: VerdictState
    reason: str
    deadline_at: Instant
    target_us: int
    decided_at: Instant
    elapsed_us: int
    rule: Rule
    pauses: list[Pause]


def outcome(plan: ClockPlan, view: View, run: Run) -> Outcome:
    """Judge a cycle under which something is or was promised (``last_rule``)."""
    verdict, reason = _verdict(run)
    deadline_at = run.breach_at or run.deadline_at
    rule = plan.rules[run.last_rule]
    pauses = pauses_of(plan, view, run, rule.calendar)
    if not deadline_at and reason != NO_LONGER_PROMISED:
        deadline_at = due_at(rule, run, BREACH, pauses)
    decided_at = counted_until(run, 0)
    elapsed = elapsed_us(rule, run, decided_at, pauses) if decided_at else 0
    return Outcome(verdict, reason, deadline_at, target_us(rule, run, deadline_at, pauses), decided_at, elapsed, rule, pauses)


def counted_until(run: Run, t: Instant) -> Instant:
    """Up to when a cycle counts: its end, the change that took its promise away, or T."""
    if run.reason == NO_LONGER_PROMISED:
        return run.breach_booked_at
    return run.ended_at or t


def _verdict(run: Run) -> tuple[VerdictState, str]:
    if run.breach_at:
        if run.state == STOPPED and run.breach_reason == DEADLINE_PASSED:
            return "breached", "stopped_late"
        return "breached", run.breach_reason
    if run.reason == NO_LONGER_PROMISED:
        return "cancelled", NO_LONGER_PROMISED
    if run.state == CANCELLED:
        return "cancelled", run.reason
    if run.state == RUNNING:
        return "open", "reopened" if run.closed else "running"
    return "met", CLOCK_SKEW if run.reason == CLOCK_SKEW else "stopped_in_time"
