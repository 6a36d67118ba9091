"""The pauses of a cycle as an explanation lists them: each with whether it counts for this clock and why not (P9-P11)."""

from collections.abc import Iterable, Sequence

from monitor.calendar.model import Calendar, Pause
from monitor.contacts.cycles.outcome import Outcome
from monitor.contacts.kept.contact import PauseSpan, Run, View
from monitor.contacts.plan import ClockPlan
from monitor.contacts.saying.records import instant_text
from schemas.alerts import PauseInterval, PauseNote
from schemas.instants import Instant

CLOSED = "closed"
UNLISTED = "unlisted"
"""What is shown of a reason that no clock lists: as free text it may be personal (R80)."""


def pause_list(plan: ClockPlan, view: View, run: Run, outcome: Outcome) -> tuple[PauseInterval, ...]:
    """Every pause that touches the cycle, then the stretches in which the contact was closed (P13)."""
    counted = iter(outcome.pauses[len(run.closed) :])
    listed: list[PauseInterval] = []
    for pause in view.pauses:
        if (pause.to_at and pause.to_at <= run.started_at) or (run.ended_at and pause.from_at >= run.ended_at):
            continue
        span = next(counted, None) if pause.reason in plan.pause_reasons else None
        shown = pause.reason if pause.reason in plan.known_reasons else UNLISTED
        listed.append(_interval(pause, shown, span, _note(pause, span, run, outcome)))
    listed.extend(_closed(span, run, outcome) for span in run.closed)
    return tuple(listed)


def without(intervals: Iterable[tuple[Instant, Instant]], holes: Sequence[Pause], until: Instant) -> list[tuple[Instant, Instant]]:
    """Stretches with other stretches taken out; open ends lie at ``until``."""
    cut = sorted((a, until if b is None else b) for a, b in holes)
    left: list[tuple[Instant, Instant]] = []
    for at, end in intervals:
        for hole_from, hole_to in cut:
            if hole_to <= at or hole_from >= end:
                continue
            if hole_from > at:
                left.append((at, hole_from))
            at = hole_to
        if at < end:
            left.append((at, end))
    return left


def _note(pause: PauseSpan, span: Pause | None, run: Run, outcome: Outcome) -> PauseNote:
    """Why the pause takes nothing, or not all of it, off the clock."""
    rule = outcome.rule
    if span is None:
        return "not_listed"
    if rule.target is not None and rule.target.kind == "due_at":
        return "fixed_instant"
    if outcome.deadline_at and span[0] >= outcome.deadline_at:
        return "after_breach"
    if not _takes(rule.calendar, span):
        return "cap_used_up" if span[1] == span[0] else "outside_open_time"
    ends_at = pause.to_at or run.ended_at
    return "cap_used_up" if span[1] is not None and (not ends_at or span[1] < min(ends_at, run.ended_at or ends_at)) else ""


def _takes(calendar: Calendar, span: Pause) -> bool:
    """Whether any open time lies in the pause; one that still lasts may yet take some."""
    from_at, to_at = span
    return to_at is None or calendar.counted(from_at, to_at) > 0


def _interval(pause: PauseSpan, reason: str, span: Pause | None, note: PauseNote) -> PauseInterval:
    to_at = instant_text(pause.to_at) if pause.to_at else None
    if note == "cap_used_up" and span is not None and span[1] is not None and span[1] > span[0]:
        return PauseInterval(instant_text(pause.from_at), to_at, reason, True, note, instant_text(span[1]))
    return PauseInterval(instant_text(pause.from_at), to_at, reason, not note, note)


def _closed(span: tuple[Instant, Instant], run: Run, outcome: Outcome) -> PauseInterval:
    named = outcome.rule.target is not None and outcome.rule.target.kind == "due_at"
    late = bool(outcome.deadline_at) and span[0] >= outcome.deadline_at
    note: PauseNote = "fixed_instant" if named else "after_breach" if late else "" if _takes(outcome.rule.calendar, span) else "outside_open_time"
    return PauseInterval(instant_text(span[0]), instant_text(span[1]), CLOSED, not note, note)
