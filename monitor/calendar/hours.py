"""Opening hours as people write them: ``"08:00-18:00"``, ``"22:00-06:00"``, ``"00:00-24:00"`` (P3).

A ``Span`` is (open, close) in microseconds of wall time since the midnight that begins its date; a close at or before
the opening lies on the next date, so 0 <= open < 24 h and open < close <= open + 24 h.
"""

import re
from collections.abc import Iterable
from typing import Final

from schemas.instants import DAY, HOUR, MINUTE, SECOND

Span = tuple[int, int]

WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
EVERY_HOUR: Final[tuple[Span, ...]] = ((0, DAY),)

_TIME = re.compile(r"(\d{1,2}):(\d\d)(?::(\d\d))?", re.ASCII)


def parse_time(text: str) -> int:
    """Wall time ``HH:MM`` or ``HH:MM:SS`` up to ``24:00`` as microseconds since midnight. Raises ValueError."""
    match = _TIME.fullmatch(text.strip())
    hours, minutes, seconds = (int(part or 0) for part in match.groups()) if match else (99, 0, 0)
    time_us = hours * HOUR + minutes * MINUTE + seconds * SECOND
    if minutes > 59 or seconds > 59 or time_us > DAY:
        raise ValueError(f"{text!r} is not a time of day; expected HH:MM from 00:00 to 24:00")
    return time_us


def make_span(opens: str, closes: str) -> Span:
    """One interval from two times of day. Raises ValueError."""
    open_us, close_us = parse_time(opens), parse_time(closes)
    if open_us == DAY:
        raise ValueError("an interval cannot begin at 24:00; write 00:00 on the next date")
    return open_us, close_us if close_us > open_us else close_us + DAY


def parse_span(text: str) -> Span:
    """``"HH:MM-HH:MM"`` as a span. Raises ValueError."""
    opens, dash, closes = text.partition("-")
    if not dash:
        raise ValueError(f"{text!r} is not an interval; expected HH:MM-HH:MM")
    return make_span(opens, closes)


def parse_weekdays(text: str) -> tuple[int, ...]:
    """``mon``, ``mon-fri``, ``fri-mon``, ``mon,wed`` or ``daily`` as weekday numbers, Monday = 0. Raises ValueError."""
    if text.strip().lower() == "daily":
        return tuple(range(7))
    found: list[int] = []
    for part in text.split(","):
        names = [name.strip().lower() for name in part.split("-")]
        if len(names) > 2 or any(name not in WEEKDAYS for name in names):
            raise ValueError(f"{text!r} is not a weekday; expected one of {' '.join(WEEKDAYS)}, a range like mon-fri, a list like mon,wed, or daily")
        first, last = WEEKDAYS.index(names[0]), WEEKDAYS.index(names[-1])
        found += [(first + step) % 7 for step in range((last - first) % 7 + 1)]
    return tuple(found)


def union(spans: Iterable[Span]) -> list[Span]:
    """The spans in order, merged where they overlap or touch, so that time in two of them counts once."""
    merged: list[Span] = []
    for opens, closes in sorted(spans):
        if merged and opens <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], closes))
        else:
            merged.append((opens, closes))
    return merged
