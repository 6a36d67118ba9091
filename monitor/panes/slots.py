"""The slots of time that panes are kept for, and until when (design §6)::

    resolution   10s        5m         1h                  1d
    slot         UTC        UTC        local wall hour     local date, midnight to midnight
    kept         6 h        48 h       35 d                400 d
    sent         each       with the   with the            with the next
                 second     next 10 s  next 5 minutes      hour

Hours and days follow the policy's time zone (days reset in the queue's time zone): in a zone of half hours an hour slot begins
at the local full hour, so that a local day is made of whole hour slots. A day of a clock change is 23 or 25 hours long; where a
zone shifts by half an hour the slot around the shift is. Slots are named by the instant at which they begin.
"""

from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from schemas.instants import DAY, EPOCH, HOUR, MICROSECOND, MINUTE, SECOND, Instant
from schemas.panes import Resolution

RESOLUTIONS: Final[tuple[Resolution, ...]] = ("10s", "5m", "1h", "1d")
LENGTH_US: Final[dict[Resolution, int]] = {"10s": 10 * SECOND, "5m": 5 * MINUTE, "1h": HOUR, "1d": DAY}
KEPT_US: Final[dict[Resolution, int]] = {"10s": 6 * HOUR, "5m": 48 * HOUR, "1h": 35 * DAY, "1d": 400 * DAY}
FINE_US: Final = LENGTH_US["10s"]
FINER: Final[dict[Resolution, Resolution | None]] = {"10s": None, "5m": "10s", "1h": "5m", "1d": "1h"}
"""A resolution is sent when T enters a new slot of this one; the finest is sent with every watermark."""

_QUARTER: Final = 15 * MINUTE
_REMEMBERED: Final = 50_000


def closes_at(resolution: Resolution, slot_at: Instant) -> Instant:
    """Return the T at which a slot's pane is forgotten; from then on it no longer changes."""
    return slot_at + LENGTH_US[resolution] + KEPT_US[resolution]


class Slots:
    """Slots in one time zone. Offsets change only at quarter hours, so each quarter hour is asked once and remembered."""

    def __init__(self, time_zone: str) -> None:
        self._zone = ZoneInfo(time_zone)
        self._quarters: dict[int, tuple[int, Instant]] = {}

    def slot_at(self, resolution: Resolution, at: Instant) -> Instant:
        """Return the instant at which the slot that holds ``at`` begins."""
        if resolution == "10s" or resolution == "5m":
            return at - at % LENGTH_US[resolution]
        quarter = at // _QUARTER
        known = self._quarters.get(quarter)
        if known is None:
            known = self._look_up(quarter)
        if resolution == "1d":
            return known[1]
        return at - (at + known[0]) % HOUR

    def _look_up(self, quarter: int) -> tuple[int, Instant]:
        local = (EPOCH + timedelta(microseconds=quarter * _QUARTER)).astimezone(self._zone)
        offset = local.utcoffset() or timedelta()
        midnight = datetime.combine(local.date(), time(), self._zone)
        if len(self._quarters) >= _REMEMBERED:
            self._quarters.clear()
        known = (offset // MICROSECOND, (midnight - EPOCH) // MICROSECOND)
        self._quarters[quarter] = known
        return known
