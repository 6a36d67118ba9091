"""Promises that their opening hours make doubtful: targets that end in a year or never, and hours in which nobody is there."""

from collections.abc import Iterator, Mapping
from typing import Final

from monitor.calendar.model import Calendar
from monitor.policy.durations import target_text
from monitor.policy.findings import Path, Remarks
from monitor.policy.model import Clock, Objective, QueuePolicy, Rule
from schemas.instants import DAY, EARLIEST, SECOND, Instant

_YEAR: Final = 366 * DAY
_SAMPLE: Final = 28 * DAY
_DEFAULT: Final = "default"
# More than one contact a second is what no queue of the largest operators takes: 20 in a window of 10 s never happen.
_MOST_PER_SECOND: Final = 1.0


def check_targets(clock: Clock, places: Mapping[str, Path], queues: QueuePolicy, from_at: Instant | None, remarks: Remarks) -> None:
    """Warn of targets that nobody's calendar can meet, seen from the day on which the policy begins."""
    for rule in clock.rules:
        path = places[rule.path]
        problem = _problem(rule, from_at)
        if problem:
            remarks.warning((*path, "target"), problem)
        for name, hours in _queue_hours(clock, rule, queues):
            if rule.target is not None and _open_beyond(rule.calendar, hours):
                remarks.warning(
                    path,
                    f"counts in `{rule.calendar.name}`, but queue `{name}` is open in `{hours.name}` only: the target can end while nobody is there",
                )


def check_volumes(objectives: tuple[Objective, ...], queues: QueuePolicy, remarks: Remarks) -> None:
    """Warn of objectives with a minimum volume that their queues cannot reach: too short a window, or judged while the queue is closed."""
    for objective in objectives:
        if objective.scope != "queue" or not objective.minimum_volume:
            continue
        path: Path = ("objectives", objective.name)
        seconds = objective.window_us / SECOND
        if objective.minimum_volume > _MOST_PER_SECOND * seconds:
            remarks.warning(
                (*path, "minimum_volume"),
                f"{objective.minimum_volume} contacts in {seconds:g} s are more than any queue takes, so this is never judged; "
                "expected a longer window or a smaller volume",
            )
        for name in sorted(objective.only or {_DEFAULT}):
            hours = queues.named.get(name, queues.default).calendar
            if hours is not None and not _judged_while_open(objective, hours):
                remarks.warning(path, f"queue `{name}` is closed (`{hours.name}`) whenever this is judged, so its minimum volume is never reached")


def _problem(rule: Rule, from_at: Instant | None) -> str:
    if rule.target is None or rule.target.kind == "due_at":
        return ""
    calendar = rule.calendar
    start_at = calendar.due(EARLIEST if from_at is None else from_at, 1)
    if start_at is None:
        return f"`{calendar.name}` has no open time after effective_from: nothing in it is ever due; give it weekly hours or later open dates"
    amount = rule.target.amount
    due_at = calendar.due(start_at, amount) if rule.target.kind == "counted" else calendar.due_business_days(start_at, amount)
    text = target_text(rule.target)
    if due_at is None:
        return f"{text} is more open time than `{calendar.name}` has: never due; give it weekly hours or more open dates"
    if due_at - start_at > _YEAR:
        return f"{text} in `{calendar.name}` take {(due_at - start_at) / _YEAR:.1f} years: is another calendar or unit meant?"
    return ""


def _queue_hours(clock: Clock, rule: Rule, queues: QueuePolicy) -> Iterator[tuple[str, Calendar]]:
    """The opening hours of the queues that a rule names; of all others where it names none and no work order is promised anything."""
    tests = [test for test in rule.when if test.field == "queue"]
    names = sorted(str(value) for test in tests for value in test.values or ())
    if not tests and "workorder" not in clock.families:
        names = [_DEFAULT]
    for name in names:
        hours = queues.named.get(name, queues.default).calendar
        if hours is not None:
            yield name, hours


def _open_beyond(calendar: Calendar, hours: Calendar) -> bool:
    """Whether the calendar is open in some ordinary four weeks while ``hours`` are not."""
    return any(hours.counted(opens_at, closes_at) < closes_at - opens_at for opens_at, closes_at in _sample(calendar))


def _judged_while_open(objective: Objective, hours: Calendar) -> bool:
    """Whether any window that is judged holds time in which the queue is open."""
    judged = [objective.calendar] if objective.calendar is not None else []
    periods = [period.calendar for period in objective.during]
    if periods and None not in periods:
        judged += [calendar for calendar in periods if calendar is not None]
    return not judged or any(
        hours.counted(opens_at - objective.window_us, closes_at) > 0 for calendar in judged for opens_at, closes_at in _sample(calendar)
    )


def _sample(calendar: Calendar) -> Iterator[tuple[Instant, Instant]]:
    first_at = calendar.due(EARLIEST, 1)
    if first_at is not None:
        yield from calendar.open_intervals(first_at, first_at + _SAMPLE)
