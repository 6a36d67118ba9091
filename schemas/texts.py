"""What strings of an event may hold beyond their length: the kinds of text of ``schemas.events.base``.

msgspec has checked types and lengths when these checks run. They run only where the bytes of a body show that one of
them could fail (``needs_checks``), since nearly no event needs them.
"""

import re
from collections.abc import Callable
from typing import Final, get_args, get_type_hints

from schemas.events.base import ContactId, EventData, Identifier, Name, Text, Timestamp
from schemas.instants import EARLIEST, LATEST, parse_instant

Check = Callable[[str], str | None]

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def text_fault(text: str) -> str | None:
    """What is wrong with free text, or None."""
    return None if text.strip() else "expected some text, got only white space"


def identifier_fault(text: str) -> str | None:
    """What is wrong with an identifier, or None."""
    if _CONTROL.search(text) is not None:
        return "expected no control character or line break"
    return text_fault(text)


def name_fault(text: str) -> str | None:
    """What is wrong with a name or a contact id, or None; keys are joined with ``|``."""
    return "expected no '|', since keys are joined with it" if "|" in text else identifier_fault(text)


def timestamp_fault(text: str) -> str | None:
    """What is wrong with an instant inside a body, or None."""
    try:
        at = parse_instant(text)
    except ValueError as error:
        return f"expected an RFC 3339 date-time with a zone like 2026-03-29T01:59:59Z: {error}"
    return None if EARLIEST <= at <= LATEST else "expected a year from 1970 to 2999"


_CHECKS: Final[tuple[tuple[object, Check], ...]] = (
    (Name, name_fault),
    (ContactId, name_fault),
    (Identifier, identifier_fault),
    (Text, text_fault),
)


def _fields_of(data: type[EventData], kind: object) -> list[str]:
    hints = get_type_hints(data, include_extras=True)
    return [field for field in data.__struct_fields__ if hints[field] == kind or kind in get_args(hints[field])]


def string_checks(data: type[EventData]) -> tuple[tuple[str, Check], ...]:
    """Each string field of an event type with its check."""
    return tuple((field, check) for kind, check in _CHECKS for field in _fields_of(data, kind))


def timestamp_fields(data: type[EventData]) -> tuple[str, ...]:
    """The fields of an event type that hold an instant."""
    return tuple(_fields_of(data, Timestamp))


def needs_checks(value: bytes) -> bool:
    """Whether a JSON text could hold a string that fails its check: escapes, ``|``, blanks at a start, more than ASCII."""
    return not value.isascii() or b"\\" in value or b"|" in value or b'" ' in value or b"\x7f" in value
