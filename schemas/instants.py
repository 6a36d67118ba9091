"""Instants and durations: whole microseconds since 1970-01-01T00:00:00Z, so that comparisons are exact (P22).

An ``Instant`` is an ``int`` of microseconds, UTC; its name ends in ``_at``. Inside the core a duration is an ``int`` of
microseconds whose name ends in ``_us``; on the wire and in policies durations are seconds and end in ``_seconds``.
"""

import re
from datetime import UTC, datetime, timedelta
from typing import Final

Instant = int

MICROSECOND: Final = timedelta(microseconds=1)
SECOND: Final = 1_000_000
MINUTE: Final = 60 * SECOND
HOUR: Final = 3_600 * SECOND
DAY: Final = 86_400 * SECOND
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)

EARLIEST: Final[Instant] = 0
LATEST: Final[Instant] = (datetime(3000, 1, 1, tzinfo=UTC) - EPOCH) // MICROSECOND - 1

_RFC3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt ](?:[01]\d|2[0-3]):\d\d:\d\d(\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)", re.ASCII)
_SECONDS: Final = {f":{second:02d}".encode(): second * SECOND for second in range(60)}
_FRACTIONS: Final = (0, 100_000, 10_000, 1_000, 100, 10, 1)
_POINT: Final = ord(".")
_ZULU: Final = ord("Z")
_MINUTES_KEPT: Final = 4096
_minutes: dict[bytes, Instant] = {}
_minute_texts: dict[int, str] = {}


def parse_instant(text: str) -> Instant:
    """Read an RFC 3339 date-time with a zone; digits beyond microseconds are cut. Raises ValueError otherwise."""
    match = _RFC3339.fullmatch(text)
    if match is None:
        raise ValueError("not an RFC 3339 date-time with a zone")
    fraction = match.group(1)
    if fraction is not None and len(fraction) not in (4, 7):
        text = text.replace(fraction, fraction[:7].ljust(7, "0"), 1)
    return (datetime.fromisoformat(text.upper()) - EPOCH) // MICROSECOND


def read_event_time(raw: bytes) -> Instant:
    """Read the time of an event as it stands in a header; quick for UTC, since events of one minute come together.

    Raises ValueError unless it is RFC 3339 with a zone within ``EARLIEST`` and ``LATEST``, so that arithmetic with any
    target stays inside what can be written down again. Second 60 is refused: no clock of ours counts leap seconds.
    """
    minute = _minutes.get(raw[:16])
    second = _SECONDS.get(raw[16:19])
    if minute is not None and second is not None and raw[-1] == _ZULU:
        length = len(raw)
        if length == 20:
            return minute + second
        digits = raw[20:-1]
        if length <= 27 and raw[19] == _POINT and digits.isdigit():
            return minute + second + int(digits) * _FRACTIONS[length - 21]
    return _read_any(raw)


def _read_any(raw: bytes) -> Instant:
    text = raw.decode()
    if text[16:19] == ":60":
        raise ValueError("second 60 is a leap second; write :59 or the next minute's :00")
    at = parse_instant(text)
    if not EARLIEST <= at <= LATEST:
        raise ValueError("outside the years 1970 to 2999")
    if text[-1] in "Zz":
        if len(_minutes) >= _MINUTES_KEPT:
            _minutes.clear()
        _minutes[raw[:16]] = at - at % MINUTE
    return at


def format_instant(at: Instant) -> str:
    """Write an instant as RFC 3339 in UTC with ``Z``; a fraction only if it is not zero."""
    minute, rest = divmod(at, MINUTE)
    text = _minute_texts.get(minute) or _new_minute_text(minute)
    second, micros = divmod(rest, SECOND)
    return f"{text}:{second:02d}.{micros:06d}".rstrip("0") + "Z" if micros else f"{text}:{second:02d}Z"


def _new_minute_text(minute: int) -> str:
    if len(_minute_texts) >= _MINUTES_KEPT:
        _minute_texts.clear()
    text = _minute_texts[minute] = (EPOCH + timedelta(minutes=minute)).isoformat()[:16]
    return text


def seconds_of(duration_us: int) -> float:
    """Microseconds as seconds for the wire: an ``int`` where whole."""
    whole, rest = divmod(duration_us, SECOND)
    return whole if rest == 0 else duration_us / SECOND
