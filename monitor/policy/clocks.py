"""The ``clocks`` section compiled: triggers, pauses, levels and ordered rules, every name resolved (P11, P12, P23)."""

from collections.abc import Mapping
from typing import Final

from monitor.calendar.model import Calendar
from monitor.policy.attributes import WORK_ORDER_FIELDS, Fields, compile_tests, rule_fields
from monitor.policy.calendars import find_calendar
from monitor.policy.decoding import closest
from monitor.policy.durations import business_days, duration_us
from monitor.policy.findings import Path, Remarks
from monitor.policy.model import Clock, PauseRule, Rule, Target, Trigger
from monitor.policy.moments import MOMENTS
from monitor.policy.reach import unreachable_rules
from monitor.policy.source import ClockSource, PauseSource, PolicySource, RuleSource
from monitor.policy.triggers import compile_triggers
from schemas.events import FAMILIES, Family

TICK_US: Final = 250_000
LEVELS: Final = (50, 75, 90, 100, 150)
_BREACH: Final = 100
_HIGHEST_LEVEL: Final = 1000
_MOST_BUSINESS_DAYS: Final = 1000


def compile_clocks(source: PolicySource, calendars: Mapping[str, Calendar], remarks: Remarks) -> tuple[Clock, ...]:
    """All clocks by name, so that the order of the file changes nothing; mistakes go to ``remarks``."""
    return tuple(_compile(name, clock, calendars, remarks) for name, clock in sorted(source.clocks.items()))


def _compile(name: str, source: ClockSource, calendars: Mapping[str, Calendar], remarks: Remarks) -> Clock:
    path: Path = ("clocks", name)
    start = compile_triggers(source.start, (*path, "start"), remarks)
    stop = compile_triggers(source.stop, (*path, "stop"), remarks)
    cancel = compile_triggers(source.cancel, (*path, "cancel"), remarks)
    families = _families(source, start, path, remarks)
    for part, triggers in (("start", start), ("stop", stop), ("cancel", cancel)):
        _check_families(part, triggers, families, path, remarks)
    if source.start == []:
        remarks.error((*path, "start"), "a clock needs at least one start")
    if source.stop == []:
        remarks.error((*path, "stop"), "a clock needs at least one stop")
    if set(start) & set(stop):
        remarks.error((*path, "stop"), "the same moment starts and stops the clock; stop wins, so it would never run")
    fields = {field: kind for field, kind in rule_fields().items() if field not in WORK_ORDER_FIELDS or "workorder" in families}
    rules = tuple(_rule(source, index, fields, calendars, path, remarks) for index in range(len(source.rules)))
    if not rules:
        remarks.error((*path, "rules"), "a clock needs at least one rule")
    for index, because in unreachable_rules(rules):
        remarks.error((*path, "rules", index), f"unreachable rule: {because}")
    return Clock(
        name=name,
        title=source.title or "",
        families=families,
        start=start,
        stop=stop,
        cancel=cancel,
        pause=_pause(source.pause, (*path, "pause"), remarks),
        reopen=source.reopen,
        levels=_levels(source, rules, path, remarks),
        rules=rules,
    )


def _families(source: ClockSource, start: tuple[Trigger, ...], path: Path, remarks: Remarks) -> frozenset[Family]:
    """The families named, else those in which the clock can start."""
    possible = frozenset(family for trigger in start for family in MOMENTS[trigger.moment].families)
    if source.families is None:
        return possible
    for family in source.families:
        if start and family not in possible:
            remarks.error((*path, "families"), f"nothing starts this clock on a {family}")
    return frozenset(source.families) & possible


def _check_families(part: str, triggers: tuple[Trigger, ...], families: frozenset[Family], path: Path, remarks: Remarks) -> None:
    for trigger in triggers:
        happens = MOMENTS[trigger.moment].families
        if families and not families & happens:
            named = " and ".join(family for family in FAMILIES if family in families)
            remarks.error((*path, part), f"`{trigger.moment}` never happens on a {named}")
    if part == "stop":
        for family in FAMILIES:
            if triggers and family in families and not any(family in MOMENTS[trigger.moment].families for trigger in triggers):
                remarks.warning((*path, part), f"nothing stops this clock on a {family}")


def _pause(source: PauseSource | None, path: Path, remarks: Remarks) -> PauseRule | None:
    if source is None:
        return None
    if not source.reasons:
        remarks.warning((*path, "reasons"), "no reason is named, so nothing pauses this clock")
    caps: dict[str, int] = {}
    for reason, text in source.caps.items():
        if reason not in source.reasons:
            remarks.error((*path, "caps", reason), f"`{reason}` is capped but not among the reasons{closest(reason, source.reasons)}")
        caps[reason] = duration_us(text)
    return PauseRule(frozenset(source.reasons), caps)


def _levels(source: ClockSource, rules: tuple[Rule, ...], path: Path, remarks: Remarks) -> tuple[int, ...]:
    levels = set(LEVELS if source.levels is None else source.levels)
    for index, level in enumerate(source.levels or ()):
        if not 1 <= level <= _HIGHEST_LEVEL:
            remarks.error((*path, "levels", index), f"level {level} is out of range; expected 1 to {_HIGHEST_LEVEL} percent of counted time")
        elif level in (source.levels or ())[:index]:
            remarks.error((*path, "levels", index), f"level {level} is named twice")
    ordered = tuple(sorted(levels | {_BREACH}))
    shortest = min((rule.target.amount for rule in rules if rule.target and rule.target.kind == "counted"), default=0)
    gap = min((after - before for before, after in zip((0, *ordered), ordered, strict=False)), default=_BREACH)
    if source.levels and 0 < shortest * gap // _BREACH < TICK_US <= shortest:
        remarks.warning((*path, "levels"), f"levels {gap} % apart of a {shortest / 1e6:g} s target are finer than the tick of {TICK_US / 1e6:g} s")
    return ordered


def _rule(clock: ClockSource, index: int, fields: Fields, calendars: Mapping[str, Calendar], path: Path, remarks: Remarks) -> Rule:
    source = clock.rules[index]
    here = (*path, "rules", index)
    calendar_path = (*here, "calendar") if source.calendar else (*path, "calendar")
    return Rule(
        path=f"clocks.{path[-1]}.rules[{index}]",
        when=compile_tests(source.when, fields, (*here, "when"), remarks),
        target=_target(source, (*here, "target"), remarks),
        calendar=find_calendar(calendars, source.calendar or clock.calendar, calendar_path, remarks),
        severity=source.severity or clock.severity,
        source=source.source or "",
    )


def _target(source: RuleSource, path: Path, remarks: Remarks) -> Target | None:
    if source.target == "none":
        return None
    days = business_days(source.target)
    if days is not None:
        if days == 0:
            remarks.error(path, "zero target: it would be breached at once (P23)")
        elif days > _MOST_BUSINESS_DAYS:
            remarks.error(path, f"more than {_MOST_BUSINESS_DAYS} business days")
        return Target("business_days", days)
    amount = duration_us(source.target)
    if amount == 0:
        remarks.error(path, "zero target: it would be breached at once (P23)")
    elif amount < TICK_US:
        remarks.error(path, f"{source.target} is finer than the tick of {TICK_US / 1e6:g} s, at which deadlines are judged")
    return Target("counted", amount)
