"""Error budgets: what may go wrong over a window, and how fast it may be spent before somebody is told (requirements §5.9).

burn = share that went wrong / share that may. With nothing but misses it is 1 / budget: at a target of 90 % never above 10, so
that thresholds copied from a 99.9 % service never fire. Thresholds here follow from the target: 2 % of the budget in an hour, 5 % in
six hours, 10 % in three days; one that could not be passed becomes the middle between that of the next slower pair and the maximum.
"""

from typing import Final

from monitor.policy.durations import duration_us
from monitor.policy.findings import Path, Remarks
from monitor.policy.indicator_names import Indicator
from monitor.policy.model import Burn, Objective
from monitor.policy.source import BudgetSource, BurnSource
from monitor.policy.spans import span_problem
from schemas.alerts import Severity
from schemas.instants import DAY, HOUR, MINUTE

EVEN: Final = 1.0
"""The pace at which the budget lasts exactly as long as the window."""

PAIRS: Final[tuple[tuple[int, int, float, Severity], ...]] = (
    (HOUR, 5 * MINUTE, 0.02, "critical"),
    (6 * HOUR, 30 * MINUTE, 0.05, "critical"),
    (3 * DAY, 6 * HOUR, 0.10, "warning"),
)
"""Long window, short window, share of the budget spent in the long one, severity (SRE Workbook, table 5-8)."""

_DIGITS: Final = 12


def budget_of(objective: Objective) -> float:
    """The share that may go wrong, 0-1: what a decimal target leaves, without the noise of binary fractions."""
    return round(1 - objective.target, _DIGITS) if objective.comparison == ">=" else objective.target


def highest_burn(budget: float) -> float:
    """The burn rate when everything goes wrong."""
    return round(1 / budget, _DIGITS)


def derived_burns(window_us: int, budget: float) -> tuple[Burn, ...]:
    """The pairs of windows for an objective, the fastest first; each of them can fire."""
    highest, slower = highest_burn(budget), EVEN
    burns: list[Burn] = []
    for long_us, short_us, share, severity in reversed(PAIRS):
        if long_us >= window_us:
            continue
        rate = max(EVEN, share * window_us / long_us)
        if rate >= highest:
            rate = (slower + highest) / 2
        slower = rate
        burns.append(Burn(long_us=long_us, short_us=short_us, rate=rate, severity=severity))
    return tuple(reversed(burns))


def compile_burns(objective: Objective, source: BudgetSource, known: Indicator, path: Path, remarks: Remarks) -> tuple[Burn, ...]:
    """The burn rates that an objective is judged by; mistakes go to ``remarks``."""
    budget = budget_of(objective)
    if known.unit != "ratio" or known.group or known.instant:
        remarks.error(path, f"`{known.name}` is not a share of contacts over a window, and has no budget of failures")
    elif not 0 < budget < 1:
        remarks.error(path, f"a target of {objective.target:g} leaves no budget: any failure would spend all of it")
    elif (objective.comparison == ">=") != (known.better == "high"):
        remarks.error(path, f"`{known.name}` is better when {known.better}: its target bounds no failures")
    elif objective.window_us < DAY:
        remarks.error(path, "an error budget is over days; give a window of at least 24h, such as 30d")
    elif source.burns is None:
        return derived_burns(objective.window_us, budget)
    else:
        here = (*path, "burns")
        if not source.burns:
            remarks.error(here, "an empty list tells nobody; leave it out, and the burn rates follow from the target")
        found = (_burn(objective, burn, (*here, index), remarks) for index, burn in enumerate(source.burns))
        return tuple(burn for burn in found if burn is not None)
    return ()


def _burn(objective: Objective, source: BurnSource, path: Path, remarks: Remarks) -> Burn | None:
    if (source.rate is None) == (source.share is None):
        remarks.error(path, "give exactly one of rate and share")
        return None
    long_us, short_us = duration_us(source.long), duration_us(source.short)
    for name, text, us in (("long", source.long, long_us), ("short", source.short, short_us)):
        if problem := span_problem(text, us):
            remarks.error((*path, name), problem)
    if not 0 < short_us < long_us < objective.window_us:
        remarks.error(path, "expected short < long < the objective's window")
        return None
    if source.rate is not None:
        rate, here = source.rate, (*path, "rate")
    else:
        rate, here = (source.share or 0.0) * objective.window_us / long_us, (*path, "share")
    highest = highest_burn(budget_of(objective))
    if rate >= highest:
        remarks.error(here, f"a burn rate above {rate:g} cannot happen: at a target of {objective.target:g} the highest is {highest:g}")
        return None
    if rate < EVEN:
        remarks.warning(here, f"a burn rate of {rate:g} does not spend the budget within the window: it tells of no danger")
    return Burn(long_us=long_us, short_us=short_us, rate=rate, severity=source.severity)
