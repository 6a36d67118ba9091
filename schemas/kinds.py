"""One decoder per event type of contract v1, and the reading of a body with it."""

from collections.abc import Callable
from typing import Final, NoReturn

import msgspec

from schemas.events import EVENT_TYPES, EventData, Family
from schemas.reasons import Reason, Refused
from schemas.texts import Check, needs_checks, string_checks


class Kind(msgspec.Struct, frozen=True, kw_only=True):
    """An event type (``name`` as in ``ce_type``), ready to read; ``strings`` are its text fields with their checks."""

    name: str
    family: Family
    data: type[EventData]
    decode: Callable[[bytes], EventData]
    strings: tuple[tuple[str, Check], ...]


def _kind(name: str, family: Family, data: type[EventData]) -> Kind:
    return Kind(name=name, family=family, data=data, decode=msgspec.json.Decoder(data).decode, strings=string_checks(data))


KINDS: Final = {event_type: _kind(event_type, family, data) for event_type, (family, data) in EVENT_TYPES.items()}
KINDS_BY_BYTES: Final = {event_type.encode(): kind for event_type, kind in KINDS.items()}
TYPE_OF: Final = {(kind.family, kind.data): kind.name for kind in KINDS.values()}


def read_body(kind: Kind, value: bytes, root: str = "$") -> EventData:
    """Decode a JSON body as an event of ``kind``; raises Refused with paths that start at ``root``."""
    try:
        data = kind.decode(value)
    except (ValueError, RecursionError) as error:
        refuse_json(error, value, root)
    if needs_checks(value):
        _check_strings(kind, data, value, root)
    return data


def refuse_json(error: Exception, value: bytes, root: str = "$") -> NoReturn:
    """Say why JSON could not be read: broken text is malformed, a wrong field breaks the contract or is too large."""
    if not isinstance(error, msgspec.ValidationError):
        raise Refused(Reason.MALFORMED, _why_unreadable(error, value), root) from None
    message, _, place = str(error).partition(" - at `")
    path = root + place.rstrip("`").removeprefix("$")
    if "length <= " in message:
        raise Refused(Reason.TOO_LARGE, message, path) from None
    if message.startswith("Object missing required field"):
        path, message = f"{path}.{message.split('`')[1]}", "a required field is missing"
    elif "matching regex" in message:
        message = "expected an RFC 3339 date-time with a zone like 2026-03-29T01:59:59Z, in the years 1970 to 2999"
    raise Refused(Reason.CONTRACT, message, path) from None


def _why_unreadable(error: Exception, value: bytes) -> str:
    if not value.strip():
        return "the body is empty; an event without fields has the body {}"
    if value.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        return "the body starts with a byte order mark; send plain UTF-8 without one"
    if isinstance(error, RecursionError):
        return "the body is nested too deeply"
    if not _is_utf8(value):
        return "the body is not UTF-8"
    if b"\\ud" in value or b"\\uD" in value:
        return f"{error}; a lone surrogate escape is not a character"
    return str(error)


def _is_utf8(value: bytes) -> bool:
    try:
        value.decode()
    except UnicodeDecodeError:
        return False
    return True


def _check_strings(kind: Kind, data: EventData, value: bytes, root: str) -> None:
    if not value.isascii() and not _is_utf8(value):
        raise Refused(Reason.MALFORMED, "the body is not UTF-8", root)
    for field, check in kind.strings:
        text: str | None = getattr(data, field)
        fault = None if text is None else check(text)
        if fault is not None:
            raise Refused(Reason.CONTRACT, fault, f"{root}.{field}")
