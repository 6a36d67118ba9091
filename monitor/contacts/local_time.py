"""Local times as people read them: ``Friday 17:00`` when it is near, ``2026-03-06 17:00`` when it is not.

Verdicts of one tick name the same few minutes again and again, so each minute is put into words once.
"""

from datetime import timedelta
from functools import lru_cache
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from schemas.instants import DAY, EPOCH, MINUTE, SECOND, Instant

_DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_NEAR_US: Final = 6 * DAY


class _Local(NamedTuple):
    """The local minute that begins ``after_us`` before an instant."""

    day: str
    date: str
    minute: str
    after_us: int


def moment(time_zone: str, at: Instant, near: Instant = 0) -> str:
    """A local time; with its weekday when ``near`` is less than a week away, else with its date."""
    local = _local(time_zone, at)
    day = local.day if near and abs(near - at) < _NEAR_US else local.date
    return f"{day} {_clock_time(local, at)}"


def again(time_zone: str, at: Instant, after: Instant) -> str:
    """A local time, with its day only if it is not the day of ``after``."""
    local = _local(time_zone, at)
    if after and local.date == _local(time_zone, after).date:
        return _clock_time(local, at)
    return moment(time_zone, at, after)


def _clock_time(local: _Local, at: Instant) -> str:
    rest = at % MINUTE + local.after_us
    if not rest:
        return local.minute
    second, micros = divmod(rest, SECOND)
    text = f"{local.minute}:{second:02d}"
    return f"{text}.{micros:06d}".rstrip("0") if micros else text


def _local(time_zone: str, at: Instant) -> _Local:
    found = _of_minute(time_zone, at // MINUTE)
    return found or _exactly(time_zone, at)


@lru_cache(maxsize=4096)
def _of_minute(time_zone: str, minute: int) -> _Local | None:
    """The words of a whole UTC minute; None where the zone was off by seconds, as some were until 1972."""
    local = _exactly(time_zone, minute * MINUTE)
    return None if local.after_us else local


def _exactly(time_zone: str, at: Instant) -> _Local:
    local = (EPOCH + timedelta(microseconds=at)).astimezone(_zone(time_zone))
    after_us = local.second * SECOND + local.microsecond - at % MINUTE
    return _Local(_DAYS[local.weekday()], local.date().isoformat(), f"{local.hour:02d}:{local.minute:02d}", after_us)


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)
