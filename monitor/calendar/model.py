"""The calendar as other packages use it: which instants are open, how much open time lies between two, when it is used up.

Half-open pauses ``(from_at, to_at | None)`` are given unsorted; overlaps count once; None means still paused.
"""

from collections.abc import Iterator, Sequence
from typing import Protocol

from schemas.instants import Instant

Pause = tuple[Instant, Instant | None]


class Calendar(Protocol):
    """Opening hours in one time zone (P1-P8)."""

    @property
    def name(self) -> str:
        """The name in the policy."""

    @property
    def time_zone(self) -> str:
        """The IANA zone in which the hours are wall time."""

    def is_open(self, at: Instant) -> bool:
        """Whether the local wall time of ``at`` lies inside an interval."""

    def counted(self, start_at: Instant, end_at: Instant, pauses: Sequence[Pause] = ()) -> int:
        """Microseconds of open, unpaused time in [start_at, end_at); 0 if end is before start."""

    def due(self, start_at: Instant, target_us: int, pauses: Sequence[Pause] = ()) -> Instant | None:
        """The earliest instant at which ``target_us`` of open, unpaused time is reached; None if never."""

    def due_business_days(self, start_at: Instant, days: int, pauses: Sequence[Pause] = ()) -> Instant | None:
        """The close of the last interval beginning on the ``days``-th later date that has open time (P6)."""

    def open_intervals(self, from_at: Instant, to_at: Instant) -> Iterator[tuple[Instant, Instant]]:
        """Open stretches inside [from_at, to_at), in order, merged where they touch."""
