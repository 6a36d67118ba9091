"""The ``objectives`` section compiled: promised values of indicators over windows (design §6, P30, P43)."""

from collections.abc import Mapping
from typing import Final, get_args

import msgspec

from monitor.calendar.model import Calendar
from monitor.policy.calendars import find_calendar
from monitor.policy.decoding import closest
from monitor.policy.durations import duration_us
from monitor.policy.findings import Path, Remarks
from monitor.policy.indicator_names import CLOCK_MET_RATIO, INDICATORS, Indicator, indicator
from monitor.policy.model import Objective, Period, QueuePolicy
from monitor.policy.periods import find_periods
from monitor.policy.source import ObjectiveSource, PolicySource
from monitor.policy.titles import titles_of
from schemas.events.base import Channel
from schemas.instants import DAY, HOUR, SECOND

_INSTANT_WINDOW: Final = 10 * SECOND
# Panes of each resolution and how long they are kept (design §6): a window is a whole number of panes that still exist.
_PANES: Final = ((10 * SECOND, 6 * HOUR, "10s"), (300 * SECOND, 48 * HOUR, "5m"), (HOUR, 35 * DAY, "1h"), (DAY, 400 * DAY, "24h"))


def compile_objectives(
    source: PolicySource, calendars: Mapping[str, Calendar], periods: Mapping[str, Period], queues: QueuePolicy, remarks: Remarks
) -> tuple[Objective, ...]:
    """All objectives by name; mistakes go to ``remarks`` and leave the objective out."""
    plain = [_compile(name, objective, source, calendars, remarks) for name, objective in sorted(source.objectives.items())]
    compiled = [None if objective is None else _with_periods(objective, source, periods, remarks) for objective in plain]
    for objective in compiled:
        if objective is not None:
            _check_scope(objective, queues, remarks)
    return tuple(objective for objective in compiled if objective is not None)


def _compile(name: str, source: ObjectiveSource, policy: PolicySource, calendars: Mapping[str, Calendar], remarks: Remarks) -> Objective | None:
    path: Path = ("objectives", name)
    known = indicator(source.indicator)
    if known is None:
        names = [*INDICATORS, CLOCK_MET_RATIO + "<clock>"]
        remarks.error(
            (*path, "indicator"), f"unknown indicator `{source.indicator}`{closest(source.indicator, names)}; expected one of: {' '.join(names)}"
        )
        return None
    clock = source.indicator.removeprefix(CLOCK_MET_RATIO)
    if source.indicator.startswith(CLOCK_MET_RATIO) and clock not in policy.clocks:
        remarks.error((*path, "indicator"), f"unknown clock `{clock}`{closest(clock, list(policy.clocks))}")
    if (source.at_least is None) == (source.at_most is None):
        remarks.error(path, "give exactly one of at_least and at_most")
        return None
    target = source.at_least if source.at_least is not None else source.at_most
    assert target is not None, "exactly one is given"
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
        calendar=None if source.calendar is None else find_calendar(calendars, source.calendar, (*path, "calendar"), remarks),
        severity=source.severity,
        source=source.source or "",
    )
    _check_target(objective, known, path, remarks)
    return objective


def _with_periods(objective: Objective, policy: PolicySource, periods: Mapping[str, Period], remarks: Remarks) -> Objective:
    """When it is judged, and its titles."""
    source = policy.objectives[objective.name]
    path: Path = ("objectives", objective.name)
    return msgspec.structs.replace(
        objective,
        during=find_periods(periods, source.during, (*path, "during"), remarks),
        outside=find_periods(periods, source.outside, (*path, "outside"), remarks),
        titles=titles_of(source.title, path, remarks),
    )


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
    for pane, kept, text in _PANES:
        if window <= kept:
            if window == 0 or window % pane:
                remarks.error(here, f"{source.window} is not a whole number of {text} panes")
            break
    else:
        remarks.error(here, "longer than 400d, the oldest panes kept")
    if duration_us(source.for_) > window and not known.instant:
        remarks.warning((*path, "for"), "longer than the window: what began the breach has left it by then")
    return window


def _check_target(objective: Objective, known: Indicator, path: Path, remarks: Remarks) -> None:
    here = (*path, "at_least" if objective.comparison == ">=" else "at_most")
    if (objective.comparison == ">=") != (known.better == "high"):
        remarks.warning(here, f"`{known.name}` is better when {known.better}; this objective fires when it is good")
    if objective.target < 0 or (known.unit == "ratio" and objective.target > 1):
        remarks.error(
            here, f"`{known.name}` lies {'between 0 and 1' if known.unit == 'ratio' else 'above 0'}, so {objective.target:g} promises nothing"
        )
        return
    if objective.comparison == ">=" and objective.target == 0:
        remarks.error(here, "zero target: it can never be missed")
    ends = objective.target + objective.hysteresis if objective.comparison == ">=" else objective.target - objective.hysteresis
    if objective.hysteresis and (ends < 0 or (known.unit == "ratio" and ends > 1)):
        remarks.error((*path, "hysteresis"), f"the alert would end at {ends:g}, which `{known.name}` never reaches")


def _check_scope(objective: Objective, queues: QueuePolicy, remarks: Remarks) -> None:
    path: Path = ("objectives", objective.name)
    if objective.scope not in queues.scopes:
        remarks.error((*path, "scope"), f"no panes are kept for scope `{objective.scope}`; add it to limits.scopes")
    if objective.only is not None and (objective.scope == "all" or not objective.only):
        remarks.error((*path, "only"), "names nothing" if not objective.only else "scope `all` has no names to choose from")
    elif objective.scope == "channel":
        for name in sorted((objective.only or frozenset()) - set(get_args(Channel))):
            remarks.error((*path, "only"), f"unknown channel `{name}`; expected one of: {' '.join(get_args(Channel))}")
    named = sorted(objective.only or ()) if objective.scope == "queue" else []
    for name in named:
        if name not in queues.named:
            remarks.warning((*path, "only"), f"queue `{name}` has no entry in queues; misspelt names are never seen")
    if objective.threshold_seconds is None:
        return
    rules = [(name, queues.named.get(name, queues.default)) for name in named] or [("default", queues.default), *queues.named.items()]
    for name, rule in rules:
        if objective.threshold_seconds not in rule.answer_within_seconds:
            text = f"{objective.threshold_seconds}s is not counted for queue `{name}`; add it to its answer_within"
            (remarks.error if named or name == "default" else remarks.warning)((*path, "threshold"), text)
