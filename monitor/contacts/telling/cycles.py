"""One cycle explained in full: every warning instant, the business days, what each link used, the time that is left."""

from collections.abc import Iterable
from typing import Final

from msgspec.structs import replace

from monitor.contacts.cycles.deadline import due_at, elapsed_us
from monitor.contacts.cycles.outcome import Outcome, counted_until, outcome
from monitor.contacts.flows.plan import MARK
from monitor.contacts.kept.contact import Contact, Published, Run, View
from monitor.contacts.plan import ClockPlan, FamilyPlan
from monitor.contacts.saying.explain import counted_intervals, explain
from monitor.contacts.saying.promised import by_language, clock_titles
from monitor.contacts.saying.records import instant_text
from monitor.contacts.telling.timeline import Timeline
from monitor.policy.model import Language
from monitor.turns import Turns
from schemas.alerts import Explanation, LevelInstant, LinkShare
from schemas.explanations import CycleExplanation
from schemas.instants import Instant, seconds_of

Link = tuple[Run, ClockPlan]

SHOWN: Final = 60
"""Open intervals and business days that a full explanation lists."""

_BREACH: Final = 100


def cycles_of(family: FamilyPlan, timeline: Timeline, contact: Contact, t: Instant, language: Language) -> Turns[tuple[CycleExplanation, ...]]:
    """Every cycle in order of its start, then those that were told and are no more; a cycle a turn."""
    told = {(entry.clock, entry.cycle): entry for entry in contact.ledger if not entry.clock.startswith(MARK)}
    made: list[CycleExplanation] = []
    links = _links_of(family, timeline.view.runs)
    for run in timeline.view.runs:
        plan, entry = family.of(run), told.pop((run.clock, run.cycle), None)
        if plan is None:
            continue
        cycle = _begun(plan, timeline, run, entry)
        if run.last_rule >= 0:
            judged = outcome(plan, timeline.view, run)
            explanation = full(plan, timeline.view, run, judged, t, language)
            explanation = replace(explanation, links=_shares(links.get(run.clock, ()), timeline.view, run, judged, t))
            cycle = _judged(cycle, run, judged, t, explanation)
            titles = by_language(plan.policy.calendar_titles.get(judged.rule.calendar.name, {}), "")
            cycle = replace(cycle, ended_by=timeline.types.get(explanation.ended_by, ""), calendar_titles=titles)
        made.append(cycle)
        yield
    return (*sorted(made, key=lambda each: (each.started_at, each.clock)), *(_gone(family, entry) for entry in told.values()))


def full(plan: ClockPlan, view: View, run: Run, judged: Outcome, t: Instant, language: Language) -> Explanation:
    """The explanation of a verdict with all that it leaves out."""
    until = max(judged.deadline_at or counted_until(run, t), run.started_at)
    counted, more = counted_intervals(run, judged, until, SHOWN)
    levels = ((level, due_at(judged.rule, run, level, judged.pauses)) for level in plan.levels if level != _BREACH)
    return replace(
        explain(plan, view, run, judged, t, language),
        counted=counted,
        counted_more=more,
        started_at=instant_text(run.started_at),
        deadline=instant_text(judged.deadline_at) if judged.deadline_at else None,
        warnings=tuple(LevelInstant(level, instant_text(at) if at else None) for level, at in levels),
        days=_days(run, judged),
        ended_at=instant_text(judged.decided_at) if judged.decided_at else None,
        verdict=judged.verdict,
        reason=judged.reason,
    )


def _begun(plan: ClockPlan, timeline: Timeline, run: Run, entry: Published | None) -> CycleExplanation:
    """A cycle of which nothing is promised yet."""
    return CycleExplanation(
        clock=run.clock,
        titles=clock_titles(plan.clock),
        cycle=run.cycle,
        started_by=timeline.types.get(run.cycle, ""),
        started_at=instant_text(run.started_at),
        verdict="unpromised",
        reason="no_rule_matched",
        matchings=tuple(timeline.matchings.get((run.clock, run.cycle), ())),
        version=entry.version if entry is not None else 0,
        detected_late=entry is not None and entry.detected_late,
        alert=entry.alert_state if entry is not None else "",
    )


def _judged(cycle: CycleExplanation, run: Run, judged: Outcome, t: Instant, explanation: Explanation) -> CycleExplanation:
    until = counted_until(run, t)
    elapsed = elapsed_us(judged.rule, run, until, judged.pauses)
    return replace(
        cycle,
        verdict=judged.verdict,
        reason=judged.reason,
        severity=judged.rule.severity,
        target_seconds=seconds_of(judged.target_us),
        elapsed_seconds=seconds_of(elapsed),
        remaining_seconds=seconds_of(max(judged.target_us - elapsed, 0)) if judged.verdict == "open" else None,
        late_seconds=seconds_of(run.ended_at - run.breach_at) if run.breach_at and run.ended_at else None,
        paused_seconds=seconds_of(judged.rule.calendar.counted(run.started_at, until) - elapsed),
        explanation=explanation,
    )


def _gone(family: FamilyPlan, entry: Published) -> CycleExplanation:
    """A cycle that was told and that the events no longer show."""
    plan = family.find(entry.clock)
    return CycleExplanation(
        clock=entry.clock,
        titles=clock_titles(plan.clock) if plan is not None else {},
        cycle=entry.cycle,
        started_at=instant_text(entry.started_at),
        verdict="retracted",
        reason="no_such_cycle",
        version=entry.version,
        alert=entry.alert_state,
    )


def _days(run: Run, judged: Outcome) -> tuple[str, ...]:
    """The closes of the business days up to the target, the deadline last (P6)."""
    target = judged.rule.target
    if target is None or target.kind != "business_days":
        return ()
    calendar = judged.rule.calendar
    ends = (calendar.due_business_days(run.started_at, n, judged.pauses) for n in range(1, min(target.amount, SHOWN) + 1))
    return tuple(instant_text(at) for at in ends if at is not None)


def _shares(links: Iterable[Link], view: View, run: Run, judged: Outcome, t: Instant) -> tuple[LinkShare, ...]:
    """What the links of an end-to-end clock used of its target while the cycle ran, by clock (R13)."""
    used: dict[str, int] = {}
    titles: dict[str, dict[str, str]] = {}
    for link, plan in links:
        if link.started_at < run.started_at or (run.ended_at and link.started_at >= run.ended_at):
            continue
        titles[link.clock] = clock_titles(plan.clock)
        rule = plan.rules[link.last_rule]
        spent = elapsed_us(rule, link, counted_until(link, t), outcome(plan, view, link).pauses)
        used[link.clock] = used.get(link.clock, 0) + spent
    whole = judged.target_us or 1
    return tuple(LinkShare(clock, seconds_of(spent), round(spent / whole, 4), titles[clock]) for clock, spent in sorted(used.items()))


def _links_of(family: FamilyPlan, runs: Iterable[Run]) -> dict[str, list[Link]]:
    """The promised cycles that are links of another clock, by that clock."""
    found: dict[str, list[Link]] = {}
    for run in runs:
        plan = family.of(run) if run.last_rule >= 0 else None
        if plan is not None and plan.clock.whole:
            found.setdefault(plan.clock.whole, []).append((run, plan))
    return found
