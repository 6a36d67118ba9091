"""Local times as people read them: ``Friday 17:00`` (周五17:00) when it is near, ``2026-03-06 17:00`` when it is not.

Verdicts of one tick name the same few minutes again and again, so each minute is put into words once.
"""

from datetime import timedelta
from functools import lru_cache
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from monitor.policy.model import Language
from schemas.instants import DAY, EPOCH, MINUTE, SECOND, Instant

WEEKDAYS: Final[dict[Language, tuple[str, ...]]] = {
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    "zh": ("周一", "周二", "周三", "周四", "周五", "周六", "周日"),
}
_NEAR_US: Final = 6 * DAY


class _Local(NamedTuple):
    """The local minute that begins ``after_us`` before an instant; ``day`` and ``day_zh`` stand ready before a time.

    ``offset`` is that from UTC where the same wall time happens twice, else empty.
    """

    day: str
    day_zh: str
    date: str
    minute: str
    after_us: int
    offset: str


def moment(time_zone: str, at: Instant, near: Instant = 0, language: Language = "en") -> str:
    """A local time; with its weekday when ``near`` is less than a week away, else with its date."""
    local = _local(time_zone, at)
    if near and -_NEAR_US < near - at < _NEAR_US:
        return (local.day_zh if language == "zh" else local.day) + _clock_time(local, at)
    return f"{local.date} {_clock_time(local, at)}"


def both(time_zone: str, at: Instant, then_at: Instant, near: Instant, language: Language = "en") -> tuple[str, str]:
    """Two local times, the second with its day only if that is another one: ``Friday 17:00`` and ``17:05``."""
    local, then = _local(time_zone, at), _local(time_zone, then_at)
    if near and -_NEAR_US < near - at < _NEAR_US:
        first = (local.day_zh if language == "zh" else local.day) + _clock_time(local, at)
    else:
        first = f"{local.date} {_clock_time(local, at)}"
    if then is local or then.date == local.date:
        return first, _clock_time(then, then_at)
    return first, moment(time_zone, then_at, at, language)


def until(time_zone: str, at: Instant, begun_at: Instant, language: Language = "en") -> str:
    """The end of a stretch of time: without the date if it is that of ``begun_at``."""
    local = _local(time_zone, at)
    return _clock_time(local, at) if local.date == _local(time_zone, begun_at).date else stamp(time_zone, at, language)


def stamp(time_zone: str, at: Instant, language: Language = "en") -> str:
    """Weekday, date and time: what a timeline shows."""
    local = _local(time_zone, at)
    return f"{local.date} {local.day_zh if language == 'zh' else local.day[:3]} {_clock_time(local, at)}"


def _clock_time(local: _Local, at: Instant) -> str:
    rest = at % MINUTE + local.after_us
    if not rest:
        return local.minute + local.offset
    second, micros = divmod(rest, SECOND)
    text = f"{local.minute}:{second:02d}"
    return (f"{text}.{micros:06d}".rstrip("0") if micros else text) + local.offset


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
    day = local.weekday()
    minute = f"{local.hour:02d}:{local.minute:02d}"
    twice = local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()
    offset = f" ({local.isoformat()[-6:]})" if twice else ""
    return _Local(WEEKDAYS["en"][day] + " ", WEEKDAYS["zh"][day], local.date().isoformat(), minute, after_us, offset)


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)
