"""One row of the Anonymous Bank log as a call: instants in UTC, durations in microseconds, every oddity counted as dirt.

The columns with durations (``q_time``, ``ser_time``) decide, not differences of the clock columns: those wrap at midnight,
disagree by clock skew and jump with daylight saving. Clock columns only place the call on the time line.
"""

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from monitor.sources.dirt import Dirt
from schemas.instants import EPOCH, MICROSECOND, SECOND, Instant

ZONE: Final = ZoneInfo("Asia/Jerusalem")
COLUMNS: Final = (
    "vru+line", "call_id", "customer_id", "priority", "type", "date", "vru_entry", "vru_exit", "vru_time",
    "q_start", "q_exit", "q_time", "outcome", "ser_start", "ser_exit", "ser_time", "server",
)  # fmt: skip
OUTCOMES: Final = frozenset({"AGENT", "HANG", "PHANTOM"})
TYPES: Final = frozenset({"PS", "PE", "IN", "NE", "NW", "TT"})

_DAY: Final = 86_400
_CLOCK: Final = re.compile(r"(\d{1,2}):(\d{1,2})(?::(\d{1,2}))?")
_DATE_WITH_SLASHES: Final = re.compile(r"(\d{1,2})[/.](\d{1,2})[/.](\d{2}|\d{4})")


class Call(msgspec.Struct, frozen=True):
    """One call. ``wait_us`` and ``served_us`` are the log's own columns; ``queued`` says that it reached the queue."""

    id: str
    line: int
    customer: str
    priority: str
    queue: str
    outcome: str
    server: str
    entered_at: Instant
    left_at: Instant
    queued: bool
    queued_at: Instant
    wait_us: int
    served_us: int


def seconds_of_clock(text: str) -> int | None:
    """``h:mm:ss`` as seconds after midnight; hours from 24 on belong to the next day; None for anything else."""
    match = _CLOCK.fullmatch(text)
    if match is None:
        return None
    hours, minutes, seconds = int(match[1]), int(match[2]), int(match[3] or 0)
    return None if minutes > 59 or seconds > 60 or hours > 47 else hours * 3600 + minutes * 60 + seconds


def date_of(text: str) -> date | None:
    """``yymmdd`` as the log writes it; ``yyyymmdd``, ISO and month/day/year dates of re-exported files too."""
    try:
        if text.isdecimal() and len(text) == 6:
            return date(_year(int(text[:2])), int(text[2:4]), int(text[4:]))
        match = _DATE_WITH_SLASHES.fullmatch(text)
        if match is None:
            return date.fromisoformat(text)
        first, second = int(match[1]), int(match[2])
        month, day = (second, first) if first > 12 else (first, second)
        return date(_year(int(match[3])), month, day)
    except ValueError:
        return None


def _year(number: int) -> int:
    return number if number > 99 else number + (1900 if number >= 70 else 2000)


def instant_of(day: date, seconds: int) -> Instant:
    """Local wall time in the bank's zone as an instant; of an hour that happens twice, the first."""
    local = datetime.combine(day, time()) + timedelta(seconds=seconds)
    return (local.replace(tzinfo=ZONE).astimezone(UTC) - EPOCH) // MICROSECOND


def _integer(text: str) -> int | None:
    return int(text) if text.removeprefix("-").isdecimal() else None


def _near(clock: int, anchor: int) -> int:
    """``clock`` on the day that brings it nearest to ``anchor``: intervals wrap at midnight."""
    return clock + _DAY * round((anchor - clock) / _DAY)


def _span(start: int | None, end: int | None) -> int | None:
    """Seconds from start to end over at most one midnight; None when unknown or no plausible span (half a day and more)."""
    if start is None or end is None:
        return None
    span = (end - start) % _DAY
    return span if span < _DAY // 2 else None


class RowReader:
    """Turns the fields of one row into a Call, and counts what is wrong with it."""

    def __init__(self, dirt: Dirt) -> None:
        self._dirt = dirt
        self._day: date | None = None
        self._seen: dict[str, int] = {}

    def read(self, row: dict[str, str], line: int) -> Call | None:
        """The call of ``row``; None for a phantom ("ignore") and for a row that cannot be placed on any date."""
        outcome = row["outcome"].upper()
        day = self._date(row["date"], line)
        if day is None:
            return None
        if outcome == "PHANTOM":
            self._dirt.add("phantom", line)
            return None
        clocks = {name: self._clock(row, name, line) for name in ("vru_entry", "vru_exit", "q_start", "q_exit", "ser_start", "ser_exit")}
        q_start = clocks["q_start"]
        queued = q_start != 0 if q_start is not None else (_integer(row["q_time"]) or 0) > 0
        entered, left, start = self._places(clocks, queued, line)
        base_at = instant_of(day, start)
        self._odd(row, clocks, outcome, line)
        return Call(
            id=self._identify(row, day, line),
            line=line,
            customer=row["customer_id"],
            priority=row["priority"],
            queue=row["type"] or "unknown",
            outcome=outcome,
            server=row["server"],
            entered_at=base_at - max(0, start - entered) * SECOND,
            left_at=base_at - max(0, start - left) * SECOND,
            queued=queued,
            queued_at=base_at,
            wait_us=self._wait(row, clocks, queued, line) * SECOND,
            served_us=self._duration(row["ser_time"], _span(clocks["ser_start"], clocks["ser_exit"]), "service_time", line) * SECOND,
        )

    def _date(self, text: str, line: int) -> date | None:
        day = date_of(text)
        if day is None:
            self._dirt.add("bad_date", line)
            return self._day
        self._day = day
        return day

    def _clock(self, row: dict[str, str], name: str, line: int) -> int | None:
        seconds = seconds_of_clock(row[name])
        if seconds is None:
            self._dirt.add("bad_clock", line)
        elif seconds >= _DAY:
            self._dirt.add("hour_beyond_23", line)
        return seconds

    def _places(self, clocks: dict[str, int | None], queued: bool, line: int) -> tuple[int, int, int]:
        """Seconds of entering the menu, leaving it, and joining the queue (or an agent), each near the one before."""
        known = [clock for clock in (clocks["vru_entry"], clocks["vru_exit"], clocks["q_start"], clocks["ser_start"]) if clock is not None]
        entered = known[0] if known else 0
        exit_clock = clocks["vru_exit"]
        left = entered if exit_clock is None else _near(exit_clock, entered)
        if left < entered:
            self._dirt.add("menu_left_before_entered", line)
        q_start = clocks["q_start"]
        return min(entered, left), left, _near(q_start, left) if queued and q_start is not None else left

    def _wait(self, row: dict[str, str], clocks: dict[str, int | None], queued: bool, line: int) -> int:
        if not queued:
            if row["q_time"] not in ("0", ""):
                self._dirt.add("wait_without_queue", line)
            return 0
        span = _span(clocks["q_start"], clocks["q_exit"])
        wait = self._duration(row["q_time"], span, "wait", line)
        if span is not None and span != wait:
            self._dirt.add("wait_differs_from_clocks", line)
        return wait

    def _duration(self, text: str, span: int | None, what: str, line: int) -> int:
        """The column; unreadable: the span between the clocks; negative: 0, unless it is that span less the midnight it wrapped at."""
        value = _integer(text)
        if value is None:
            self._dirt.add(f"bad_{what}", line)
            return span or 0
        if value < 0:
            self._dirt.add(f"negative_{what}", line)
            return span if span is not None and span == value + _DAY else 0
        return value

    def _odd(self, row: dict[str, str], clocks: dict[str, int | None], outcome: str, line: int) -> None:
        if outcome not in OUTCOMES:
            self._dirt.add("unknown_outcome", line)
        if row["type"] not in TYPES:
            self._dirt.add("undocumented_type", line)
        if row["priority"] not in ("0", "1", "2"):
            self._dirt.add("undocumented_priority", line)
        start, end, served = clocks["q_start"], clocks["q_exit"], clocks["ser_start"]
        if start and end is not None and end < start:
            self._dirt.add("queue_wraps_midnight", line)
        if start and end is not None and served and served < end:
            self._dirt.add("service_before_queue_exit", line)
        if served and outcome == "HANG":
            self._dirt.add("hung_up_with_service", line)
        if not served and outcome == "AGENT":
            self._dirt.add("agent_without_service_start", line)

    def _identify(self, row: dict[str, str], day: date, line: int) -> str:
        """``call_id`` is unique only per VRU line; a repeated one is another call, numbered in file order."""
        name = f"{row['vru+line'] or 'line'}-{row['call_id'] or line}-{day:%y%m%d}"[:100]
        count = self._seen[name] = self._seen.get(name, 0) + 1
        if count == 1:
            return name
        self._dirt.add("repeated_call_id", line)
        return f"{name}.{count}"
