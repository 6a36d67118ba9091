"""Why a verdict is what it is: the data to recompute a deadline by hand, and one or two plain sentences (P22).

Built only when a verdict is published.
"""

from collections.abc import Iterator
from itertools import islice
from typing import Final

from monitor.contacts.contact import RUNNING, STOPPED, Run, View
from monitor.contacts.local_time import again, moment
from monitor.contacts.outcome import Outcome, counted_until
from monitor.contacts.plan import ClockPlan
from monitor.contacts.records import instant_text
from monitor.contacts.rematch import NO_LONGER_PROMISED, TARGET_CHANGED
from monitor.policy.model import Rule
from schemas.alerts import Explanation, OpenInterval, PauseInterval
from schemas.instants import SECOND, Instant

SHOWN: Final = 8
"""Open intervals that are listed; the rest is a number."""

_COUNTED_AT_MOST: Final = 2_000


def explain(plan: ClockPlan, view: View, run: Run, outcome: Outcome, t: Instant) -> Explanation:
    """Explain one cycle as of T."""
    rule = outcome.rule
    until = max(outcome.deadline_at, run.started_at) if outcome.deadline_at else max(counted_until(run, t), run.started_at)
    intervals = rule.calendar.open_intervals(run.started_at, until)
    if outcome.pauses:
        intervals = _without(intervals, sorted((a, until if b is None else b) for a, b in outcome.pauses))
    shown = tuple([OpenInterval(instant_text(a), instant_text(b)) for a, b in islice(intervals, SHOWN)])
    more = sum(1 for _ in islice(intervals, _COUNTED_AT_MOST)) if len(shown) == SHOWN else 0
    return Explanation(
        text=sentence(rule, run, outcome, t),
        rule=plan.rule_texts[run.last_rule],
        calendar=rule.calendar.name,
        events=(run.cycle, *run.events),
        counted=shown,
        counted_more=more,
        pauses=_pauses(plan, view, run) if view.pauses or run.closed else (),
    )


def sentence(rule: Rule, run: Run, outcome: Outcome, t: Instant) -> str:
    """Say in words when it was due and what came of it: ``Due Friday 17:00 (closing), done 17:05.``"""
    zone, done_at = rule.calendar.time_zone, run.ended_at
    due = _due(rule, zone, outcome.deadline_at, done_at or t)
    if outcome.verdict == "met":
        return f"{due}, done {again(zone, done_at, outcome.deadline_at)}: in time."
    if outcome.verdict == "breached":
        return _breached(zone, run, outcome, due)
    later = due[0].lower() + due[1:]
    if outcome.verdict == "cancelled":
        if outcome.reason == NO_LONGER_PROMISED:
            return "No promise covers the contact as it is now; the clock ends without a verdict on time."
        return f"Cancelled ({outcome.reason.replace('_', ' ')}) {moment(zone, done_at or t, t)}; {later}."
    return f"{'Opened again' if run.closed else 'Running again'}; {later}."


def _breached(zone: str, run: Run, outcome: Outcome, due: str) -> str:
    changed = " The target changed and was already past: breached at the change." if outcome.reason == TARGET_CHANGED else ""
    if run.state == RUNNING:
        return f"{due}, not done.{changed}"
    word = "done" if run.state == STOPPED else "cancelled"
    late = f", {_duration(run.ended_at - outcome.deadline_at)} late" if run.state == STOPPED else ""
    return f"{due}, {word} {again(zone, run.ended_at, outcome.deadline_at)}{late}.{changed}"


def _due(rule: Rule, zone: str, deadline_at: Instant, near: Instant) -> str:
    if not deadline_at:
        return "Not due while paused"
    closing = "" if rule.calendar.is_open(deadline_at) else " (closing)"
    return f"Due {moment(zone, deadline_at, near)}{closing}"


def _duration(us: int) -> str:
    seconds, rest = divmod(us, SECOND)
    if seconds < 120:
        return f"{seconds + rest / SECOND:g} s"
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    parts = ((hours, "h"), (minutes, "min"), (seconds, "s"))
    return " ".join(f"{value} {unit}" for value, unit in parts if value)


def _without(intervals: Iterator[tuple[Instant, Instant]], holes: list[tuple[Instant, Instant]]) -> Iterator[tuple[Instant, Instant]]:
    """Open stretches with the pauses, in order of time, taken out."""
    for start, end in intervals:
        at = start
        for hole_from, hole_to in holes:
            if hole_to <= at or hole_from >= end:
                continue
            if hole_from > at:
                yield at, hole_from
            at = hole_to
        if at < end:
            yield at, end


def _pauses(plan: ClockPlan, view: View, run: Run) -> tuple[PauseInterval, ...]:
    spans = [
        PauseInterval(instant_text(p.from_at), instant_text(p.to_at) if p.to_at else None, p.reason, p.reason in plan.pause_reasons)
        for p in view.pauses
        if (not p.to_at or p.to_at > run.started_at) and (not run.ended_at or p.from_at < run.ended_at)
    ]
    spans.extend(PauseInterval(instant_text(a), instant_text(b), "closed") for a, b in run.closed)
    return tuple(spans)
