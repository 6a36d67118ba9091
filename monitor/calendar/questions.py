"""Questions about due dates as JSON lines: hours, a start and a target in, the due instant out; or an end in, counted time out.

``{"id","time_zone","weekly","holidays","open_dates","start","pauses"}`` with ``"target_seconds"`` gives ``{"id","due"}``, with
``"end"`` ``{"id","counted_seconds"}``; a target never reached ``{"id","due":null,"reason"}``, a bad line ``{"id","error"}``.
Arithmetic only: here a zero target is due at its start (in a policy it is an error, P23). Other fields are ignored.
"""

import re
from datetime import date
from functools import lru_cache
from typing import Final, Literal, TypeVar

import msgspec

from monitor.calendar.hours import WEEKDAYS, Span, make_span
from monitor.calendar.model import Pause
from monitor.calendar.wall_calendar import WallCalendar
from monitor.calendar.zone import MAX_AT, MIN_AT
from schemas.instants import SECOND, Instant, format_instant, parse_instant, seconds_of

Reason = Literal["never_open", "paused"]

_ABSENT: Final = msgspec.Raw(b"null")
_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_KEPT: Final = 128
T = TypeVar("T")


class _Question(msgspec.Struct, frozen=True):
    """One line. Hours stay text until it is known that no calendar of the same text was made before."""

    time_zone: str
    start: str
    id: msgspec.Raw = _ABSENT
    weekly: msgspec.Raw = _ABSENT
    holidays: msgspec.Raw = _ABSENT
    open_dates: msgspec.Raw = _ABSENT
    pauses: list[tuple[str, str | None]] | None = None
    target_seconds: int | float | None = None
    end: str | None = None


class _Named(msgspec.Struct, frozen=True):
    """What can still be said of a line that is wrong."""

    id: msgspec.Raw = _ABSENT


class Answer(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is written for one line; exactly one of due, counted_seconds and error is given."""

    id: msgspec.Raw
    due: str | msgspec.UnsetType | None = msgspec.UNSET
    reason: Reason | msgspec.UnsetType = msgspec.UNSET
    counted_seconds: float | msgspec.UnsetType = msgspec.UNSET
    error: str | msgspec.UnsetType = msgspec.UNSET


_questions = msgspec.json.Decoder(_Question)
_named = msgspec.json.Decoder(_Named)
_weekly = msgspec.json.Decoder(dict[str, list[tuple[str, str]] | None] | None)
_holidays = msgspec.json.Decoder(list[str] | None)
_open_dates = msgspec.json.Decoder(dict[str, list[tuple[str, str]]] | None)


def answer(line: bytes, number: int) -> Answer:
    """The answer to one line; ``number`` names the line in an error. Raises nothing: a bad line has an answer of its own."""
    text = ""
    try:
        text = line.decode("utf-8-sig")
        question = _questions.decode(text)
        _require(bytes(question.id)[:1] in _ID_STARTS, "id: expected text or a number")
        return _answer(question)
    except UnicodeDecodeError:
        problem = "expected UTF-8 text"
    except msgspec.ValidationError as error:
        problem = str(error)
    except msgspec.DecodeError as error:
        problem = f"expected one JSON object on the line: {error}"
    except RecursionError:
        problem = "nested too deeply"
    except ValueError as error:
        problem = str(error)
    return Answer(_id_of(text), error=f"line {number}: {problem}")


_ID_STARTS: Final = frozenset(bytes((sign,)) for sign in b'"-0123456789')


def _answer(question: _Question) -> Answer:
    given = (question.target_seconds is not None) + (question.end is not None)
    _require(given == 1, f"expected either `target_seconds` or `end`, got {'both' if given else 'neither'}")
    start_at = _instant(question.start, "start")
    pauses: list[Pause] = [
        (_instant(begin, f"pauses[{index}][0]"), None if end is None else _instant(end, f"pauses[{index}][1]"))
        for index, (begin, end) in enumerate(question.pauses or ())
    ]
    calendar = _calendar(question.time_zone, bytes(question.weekly), bytes(question.holidays), bytes(question.open_dates))
    if question.end is not None:
        counted_us = calendar.counted(start_at, _instant(question.end, "end"), pauses)
        return Answer(question.id, counted_seconds=seconds_of(counted_us))
    target = question.target_seconds or 0
    _require(target >= 0, "target_seconds: expected zero or more")
    target_us = target * SECOND if isinstance(target, int) else round(target * SECOND)
    due_at = calendar.due(start_at, target_us, pauses)
    if due_at is None:
        return Answer(question.id, due=None, reason=never_reached(calendar, start_at, target_us, pauses))
    return Answer(question.id, due=format_instant(due_at))


def never_reached(calendar: WallCalendar, start_at: Instant, target_us: int, pauses: list[Pause]) -> Reason:
    """Why a target has no due instant: ``paused`` if it would have one, were a pause without an end not there.

    Raises ValueError where it has one that cannot be written: calendars end with the year 9999.
    """
    ended = [pause for pause in pauses if pause[1] is not None]
    if len(ended) < len(pauses) and (calendar.wall.repeats or calendar.due(start_at, target_us, ended) is not None):
        return "paused"
    if calendar.wall.repeats:
        raise ValueError("due only after the year 9999, which no calendar reaches")
    return "never_open"


@lru_cache(maxsize=_KEPT)
def _calendar(time_zone: str, weekly: bytes, holidays: bytes, open_dates: bytes) -> WallCalendar:
    days: dict[int, list[Span]] = {}
    for name, intervals in (_part(_weekly, weekly, "weekly") or {}).items():
        _require(name in WEEKDAYS, f"weekly: unknown weekday {name!r}; expected {' '.join(WEEKDAYS)}")
        days[WEEKDAYS.index(name)] = _spans(intervals or [], f"weekly.{name}")
    closed = [_date(text, f"holidays[{index}]") for index, text in enumerate(_part(_holidays, holidays, "holidays") or ())]
    dates = _part(_open_dates, open_dates, "open_dates") or {}
    opened = {_date(text, "open_dates"): _spans(intervals, f"open_dates.{text}") for text, intervals in dates.items()}
    return WallCalendar("asked", time_zone, days, closed, opened)


def _part(decoder: msgspec.json.Decoder[T], raw: bytes, name: str) -> T:
    try:
        return decoder.decode(raw)
    except msgspec.ValidationError as error:
        said = str(error)
        raise ValueError(said.replace("`$", f"`$.{name}") if "`$" in said else f"{said} - at `$.{name}`") from None


def _spans(intervals: list[tuple[str, str]], path: str) -> list[Span]:
    try:
        return [make_span(opens, closes) for opens, closes in intervals]
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None


def _date(text: str, path: str) -> date:
    try:
        _require(_DATE.fullmatch(text) is not None, "")
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{path}: {text!r} is not a date; expected YYYY-MM-DD") from None


def _instant(text: str, path: str) -> Instant:
    try:
        at = parse_instant(text)
    except (ValueError, OverflowError):
        leap = "; leap seconds are not counted: write :59 or the next minute" if text[16:19] == ":60" else ""
        raise ValueError(f"{path}: {text!r} is not an instant; expected RFC 3339 with an offset, such as 2026-01-05T09:00:00+08:00{leap}") from None
    _require(MIN_AT <= at <= MAX_AT, f"{path}: {text!r} lies beyond what calendars reach: the years 1 to 9999 without their ends")
    return at


def _require(holds: bool, message: str) -> None:
    if not holds:
        raise ValueError(message)


def _id_of(text: str) -> msgspec.Raw:
    """The id of a bad line, where it can be read; null otherwise."""
    try:
        found = _named.decode(text).id
    except (ValueError, RecursionError):
        return _ABSENT
    return found if bytes(found)[:1] in _ID_STARTS else _ABSENT
