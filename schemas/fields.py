"""The fields of an event type, one by one: what each expects, in words, and what is wrong with a value of it."""

from functools import cache
from typing import Annotated, Final, Literal, get_args, get_origin, get_type_hints

import msgspec

from schemas.events import EventData
from schemas.events.base import Timestamp
from schemas.reasons import Reason
from schemas.texts import Check, string_checks

_WORDS: Final[dict[object, str]] = {int: "a whole number", float: "a number", bool: "true or false", str: "a string"}


class Fault(msgspec.Struct, frozen=True):
    """What is wrong with one value."""

    reason: Reason
    detail: str


class Field(msgspec.Struct, frozen=True):
    """One field of an event type; ``choices`` are the values of an enumeration."""

    name: str
    hint: object
    required: bool
    expected: str
    choices: tuple[str, ...]
    check: Check | None

    def fault(self, value: object) -> Fault | None:
        """What is wrong with ``value``, or None."""
        try:
            msgspec.convert(value, self.hint)
        except msgspec.ValidationError as error:
            message = str(error)
            if "matching regex" in message:
                message = "Send the instant with its zone; the date must exist and lie in the years 1970 to 2999."
            return Fault(Reason.TOO_LARGE if "length <= " in message else Reason.CONTRACT, message)
        detail = self.check(value) if self.check is not None and isinstance(value, str) else None
        return None if detail is None else Fault(Reason.CONTRACT, detail)


@cache
def fields_of(data: type[EventData]) -> dict[str, Field]:
    """The fields of an event type by name."""
    hints = get_type_hints(data, include_extras=True)
    checks = dict(string_checks(data))
    return {
        info.encode_name: Field(
            name=info.encode_name,
            hint=hints[info.name],
            required=info.required,
            expected=describe(hints[info.name]),
            choices=_choices(hints[info.name]),
            check=checks.get(info.name),
        )
        for info in msgspec.structs.fields(data)
    }


def describe(hint: object) -> str:
    """What a type expects, in words."""
    if hint == Timestamp:
        return "an RFC 3339 date-time with a zone like 2026-03-29T01:59:59Z"
    if get_origin(hint) is Literal:
        return "one of " + ", ".join(str(choice) for choice in get_args(hint))
    if get_origin(hint) is Annotated:
        inner, *notes = get_args(hint)
        return " ".join([describe(inner), *(_bounds(note) for note in notes if isinstance(note, msgspec.Meta))]).strip()
    members = [member for member in get_args(hint) if member is not type(None)]
    return _WORDS.get(hint) or " or ".join(describe(member) for member in members)


def _bounds(meta: msgspec.Meta) -> str:
    if meta.max_length is not None:
        return f"of {meta.min_length or 0} to {meta.max_length} characters"
    return f"from {meta.ge} to {meta.le}"


def _choices(hint: object) -> tuple[str, ...]:
    if get_origin(hint) is Literal:
        return tuple(str(choice) for choice in get_args(hint))
    return tuple(choice for member in get_args(hint) for choice in _choices(member)) if get_origin(hint) is not Annotated else ()
