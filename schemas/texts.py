"""What strings of an event may hold beyond their length: the kinds of text of ``schemas.events.base``.

msgspec has checked types and lengths when these checks run. They run only where the bytes of a body show that one of
them could fail (``needs_checks``), since few events need them.
"""

import re
from collections.abc import Callable
from typing import Final, get_args, get_type_hints

from schemas.events.base import ContactId, EventData, Identifier, Name, Text

Check = Callable[[str], str | None]

_BACKSLASH: Final = ord("\\")
_BAR: Final = ord("|")
_SPACE: Final = ord(" ")
_DELETE: Final = 0x7F
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


def needs_checks(value: bytes) -> bool:
    """Whether a JSON text could hold a string that fails its check; quick, and true too often rather than too seldom.

    A raw control character is no JSON, so in plain ASCII a string can only fail by an escape, by ``|``, by DEL, or by a
    blank at its start.
    """
    return not value.isascii() or _BACKSLASH in value or _BAR in value or _DELETE in value or (_SPACE in value and b'" ' in value)
