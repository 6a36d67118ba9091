"""The objectives of a policy, made ready: formula looked up, windows named, and which series each one is about.

An error budget is one promise for each pair of windows, ``burn rate at most …``, beside one that shows its value and is not judged.
"""

from typing import Final

import msgspec

from monitor.panes.where import ALL, TOTAL, Series, facet_parts, facet_text, scope_parts, scope_text
from monitor.policy.durations import window_text
from monitor.policy.indicator_names import Group
from monitor.policy.model import Burn, Objective, Policy
from monitor.queues.formulas import Count, Formula, LongestNow, WaitingNow
from monitor.queues.hours import Hours
from monitor.queues.indicators import find, formula
from monitor.queues.windows import WindowId

EVERYTHING: Series = (ALL, TOTAL)

_OF_PROBLEMS: Final = frozenset({"fcr_ratio", "repeat_ratio", "solved_ratio"})


class Promise(msgspec.Struct, frozen=True, kw_only=True):
    """One objective ready to be judged; ``written`` is what the policy says, ``objective`` how it is judged.

    ``name`` is its own among all promises. ``windows`` are what it reads: none for an indicator of now, then the objective's,
    or the long and the short one of a burn rate, or the objective's and its baseline. ``expected`` series are judged without data too.
    """

    name: str
    written: Objective
    objective: Objective
    formula: Formula
    definition: str
    hours: Hours
    windows: tuple[WindowId, ...] = ()
    group: Group = ""
    burn: Burn | None = None
    judged: bool = True
    expected: tuple[Series, ...] = ()

    @property
    def window(self) -> WindowId | None:
        """The window whose series it is about; None for an indicator of now."""
        return self.windows[0] if self.windows else None

    @property
    def pair(self) -> str:
        """The two windows of a burn rate as a label, ``1h/5m``; else empty."""
        return f"{window_text(self.burn.long_us)}/{window_text(self.burn.short_us)}" if self.burn else ""

    def covers(self, series: Series) -> bool:
        """Whether the promise is about this series."""
        return series == EVERYTHING if self.group in ("parts", "pair", "named") else self.reads(series)

    def reads(self, series: Series) -> bool:
        """Whether its value depends on this series: totals of its kind of scope, or values of its facet; all or the named ones."""
        scope, dims = series
        objective = self.objective
        if objective.by:
            if scope != ALL:
                return False
            name, value = facet_parts(dims)
            named = objective.of | objective.against if self.group == "pair" else objective.only
            return (name == objective.by and (named is None or value in named)) or (self.group == "named" and dims == TOTAL)
        kind, name = scope_parts(scope)
        return dims == TOTAL and kind == objective.scope and (objective.only is None or name in objective.only)

    def subject(self, series: Series) -> Series | None:
        """Which series is judged anew when this one changed."""
        if not self.reads(series):
            return None
        return series if self.covers(series) else EVERYTHING


def promises(policy: Policy) -> tuple[Promise, ...]:
    """Return what a policy promises in the order of the objectives' names. Raises PolicyError for an unknown indicator."""
    found: list[Promise] = []
    for objective in sorted(policy.objectives, key=lambda each: each.name):
        plain = _promise(objective, policy)
        found.append(plain)
        found += (_burning(plain, burn) for burn in objective.burns)
    return tuple(found)


def _promise(objective: Objective, policy: Policy) -> Promise:
    ready = formula(objective.indicator, objective.threshold_seconds)
    known = find(objective.indicator)
    assert known is not None, "its formula was found"
    hours = Hours(objective)
    if isinstance(ready, LongestNow | WaitingNow | Count):  # a count or an age is true of one caller as of a hundred (P30 is about shares)
        objective = msgspec.structs.replace(objective, minimum_volume=0)
    windows: tuple[WindowId, ...] = () if known.instant else (WindowId(objective.window_us, hours.name),)
    if known.group == "baseline":
        windows += (WindowId(objective.baseline_us, hours.name),)
    definition = known.definition
    if known.name in _OF_PROBLEMS:
        definition += f"; W = {window_text(policy.customers.window_us)}"
    return Promise(
        name=objective.name,
        written=objective,
        objective=objective,
        formula=ready,
        definition=definition,
        hours=hours,
        windows=windows,
        group=known.group,
        judged=not objective.burns,
        expected=_expected(objective) if isinstance(ready, Count) else (),
    )


def _burning(plain: Promise, burn: Burn) -> Promise:
    """The promise that a budget is spent no faster than a pair of windows allows; it ends when the short one is empty (P30)."""
    objective = plain.objective
    judged = msgspec.structs.replace(
        objective, comparison="<=", target=burn.rate, severity=burn.severity, window_us=burn.short_us, for_us=0, hysteresis=0.0
    )
    promise = msgspec.structs.replace(plain, objective=judged, burn=burn, judged=True)
    promise = msgspec.structs.replace(promise, windows=tuple(WindowId(us, plain.hours.name) for us in (burn.long_us, burn.short_us)))
    return msgspec.structs.replace(promise, name=f"{objective.name} {promise.pair}")


def _expected(objective: Objective) -> tuple[Series, ...]:
    """The series that are there though nothing was ever counted in them (R76)."""
    if objective.by:
        return tuple((ALL, facet_text(objective.by, value)) for value in sorted(objective.only or ()))
    if objective.scope == ALL:
        return (EVERYTHING,)
    return tuple((scope_text(objective.scope, name), TOTAL) for name in sorted(objective.only or ()))
