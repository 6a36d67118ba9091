"""Pauses as half-open stretches of real time: in any order, overlapping, perhaps not ended (P9, P10)."""

from collections.abc import Callable, Iterator, Sequence

from monitor.calendar.model import Pause
from schemas.instants import Instant


def running(start_at: Instant, pauses: Sequence[Pause]) -> Iterator[Pause]:
    """The stretches after ``start_at`` that no pause covers, in order; the last may have no end."""
    free_at = start_at
    for from_at, to_at in sorted(pauses, key=_begin):
        if to_at is not None and to_at <= from_at:
            continue
        if from_at > free_at:
            yield free_at, from_at
        if to_at is None:
            return
        free_at = max(free_at, to_at)
    yield free_at, None


def reach_around(
    start_at: Instant,
    target_us: int,
    pauses: Sequence[Pause],
    counted: Callable[[Instant, Instant], int],
    reach: Callable[[Instant, int], Instant | None],
) -> Instant | None:
    """The earliest instant at which a positive target is used up outside the pauses, given the two operations without pauses."""
    rest = target_us
    for from_at, to_at in running(start_at, pauses):
        free = rest if to_at is None else counted(from_at, to_at)
        if rest <= free:
            return reach(from_at, rest)
        rest -= free
    return None


def counted_around(start_at: Instant, end_at: Instant, pauses: Sequence[Pause], counted: Callable[[Instant, Instant], int]) -> int:
    """Counted time of [start_at, end_at) outside the pauses."""
    total = 0
    for from_at, to_at in running(start_at, pauses):
        if from_at >= end_at:
            break
        total += counted(from_at, end_at if to_at is None else min(to_at, end_at))
    return total


def _begin(pause: Pause) -> Instant:
    return pause[0]
