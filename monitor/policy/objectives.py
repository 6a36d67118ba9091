"""The ``objectives`` section compiled: promised values of indicators over windows (design §6, P30, P43)."""

from collections.abc import Iterable, Mapping
from typing import Final

import msgspec

from monitor.calendar.model import Calendar
from monitor.policy.budgets import compile_burns
from monitor.policy.calendars import find_calendar
from monitor.policy.campaigns import in_order
from monitor.policy.decoding import closest
from monitor.policy.durations import duration_us
from monitor.policy.findings import Path, Remarks
from monitor.policy.indicator_names import INDICATORS, About, Indicator, indicator
from monitor.policy.model import Objective, Period, QueuePolicy
from monitor.policy.objective_scopes import check_facet, check_scope
from monitor.policy.periods import both, find_periods
from monitor.policy.source import BudgetSource, ObjectiveOverrideSource, ObjectiveSource, PolicySource
from monitor.policy.spans import span_problem
from monitor.policy.titles import titles_of
from schemas.instants import DAY, HOUR, SECOND

_INSTANT_WINDOW: Final = 10 * SECOND
_WHOLE_DAYS: Final = 35 * DAY - HOUR
"""Windows longer than this are made of day panes."""


def compile_objectives(
    source: PolicySource, calendars: Mapping[str, Calendar], periods: Mapping[str, Period], queues: QueuePolicy, remarks: Remarks
) -> tuple[Objective, ...]:
    """All objectives by name, with those of campaigns; mistakes go to ``remarks`` and leave the objective out."""
    compiler = _Compiler(source, calendars, periods, remarks)
    found: list[Objective] = []
    for name, written in sorted(source.objectives.items()):
        objective = compiler.objective(name, written, ("objectives", name))
        if objective is not None:
            check_scope(objective, queues, remarks)
            check_facet(objective, queues, remarks)
            found += _with_campaigns(objective, source, periods, compiler)
    return tuple(found)


def _with_campaigns(objective: Objective, source: PolicySource, periods: Mapping[str, Period], compiler: "_Compiler") -> list[Objective]:
    """The objective outside the campaigns that change it, and ``<name>.<campaign>`` during each (R61); of two the later begins to rule."""
    name, ruling, found = objective.name, objective.outside, list[Objective]()
    for campaign in in_order(source.campaigns, periods):
        override = source.campaigns[campaign].objectives.get(name)
        if override is None:
            continue
        period = periods[campaign]
        changed = compiler.objective(f"{name}.{campaign}", overridden(source.objectives[name], override), ("campaigns", campaign, "objectives", name))
        during = tuple(each for own in objective.during if (each := both(period, own)) is not None) if objective.during else (period,)
        if changed is not None and during:
            found.append(msgspec.structs.replace(changed, during=during, outside=ruling))
        ruling += (period,)
    return [msgspec.structs.replace(objective, outside=ruling), *sorted(found, key=lambda each: each.name)]


def overridden(source: ObjectiveSource, override: ObjectiveOverrideSource) -> ObjectiveSource:
    """What a campaign makes of an objective; the comparison it names replaces the objective's own."""
    given = {name: value for name in override.__struct_fields__ if (value := getattr(override, name)) is not None}
    if "at_least" in given or "at_most" in given:
        given = {"at_least": None, "at_most": None} | given
    return msgspec.structs.replace(source, **given)


class _Compiler:
    """What every objective of one policy is compiled with."""

    def __init__(self, policy: PolicySource, calendars: Mapping[str, Calendar], periods: Mapping[str, Period], remarks: Remarks) -> None:
        self._policy, self._calendars, self._periods, self._remarks = policy, calendars, periods, remarks

    def objective(self, name: str, source: ObjectiveSource, path: Path) -> Objective | None:
        """One objective; None where nothing can be made of it."""
        remarks = self._remarks
        known = self._indicator(source.indicator, (*path, "indicator"))
        if known is None:
            return None
        target = source.at_least if source.at_least is not None else source.at_most
        if target is None or (source.at_least is not None and source.at_most is not None):
            remarks.error(path, "give exactly one of at_least and at_most")
            return None
        objective = Objective(
            name=name,
            indicator=source.indicator,
            threshold_seconds=_threshold(source, known, path, remarks),
            scope=source.scope,
            only=None if source.only is None else frozenset(source.only),
            window_us=_window(source, known, path, remarks),
            comparison=">=" if source.at_least is not None else "<=",
            target=target,
            minimum_volume=source.minimum_volume,
            for_us=duration_us(source.for_),
            hysteresis=source.hysteresis,
            calendar=None if source.calendar is None else find_calendar(self._calendars, source.calendar, (*path, "calendar"), remarks),
            severity=source.severity,
            source=source.source or "",
            by=source.by or "",
            of=_values(source.of),
            against=_values(source.against),
            baseline_us=_baseline(source, known, path, remarks),
            during=find_periods(self._periods, source.during, (*path, "during"), remarks),
            outside=find_periods(self._periods, source.outside, (*path, "outside"), remarks),
            titles=titles_of(source.title, path, remarks),
        )
        _check_target(objective, known, path, remarks)
        _check_slots(objective, path, remarks)
        return objective if source.budget is None else self._with_burns(objective, source, known, path)

    def _with_burns(self, objective: Objective, source: ObjectiveSource, known: Indicator, path: Path) -> Objective:
        if source.for_ != "0s" or source.hysteresis:
            self._remarks.warning(path, "an error budget has two windows instead of `for` and `hysteresis`; they are not used")
        burns = compile_burns(objective, source.budget or BudgetSource(), known, (*path, "budget"), self._remarks)
        return msgspec.structs.replace(objective, burns=burns)

    def _indicator(self, name: str, path: Path) -> Indicator | None:
        known = indicator(name)
        if known is None:
            kinds = " ".join(dict.fromkeys(each.partition(".")[0] for each in INDICATORS))
            self._remarks.error(path, f"unknown indicator `{name}`{closest(name, list(INDICATORS))}; known are: {kinds} (deploy/indicators.md)")
            return None
        inner = known
        while inner.about == "indicator" and (nested := indicator(inner.value)) is not None:
            inner = nested
        declared = self._declared(inner)
        if declared is not None and inner.value not in declared and inner.value.partition(":")[0] not in declared:
            self._remarks.error(path, f"unknown {inner.about} `{inner.value}`{closest(inner.value, declared)}")
        return known

    def _declared(self, known: Indicator) -> list[str] | None:
        """The names that may fill an indicator's brackets; None where any may."""
        policy = self._policy
        named: dict[About, Iterable[str]] = {
            "clock": policy.clocks,
            "instrument": policy.surveys,
            "dimension": policy.qc_dimensions,
            "rule": (*policy.flows, *dict.fromkeys(flow.group for flow in policy.flows.values() if flow.group)),
        }
        return list(named[known.about]) if known.about in named else None


def _threshold(source: ObjectiveSource, known: Indicator, path: Path, remarks: Remarks) -> int | None:
    here = (*path, "threshold")
    if source.threshold is None:
        if known.threshold:
            remarks.error(path, f"`{known.name}` needs a threshold, such as `threshold: 20s`")
        return None
    if not known.threshold:
        remarks.error(here, f"`{known.name}` has no threshold")
        return None
    whole, rest = divmod(duration_us(source.threshold), SECOND)
    if rest or not whole:
        remarks.error(here, f"{source.threshold} is not a whole number of seconds above zero")
        return None
    return whole


def _window(source: ObjectiveSource, known: Indicator, path: Path, remarks: Remarks) -> int:
    if source.window is None:
        if not known.instant:
            remarks.error(path, "missing field `window`, such as `window: 30m`")
        return _INSTANT_WINDOW
    here = (*path, "window")
    window = duration_us(source.window)
    if known.instant:
        remarks.warning(here, f"`{known.name}` tells of now; its window is not used")
    if problem := span_problem(source.window, window):
        remarks.error(here, problem)
    if duration_us(source.for_) > window and not known.instant:
        remarks.warning((*path, "for"), "longer than the window: what began the breach has left it by then")
    return window


def _baseline(source: ObjectiveSource, known: Indicator, path: Path, remarks: Remarks) -> int:
    here = (*path, "baseline")
    if known.group != "baseline":
        if source.baseline is not None:
            remarks.error(here, f"`{known.name}` is measured by its target alone; only surge.<counter> has a baseline")
        return 0
    if source.baseline is None:
        remarks.error(path, f"`{known.name}` needs a baseline, such as `baseline: 24h`")
        return 0
    baseline = duration_us(source.baseline)
    if problem := span_problem(source.baseline, baseline):
        remarks.error(here, problem)
    elif source.window is not None and baseline < 2 * duration_us(source.window):
        remarks.error(here, "must hold at least two windows: the mean of the others is what this one is measured by")
    return baseline


def _values(given: str | list[str] | None) -> frozenset[str]:
    return frozenset([given] if isinstance(given, str) else given or ())


def _check_target(objective: Objective, known: Indicator, path: Path, remarks: Remarks) -> None:
    here = (*path, "at_least" if objective.comparison == ">=" else "at_most")
    if (objective.comparison == ">=") != (known.better == "high"):
        remarks.warning(here, f"`{known.name}` is better when {known.better}; this objective fires when it is good")
    if not _reaches(known, objective.target):
        bounds = "above 0" if known.highest is None else f"between {known.lowest:g} and {known.highest:g}"
        remarks.error(here, f"`{known.name}` lies {bounds}, so {objective.target:g} promises nothing")
        return
    if objective.comparison == ">=" and objective.target == known.lowest:
        remarks.error(here, "zero target: it can never be missed")
    ends = objective.target + objective.hysteresis if objective.comparison == ">=" else objective.target - objective.hysteresis
    if objective.hysteresis and not _reaches(known, ends):
        remarks.error((*path, "hysteresis"), f"the alert would end at {ends:g}, which `{known.name}` never reaches")


def _reaches(known: Indicator, value: float) -> bool:
    return (known.lowest is None or value >= known.lowest) and (known.highest is None or value <= known.highest)


def _check_slots(objective: Objective, path: Path, remarks: Remarks) -> None:
    if objective.calendar is not None and objective.window_us > _WHOLE_DAYS:
        remarks.error((*path, "calendar"), "so long a window is made of whole days, which no opening hours can divide; leave the calendar out")
