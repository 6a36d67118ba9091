"""The objectives of a policy, made ready: formula looked up, window named, and which series each one is about."""

import msgspec

from monitor.panes.where import TOTAL, Series, scope_parts
from monitor.policy.model import Objective, Policy
from monitor.queues.formulas import Count, Formula, LongestNow, WaitingNow
from monitor.queues.indicators import find, formula
from monitor.queues.windows import WindowId


class Promise(msgspec.Struct, frozen=True, kw_only=True):
    """One objective ready to be judged; ``window`` is None for an indicator of now."""

    objective: Objective
    formula: Formula
    definition: str
    window: WindowId | None

    def covers(self, series: Series) -> bool:
        """Whether the objective speaks of this series: totals of its kind of scope, all or the named ones."""
        scope, dims = series
        kind, name = scope_parts(scope)
        only = self.objective.only
        return dims == TOTAL and kind == self.objective.scope and (only is None or name in only)


def promises(policy: Policy) -> tuple[Promise, ...]:
    """Return the objectives of a policy in the order of their names. Raises PolicyError for an unknown indicator."""
    return tuple(_promise(objective) for objective in sorted(policy.objectives, key=lambda each: each.name))


def _promise(objective: Objective) -> Promise:
    ready = formula(objective.indicator, objective.threshold_seconds)
    indicator = find(objective.indicator)
    calendar = objective.calendar.name if objective.calendar else ""
    if isinstance(ready, LongestNow | WaitingNow | Count):  # a count or an age is true of one caller as of a hundred (P30 is about shares)
        objective = msgspec.structs.replace(objective, minimum_volume=0)
    return Promise(
        objective=objective,
        formula=ready,
        definition=indicator.definition if indicator else "",
        window=None if indicator is None or indicator.instant else WindowId(objective.window_us, calendar),
    )
