"""The calendar that is never closed: the default for telephone queues and urgent promises (R19)."""

from collections.abc import Iterator, Sequence

from monitor.calendar.hours import EVERY_HOUR
from monitor.calendar.model import Pause
from monitor.calendar.pauses import counted_around, reach_around
from monitor.calendar.wall_calendar import WallCalendar
from schemas.instants import Instant


class AlwaysOpen:
    """24x7; the zone matters only for business days, which end at local midnight (P6)."""

    def __init__(self, name: str = "always", time_zone: str = "UTC") -> None:
        """Raises ValueError for an unknown zone."""
        self._days = WallCalendar(name, time_zone, dict.fromkeys(range(7), EVERY_HOUR))

    @property
    def name(self) -> str:
        """The name in the policy."""
        return self._days.name

    @property
    def time_zone(self) -> str:
        """The IANA zone whose midnights end business days."""
        return self._days.time_zone

    def is_open(self, at: Instant) -> bool:
        """True."""
        return True

    def counted(self, start_at: Instant, end_at: Instant, pauses: Sequence[Pause] = ()) -> int:
        """Microseconds of unpaused time in [start_at, end_at); 0 if end is before start."""
        if end_at <= start_at:
            return 0
        if pauses:
            return counted_around(start_at, end_at, pauses, self.counted)
        return end_at - start_at

    def due(self, start_at: Instant, target_us: int, pauses: Sequence[Pause] = ()) -> Instant | None:
        """The earliest instant at which ``target_us`` of unpaused time is reached; None if a pause never ends before."""
        if target_us <= 0:
            return start_at
        if pauses:
            return reach_around(start_at, target_us, pauses, self.counted, self.due)
        return start_at + target_us

    def due_business_days(self, start_at: Instant, days: int, pauses: Sequence[Pause] = ()) -> Instant | None:
        """The midnight that ends the ``days``-th later date (P6)."""
        return self._days.due_business_days(start_at, days, pauses)

    def open_intervals(self, from_at: Instant, to_at: Instant) -> Iterator[tuple[Instant, Instant]]:
        """The whole stretch."""
        if from_at < to_at:
            yield from_at, to_at
