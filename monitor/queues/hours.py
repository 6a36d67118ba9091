"""When an objective promises anything: while its calendar is open, during one of its periods, outside of others (R20, R59, R61)."""

from monitor.policy.model import Objective, Period
from schemas.instants import Instant


class Hours:
    """The time of one objective; equal names are equal times, so that windows can be shared."""

    def __init__(self, objective: Objective) -> None:
        self._calendar, self._during, self._outside = objective.calendar, objective.during, objective.outside
        parts = [self._calendar.name if self._calendar else "", *(f"+{each.name}" for each in self._during)]
        self.name = "".join([*parts, *(f"-{each.name}" for each in self._outside)])
        named = [self._calendar.name] if self._calendar else []
        self.period = "+".join(dict.fromkeys([*named, *(each.name for each in self._during)]))
        """For labels: peak, launch; empty for all the time."""

    def is_open(self, at: Instant) -> bool:
        """Whether anything is promised at an instant."""
        if self._calendar is not None and not self._calendar.is_open(at):
            return False
        if self._during and not any(each.covers(at) for each in self._during):
            return False
        return not any(each.covers(at) for each in self._outside)

    def is_open_from(self, from_at: Instant, to_at: Instant) -> bool:
        """Whether it was open all the time in between: only then is nothing seen a silence (R76)."""
        whole_us = to_at - from_at
        if self._calendar is not None and self._calendar.counted(from_at, to_at) < whole_us:
            return False
        if self._during and max(_covered(each, from_at, to_at) for each in self._during) < whole_us:
            return False
        return not any(_covered(each, from_at, to_at) for each in self._outside)


def _covered(period: Period, from_at: Instant, to_at: Instant) -> int:
    from_at = max(from_at, period.from_at) if period.from_at is not None else from_at
    to_at = min(to_at, period.until_at) if period.until_at is not None else to_at
    if to_at <= from_at:
        return 0
    return to_at - from_at if period.calendar is None else period.calendar.counted(from_at, to_at)
