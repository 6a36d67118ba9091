"""Why a verdict is what it is: the data to recompute a deadline by hand, and one or two plain sentences (P22).

Built only when a verdict is published, so it holds what the verdict needs; ``monitor.contacts.telling`` adds on demand what
else a person may ask: all warning instants, why other rules did not match.
"""

from collections.abc import Iterable
from itertools import islice
from typing import Final

from monitor.contacts.cycles.deadline import holding
from monitor.contacts.cycles.endings import HANDED_OVER, LEFT
from monitor.contacts.cycles.outcome import Outcome, counted_until
from monitor.contacts.cycles.rematch import NO_LONGER_PROMISED
from monitor.contacts.kept.contact import RUNNING, STOPPED, Run, View
from monitor.contacts.plan import ClockPlan
from monitor.contacts.saying.pauses import pause_list, without
from monitor.contacts.saying.records import instant_text
from monitor.policy.model import Language
from monitor.wording.verdicts import Facts, verdict_text
from schemas.alerts import DeadlineKind, Ending, Explanation, LevelInstant, OpenInterval
from schemas.instants import Instant

SHOWN: Final = 8
"""Open intervals that a verdict lists; the rest is a number."""

_COUNTED_AT_MOST: Final = 2_000


def explain(plan: ClockPlan, view: View, run: Run, outcome: Outcome, t: Instant, language: Language) -> Explanation:
    """Explain one cycle as of T."""
    rule, deadline_at, decided_at = outcome.rule, outcome.deadline_at, outcome.decided_at
    until = max(deadline_at or counted_until(run, t), run.started_at)
    counted, more = counted_intervals(run, outcome, until)
    kind, ended = _kind(outcome), _ending(run)
    near_at, place = decided_at or t, run.handed_to if ended == HANDED_OVER else run.value
    facts = Facts(outcome.verdict, outcome.reason, rule.calendar.time_zone, deadline_at, kind, ended, decided_at, near_at, place)
    return Explanation(
        text=verdict_text(facts, language),
        rule=plan.rule_texts[run.last_rule],
        calendar=rule.calendar.name,
        events=(run.cycle, *run.events),
        counted=counted,
        counted_more=more,
        pauses=pause_list(plan, view, run, outcome) if view.pauses or run.closed else (),
        promise=plan.promised[run.last_rule],
        deadline_is=kind,
        warnings=tuple([LevelInstant(percent, instant_text(at)) for percent, at in run.passed]) if run.passed else (),
        ended=ended,
        ended_by=_ended_by(run) if ended else "",
        handed_to=run.handed_to if ended == HANDED_OVER else "",
    )


def counted_intervals(run: Run, outcome: Outcome, until: Instant, shown: int = SHOWN) -> tuple[tuple[OpenInterval, ...], int]:
    """The open stretches from the start to ``until`` without the pauses: the first ones, and how many more there are."""
    found: Iterable[tuple[Instant, Instant]] = outcome.rule.calendar.open_intervals(run.started_at, until)
    pauses = holding(outcome.rule, outcome.pauses)
    if pauses:
        found = without(islice(found, _COUNTED_AT_MOST), pauses, until)
    listed: list[OpenInterval] = []
    more = 0
    for from_at, to_at in found:
        if len(listed) < shown:
            listed.append(OpenInterval(instant_text(from_at), instant_text(to_at)))
        elif more < _COUNTED_AT_MOST:
            more += 1
        else:
            break
    return tuple(listed), more


def _kind(outcome: Outcome) -> DeadlineKind:
    if not outcome.deadline_at:
        return "never"
    target = outcome.rule.target
    if target is not None and target.kind == "due_at":
        return "named"
    return "open" if outcome.rule.calendar.is_open(outcome.deadline_at) else "closing"


def _ended_by(run: Run) -> str:
    """The event that ended the cycle; a promise that was lost before the clock stopped was ended by the event before."""
    place = -2 if run.reason == NO_LONGER_PROMISED and run.state != RUNNING else -1
    return run.events[place] if len(run.events) >= -place else ""


def _ending(run: Run) -> Ending:
    if run.reason == NO_LONGER_PROMISED:
        return "no_longer_promised"
    if run.state != STOPPED:
        return "" if run.state == RUNNING else "cancelled"
    if run.reason == HANDED_OVER and run.handed_to:
        return "handed_over"
    return "left" if run.reason == LEFT else "stopped"
