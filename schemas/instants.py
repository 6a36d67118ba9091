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

_RFC3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)")


def parse_instant(text: str) -> Instant:
    """Read an RFC 3339 date-time with a zone; digits beyond microseconds are cut. Raises ValueError otherwise."""
    match = _RFC3339.fullmatch(text)
    if match is None:
        raise ValueError("not an RFC 3339 date-time with a zone")
    fraction = match.group(1)
    if fraction is not None and len(fraction) not in (4, 7):
        text = text.replace(fraction, fraction[:7].ljust(7, "0"), 1)
    return (datetime.fromisoformat(text.upper()) - EPOCH) // MICROSECOND


def format_instant(at: Instant) -> str:
    """Write an instant as RFC 3339 in UTC with ``Z``; a fraction only if it is not zero."""
    seconds, micros = divmod(at, SECOND)
    text = (EPOCH + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%S")
    return f"{text}.{micros:06d}".rstrip("0") + "Z" if micros else text + "Z"


def seconds_of(duration_us: int) -> float:
    """Microseconds as seconds for the wire: an ``int`` where whole."""
    whole, rest = divmod(duration_us, SECOND)
    return whole if rest == 0 else duration_us / SECOND
