"""The rules of a clock compiled: which contacts and times each is for, what it promises, in which calendar (P12, P23)."""

from collections.abc import Mapping
from typing import Final

import msgspec

from monitor.calendar.model import Calendar
from monitor.policy.attributes import WORK_ORDER_FIELDS, Fields, compile_tests, event_fields, rule_fields
from monitor.policy.calendars import find_calendar
from monitor.policy.campaigns import PlacedRule, rules_of
from monitor.policy.decoding import closest
from monitor.policy.durations import business_days, duration_us
from monitor.policy.findings import Path, Remarks, path_text
from monitor.policy.model import Period, QueuePolicy, Rule, Target, Trigger
from monitor.policy.moments import MOMENTS
from monitor.policy.periods import both, find_periods
from monitor.policy.source import ClockSource, PolicySource
from schemas.events import Family
from schemas.instants import DAY

TICK_US: Final = 250_000
_MOST_BUSINESS_DAYS: Final = 1000
_LONGEST_US: Final = 3660 * DAY


class Names(msgspec.Struct, frozen=True):
    """What the names in a policy stand for."""

    calendars: Mapping[str, Calendar]
    periods: Mapping[str, Period]
    queues: QueuePolicy = QueuePolicy()


def compile_rules(
    source: PolicySource, clock: str, families: frozenset[Family], start: tuple[Trigger, ...], names: Names, remarks: Remarks
) -> tuple[tuple[Rule, ...], dict[str, Path]]:
    """The rules of a clock in the order in which they are tried, and where the rule of each path stands; mistakes go to ``remarks``."""
    fields = {field: kind for field, kind in rule_fields().items() if field not in WORK_ORDER_FIELDS or "workorder" in families}
    placed = list(rules_of(source, clock, names.periods))
    for rule in placed:
        _check_asked(rule, remarks)
        _check_queues(rule, list(names.queues.named), remarks)
    rules = [_compile(rule, source.clocks[clock], fields, names, remarks) for rule in placed]
    for rule in placed:
        if rule.source.target == "due_at":
            _check_due_at(start, (*rule.path, "target"), remarks)
    return tuple(rules), {rule.path: place.path for rule, place in zip(rules, placed, strict=True)}


def _compile(placed: PlacedRule, clock: ClockSource, fields: Fields, names: Names, remarks: Remarks) -> Rule:
    source, here = placed.source, placed.path
    calendar_path: Path = (*here, "calendar") if source.calendar else ("clocks", _clock_of(here), "calendar")
    return Rule(
        path=path_text(here),
        when=compile_tests(source.when, fields, (*here, "when"), remarks),
        target=_target(source.target, (*here, "target"), remarks),
        calendar=find_calendar(names.calendars, source.calendar or clock.calendar, calendar_path, remarks),
        severity=source.severity or clock.severity,
        source=source.source or "",
        during=_during(placed, names.periods, remarks),
        outside=find_periods(names.periods, source.outside, (*here, "outside"), remarks),
    )


def _check_asked(placed: PlacedRule, remarks: Remarks) -> None:
    during, outside = ({names} if isinstance(names, str) else set(names or ()) for names in (placed.source.during, placed.source.outside))
    if during and during <= outside:
        remarks.error((*placed.path, "outside"), "the same period is asked for and ruled out, so the rule is never chosen")


def _check_queues(placed: PlacedRule, queues: list[str], remarks: Remarks) -> None:
    """A queue may have no entry in ``queues``; one that is nearly called like another is probably misspelt."""
    test = placed.source.when.get("queue", [])
    for name in test if isinstance(test, list) else [test]:
        alike = closest(name, queues) if isinstance(name, str) and name not in queues else ""
        if alike:
            remarks.warning((*placed.path, "when", "queue"), f"queue `{name}` has no entry in queues{alike}; misspelt names are never seen")


def _clock_of(path: Path) -> str:
    return str(path[path.index("clocks") + 1])


def _during(placed: PlacedRule, periods: Mapping[str, Period], remarks: Remarks) -> tuple[Period, ...]:
    """The periods asked for; in a campaign each only while the campaign lasts."""
    path = (*placed.path, "during")
    asked = find_periods(periods, placed.source.during, path, remarks)
    if placed.campaign is None:
        return asked
    if placed.source.during is None:
        return (placed.campaign,)
    within = tuple(period for period in (both(placed.campaign, one) for one in asked) if period is not None)
    if asked and not within:
        remarks.error(path, "never happens while the campaign lasts")
    return within or (placed.campaign,)


def _target(text: str, path: Path, remarks: Remarks) -> Target | None:
    if text == "none":
        return None
    if text == "due_at":
        return Target("due_at")
    days = business_days(text)
    if days is not None:
        if days == 0:
            remarks.error(path, "zero target: it would be breached at once; write `none` where nothing is promised (P23)")
        elif days > _MOST_BUSINESS_DAYS:
            remarks.error(path, f"more than {_MOST_BUSINESS_DAYS} business days")
        return Target("business_days", days)
    amount = duration_us(text)
    if amount == 0:
        remarks.error(path, "zero target: it would be breached at once; write `none` where nothing is promised (P23)")
    elif amount < TICK_US:
        remarks.error(path, f"{text} is finer than the tick of {TICK_US / 1e6:g} s, at which deadlines are judged")
    elif amount > _LONGEST_US:
        remarks.error(path, f"{text} is more than ten years; expected a shorter target")
    return Target("counted", amount)


def _check_due_at(start: tuple[Trigger, ...], path: Path, remarks: Remarks) -> None:
    """The instant comes with the event that starts the cycle."""
    for trigger in start:
        if "due_at" not in event_fields(MOMENTS[trigger.moment].events):
            remarks.error(
                path,
                f"`{trigger.moment}` starts the clock and carries no due_at; start it on deadline_told or an event of work orders, or give a target",
            )
