"""When an objective promises anything: while its calendar is open, during one of its periods, outside of others (R20, R59, R61)."""

from typing import Final

from monitor.calendar.zone import MAX_AT
from monitor.policy.model import Objective, Period
from schemas.instants import MINUTE, Instant

STEADY_US: Final = 15 * MINUTE
"""How long an answer is good for when nothing opens or closes meanwhile."""


class Hours:
    """The time of one objective; equal names are equal times, so that windows can be shared."""

    def __init__(self, objective: Objective) -> None:
        self._calendar, self._during, self._outside = objective.calendar, objective.during, objective.outside
        parts = [self._calendar.name if self._calendar else "", *(f"+{each.name}" for each in self._during)]
        self.name = "".join([*parts, *(f"-{each.name}" for each in self._outside)])
        named = [self._calendar.name] if self._calendar else []
        self.period = "+".join(dict.fromkeys([*named, *(each.name for each in self._during)]))
        """For labels: peak, launch; empty for all the time."""
        self._steady: tuple[Instant, Instant, bool] = (0, 0, True) if self.name else (0, MAX_AT, True)

    def is_open(self, at: Instant) -> bool:
        """Whether anything is promised at an instant. T asks every ten seconds, so an answer is remembered while nothing opens or closes."""
        from_at, until_at, known = self._steady
        if from_at <= at < until_at:
            return known
        answer = self._is_open(at)
        if at >= until_at and self._is_steady(at, at + STEADY_US):
            self._steady = (at, at + STEADY_US, answer)
        return answer

    def _is_open(self, at: Instant) -> bool:
        if self._calendar is not None and not self._calendar.is_open(at):
            return False
        if self._during and not any(each.covers(at) for each in self._during):
            return False
        return not any(each.covers(at) for each in self._outside)

    def _is_steady(self, from_at: Instant, to_at: Instant) -> bool:
        """Whether every part is open all the time in between, or never."""
        parts = [_covered(each, from_at, to_at) for each in (*self._during, *self._outside)]
        if self._calendar is not None:
            parts.append(self._calendar.counted(from_at, to_at))
        return all(part in (0, to_at - from_at) for part in parts)

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
