"""The attributes of one CloudEvent, each read and checked for itself, whichever mode carried it.

Paths name the place as its sender knows it: ``ce_id`` for a header, ``$.id`` in a structured event, ``key`` for the record key.
"""

from typing import Final, NoReturn

from schemas.events import Family
from schemas.instants import Instant, read_event_time
from schemas.kinds import KINDS, Kind
from schemas.limits import ID_CHARACTERS, SEQUENCE_MAX, STRING_CHARACTERS
from schemas.reasons import Reason, Refused
from schemas.texts import identifier_fault, name_fault

SPEC_VERSION: Final = "1.0"

_BAR: Final = "|"
_SEQUENCE_DIGITS: Final = len(str(SEQUENCE_MAX))


def contact_of(key: bytes | None) -> str:
    """The contact id from a record key: printable, at most 128 characters, no ``|`` (keys of the product are joined with it)."""
    if not key:
        raise Refused(Reason.MISSING_KEY, "the record key is empty or null; it must be the contact id", "key")
    text = text_of(key, "key")
    return text if _BAR not in text and text.isprintable() and len(text) <= ID_CHARACTERS and text[0] != " " else contact_id(text, "key")


def contact_id(text: str, path: str) -> str:
    """A contact id wherever it stands."""
    _limit(text, ID_CHARACTERS, path)
    return _sound(text, name_fault(text), path)


def event_id(text: str, path: str) -> str:
    """The event's id: printable, at most 128 characters."""
    if text.isprintable() and len(text) <= ID_CHARACTERS and text[0] != " ":
        return text
    _limit(text, ID_CHARACTERS, path)
    return _sound(text, identifier_fault(text), path)


def event_source(text: str, path: str) -> str:
    """The event's source: printable, at most 256 characters."""
    _limit(text, STRING_CHARACTERS, path)
    return _sound(text, identifier_fault(text), path)


def event_time(raw: bytes, path: str) -> Instant:
    """The event's time in exact microseconds (P22); raises Refused with ``bad_time``."""
    try:
        return read_event_time(raw)
    except ValueError as error:
        detail = f"expected an RFC 3339 date-time with a zone like 2026-03-29T01:59:59Z, got {shown(raw.decode(errors='replace'))}: {error}"
        raise Refused(Reason.BAD_TIME, detail, path) from None


def event_sequence(text: str, path: str) -> int:
    """The CloudEvents extension ``sequence``: decimal digits that fit 63 bits."""
    if text.isascii() and text.isdigit() and len(text) <= _SEQUENCE_DIGITS and int(text) <= SEQUENCE_MAX:
        return int(text)
    raise Refused(Reason.CONTRACT, f"expected a whole number from 0 to {SEQUENCE_MAX} in decimal digits, got {shown(text)}", path)


def one_sequence(in_body: int | None, beside: int | None, path: str) -> int:
    """The sequence of an event that may carry it in two places; 0 if in none."""
    if in_body is not None and beside is not None and in_body != beside:
        raise Refused(Reason.CONTRACT, f"says sequence {beside}, the body says {in_body}", path)
    return in_body or beside or 0


def same_contact(text: str, contact: str, path: str) -> None:
    """Refuse a ``subject`` or ``partitionkey`` that names another contact than the record key."""
    if text != contact:
        raise Refused(Reason.CONTRACT, f"expected the record key {shown(contact)}, got {shown(text)}", path)


def check_version(text: str, path: str) -> None:
    """Refuse another version of CloudEvents than ours."""
    if text != SPEC_VERSION:
        raise Refused(Reason.MALFORMED, f"expected CloudEvents specversion {SPEC_VERSION}, got {shown(text)}", path)


def kind_of(event_type: str, path: str) -> Kind:
    """The kind of an event type of contract v1, or ``unknown_type``."""
    kind = KINDS.get(event_type)
    if kind is None:
        raise Refused(Reason.UNKNOWN_TYPE, f"expected an event type of contract v1, got {shown(event_type)}", path)
    return kind


def check_family(kind: Kind, family: Family, path: str) -> None:
    """Refuse an event on the topic of another family."""
    if kind.family != family:
        raise Refused(Reason.WRONG_TOPIC, f"{kind.name} is a {kind.family} event on the topic of {family} events", path)


def text_of(raw: bytes, path: str) -> str:
    """Bytes of a key or header as text."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        raise Refused(Reason.MALFORMED, f"expected UTF-8, got {shown(raw)}", path) from None


def shown(what: object) -> str:
    """A value as it may stand in a detail: quoted, and never long."""
    text = repr(what[:80]) if isinstance(what, (str, bytes)) else repr(what)
    return text if len(text) <= 120 else text[:117] + "..."


def missing(path: str) -> NoReturn:
    """Refuse an event without a required attribute."""
    raise Refused(Reason.MISSING_ATTRIBUTE, "a required attribute of CloudEvents is absent or empty", path)


def _limit(text: str, characters: int, path: str) -> None:
    if len(text) > characters:
        raise Refused(Reason.TOO_LARGE, f"expected at most {characters} characters, got {len(text)}", path)


def _sound(text: str, fault: str | None, path: str) -> str:
    if fault is not None:
        raise Refused(Reason.CONTRACT, f"{fault}, got {shown(text)}", path)
    return text
