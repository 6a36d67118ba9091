"""What breaches next: the open cycles of one contact whose deadline lies within a span of T (P22)."""

from collections.abc import Iterator, Sequence

import msgspec

from monitor.calendar.model import Pause
from monitor.contacts.contact import RUNNING, Contact, Run
from monitor.contacts.deadline import due_at, holding, pauses_of, target_us
from monitor.contacts.plan import ClockPlan, FamilyPlan
from monitor.contacts.promised import clock_titles
from monitor.contacts.records import instant_text
from monitor.contacts.rematch import BREACH
from schemas.due import DueClock
from schemas.events import Family
from schemas.instants import Instant, seconds_of


class DueQuery(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked for; None asks for any."""

    within_us: int
    family: Family | None = None
    clock: str | None = None
    queue: str | None = None
    dept: str | None = None
    tier: str | None = None


def due_clocks(family: FamilyPlan, contact: Contact, query: DueQuery, t: Instant) -> Iterator[DueClock]:
    """The cycles of a contact that are due in (T, T + within] and fit the query."""
    attributes = contact.view.attributes
    asked = ((query.queue, "queue"), (query.dept, "dept"), (query.tier, "vip_tier"))
    if contact.unjudged or any(value is not None and attributes.get(name) != value for value, name in asked):
        return
    for run in contact.view.runs:
        plan = family.of(run)
        if plan is None or run.state != RUNNING or run.rule < 0 or run.breach_at or not run.next_at:
            continue
        if query.clock is not None and query.clock not in (run.clock, run.clock.partition(":")[0]):
            continue
        due = _due(plan, contact, run, query.within_us, t)
        if due is not None:
            yield due


def _due(plan: ClockPlan, contact: Contact, run: Run, within_us: int, t: Instant) -> DueClock | None:
    rule, view = plan.rules[run.rule], contact.view
    pauses = holding(rule, pauses_of(plan, view, run, rule.calendar))
    deadline_at = due_at(rule, run, BREACH, pauses)
    if not t < deadline_at <= t + within_us:
        return None
    since, reason = _paused(plan, contact, pauses, t)
    attributes = {name: None if (value := view.attributes.get(name)) is None else str(value) for name in _HOLDERS}
    return DueClock(
        contact=contact.id,
        family=contact.family,
        clock=run.clock,
        titles=clock_titles(plan.clock),
        cycle=run.cycle,
        rule=rule.path,
        severity=rule.severity,
        started_at=instant_text(run.started_at),
        deadline=instant_text(deadline_at),
        time_zone=rule.calendar.time_zone,
        target_seconds=seconds_of(target_us(rule, run, deadline_at, pauses)),
        remaining_seconds=seconds_of(deadline_at - t),
        remaining_counted_seconds=seconds_of(rule.calendar.counted(max(t, run.started_at), deadline_at, pauses)),
        paused_since=instant_text(since) if since else None,
        paused_reason=reason or None,
        **attributes,
    )


_HOLDERS = ("queue", "dept", "node", "vip_tier", "priority")


def _paused(plan: ClockPlan, contact: Contact, pauses: Sequence[Pause], t: Instant) -> tuple[Instant, str]:
    """Since when and why the clock is paused at T; (0, "") if it is not."""
    now = [from_at for from_at, to_at in pauses if from_at <= t and (to_at is None or t < to_at)]
    reasons = [pause.reason for pause in contact.view.pauses if pause.reason in plan.pause_reasons and (not pause.to_at or pause.to_at > t)]
    return (min(now), reasons[0] if reasons else "") if now else (0, "")
