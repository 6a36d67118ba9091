"""The ``clocks`` section compiled: what starts, stops and pauses each promise, and its levels (P11, P23)."""

from collections.abc import Mapping
from typing import Final

from monitor.policy.consistency import check_consistency
from monitor.policy.coverage import check_coverage
from monitor.policy.decoding import closest
from monitor.policy.durations import duration_us
from monitor.policy.findings import Path, Remarks
from monitor.policy.hours import check_targets
from monitor.policy.link_sums import check_wholes
from monitor.policy.links import check_names, check_per
from monitor.policy.model import Clock, PauseRule, Rule, Trigger
from monitor.policy.moments import MOMENTS
from monitor.policy.reach import unreachable_rules
from monitor.policy.rules import TICK_US, Names, compile_rules
from monitor.policy.source import ClockSource, PauseSource, PolicySource
from monitor.policy.titles import titles_of
from monitor.policy.triggers import compile_triggers
from schemas.events import FAMILIES, Family
from schemas.instants import Instant

LEVELS: Final = (50, 75, 90, 100, 150)
_BREACH: Final = 100
_HIGHEST_LEVEL: Final = 1000


def compile_clocks(source: PolicySource, names: Names, from_at: Instant | None, remarks: Remarks) -> tuple[Clock, ...]:
    """All clocks by name, so that the order of the file changes nothing; mistakes go to ``remarks``."""
    places: dict[str, Path] = {}
    clocks: list[Clock] = []
    sound: set[str] = set()
    for name in sorted(source.clocks):
        errors_before = remarks.errors
        clock = _compile(name, source, names, places, remarks)
        clocks.append(clock)
        if remarks.errors == errors_before:
            sound.add(name)
            _check_rules(clock, places, remarks)
            check_targets(clock, places, names.queues, from_at, remarks)
    errors_before = remarks.errors
    check_names(clocks, remarks)
    if remarks.errors == errors_before:
        check_wholes([clock for clock in clocks if clock.name in sound], places, remarks)
    return tuple(clocks)


def _check_rules(clock: Clock, places: Mapping[str, Path], remarks: Remarks) -> None:
    """The rules of a clock against each other; only where each by itself is right, so that one mistake is told once."""
    for index, because in unreachable_rules(clock.rules):
        remarks.error(places[clock.rules[index].path], f"unreachable rule: {because}")
    check_consistency(clock, places, remarks)
    check_coverage(clock, remarks)


def _compile(name: str, policy: PolicySource, names: Names, places: dict[str, Path], remarks: Remarks) -> Clock:
    source = policy.clocks[name]
    path: Path = ("clocks", name)
    start = compile_triggers(source.start, (*path, "start"), remarks)
    stop = compile_triggers(source.stop, (*path, "stop"), remarks)
    cancel = compile_triggers(source.cancel, (*path, "cancel"), remarks)
    families = _families(source, start, path, remarks)
    for part, triggers in (("start", start), ("stop", stop), ("cancel", cancel)):
        _check_families(part, triggers, families, path, remarks)
    _check_run(source, start, stop, path, remarks)
    check_per(source, start, families, path, remarks)
    rules, places_of_rules = compile_rules(policy, name, families, start, names, remarks)
    places |= places_of_rules
    if not source.rules:
        remarks.error((*path, "rules"), "a clock needs at least one rule")
    titles = titles_of(source.title, path, remarks)
    return Clock(
        name=name,
        title=titles.get(policy.language, ""),
        titles=titles,
        families=families,
        start=start,
        stop=stop,
        cancel=cancel,
        pause=_pause(source.pause, (*path, "pause"), remarks),
        reopen=source.reopen,
        levels=_levels(source, rules, path, remarks),
        rules=rules,
        per=source.per,
        mode=source.mode or "holding",
        repeats=source.repeats,
        whole=source.whole or "",
    )


def _check_run(source: ClockSource, start: tuple[Trigger, ...], stop: tuple[Trigger, ...], path: Path, remarks: Remarks) -> None:
    """A clock can start, can stop, and does not stop on everything that starts it."""
    if source.start == []:
        remarks.error((*path, "start"), "a clock needs at least one start")
    if source.stop == []:
        remarks.error((*path, "stop"), "a clock needs at least one stop")
    shared = set(start) & set(stop)
    if shared and not source.repeats:
        remarks.error(
            (*path, "stop"),
            "the same moment starts and stops the clock; stop wins, so it would never run; `repeats: true` lets each stop start the next cycle",
        )
    if source.repeats and start and stop and not shared:
        remarks.warning((*path, "repeats"), "no moment both starts and stops this clock, so it changes nothing")


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
