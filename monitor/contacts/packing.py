"""The events of a closed contact in few bytes, without losing any: they may still have to be folded again (P32).

What all events say alike is kept once; an id that begins with the contact's id keeps its end only, one of 32 hexadecimal
digits (a UUID without dashes) keeps its 16 bytes; instants are distances from the first.
"""

from typing import Final, cast

import msgspec

from monitor.contacts.contact import Stored
from schemas.events import CALL_EVENTS, CHAT_EVENTS, SHARED_EVENTS, WORKORDER_EVENTS, EventData, event_name
from schemas.instants import Instant

Fields = dict[str, str | int | float | bool]

_FAMILY: Final = 32
"""Codes of one group of event types; each group only ever grows at its end (contract v1)."""

_GROUPS: Final = (CALL_EVENTS, CHAT_EVENTS, WORKORDER_EVENTS, SHARED_EVENTS)
_KINDS: Final[dict[int, type[EventData]]] = {
    group * _FAMILY + n: kind for group, kinds in enumerate(_GROUPS) for n, kind in enumerate(cast(tuple[type[EventData], ...], kinds))
}
_CODES: Final = {event_name(kind): code for code, kind in _KINDS.items()}
_DASHES: Final = (8, 13, 18, 23)
_HEX_DIGITS: Final = frozenset("0123456789abcdef")
_SUFFIX, _PLAIN, _HEX, _UUID = b"s", b"p", b"h", b"u"

_encode: Final = msgspec.msgpack.Encoder().encode
_fields: Final = msgspec.msgpack.Decoder(Fields).decode


class Rare(msgspec.Struct, frozen=True, array_like=True):
    """What few events have: another source, a sequence, a clamped instant, something to say that the others do not."""

    source: int
    sequence: int
    stated_at: Instant
    own: Fields


class Item(msgspec.Struct, frozen=True, array_like=True):
    """One event: type code, distance from the first, short id."""

    code: int
    after_us: int
    id: bytes
    rare: Rare | None


class PackedEvents(msgspec.Struct, frozen=True, array_like=True):
    """The events of one contact; ``common`` is what all of them say."""

    first_at: Instant
    sources: tuple[str, ...]
    common: Fields
    items: list[Item]


_NOTHING: Final = Rare(0, 0, 0, {})


def pack(contact: str, events: list[Stored]) -> PackedEvents:
    """Put the events of a contact together."""
    first_at = events[0].at if events else 0
    bodies = [_fields(event.data) for event in events]
    codes = [_CODES[str(body.pop("type"))] for body in bodies]
    common = _common(bodies)
    sources: dict[str, int] = {}
    items: list[Item] = []
    for event, code, body in zip(events, codes, bodies, strict=True):
        source = sources.setdefault(event.source, len(sources))
        own = {} if body == common else {name: value for name, value in body.items() if name not in common}
        said = source or event.sequence or event.stated_at or own
        rare = Rare(source, event.sequence, event.stated_at, own) if said else None
        items.append(Item(code, event.at - first_at, _short_id(contact, event.id), rare))
    return PackedEvents(first_at, tuple(sources), common, items)


def unpack(contact: str, packed: PackedEvents) -> list[Stored]:
    """The events as they were, byte for byte."""
    events: list[Stored] = []
    for item in packed.items:
        kind = _KINDS[item.code]
        rare = item.rare or _NOTHING
        data = msgspec.convert({"type": event_name(kind), **packed.common, **rare.own}, kind)
        at, source = packed.first_at + item.after_us, packed.sources[rare.source]
        events.append(Stored(at, rare.sequence, source, _long_id(contact, item.id), rare.stated_at, _encode(data)))
    return events


def _common(bodies: list[Fields]) -> Fields:
    if not bodies:
        return {}
    first = bodies[0]
    if all(body == first for body in bodies):
        return first
    return {name: value for name, value in first.items() if all(body.get(name) == value for body in bodies)}


def _short_id(contact: str, event_id: str) -> bytes:
    if event_id.startswith(contact):
        return _SUFFIX + event_id[len(contact) :].encode()
    form, digits = _PLAIN, event_id
    if len(event_id) == 32:
        form = _HEX
    elif len(event_id) == 36 and all(event_id[n] == "-" for n in _DASHES):
        form, digits = _UUID, event_id.replace("-", "")
    if form != _PLAIN and len(digits) == 32 and _HEX_DIGITS.issuperset(digits):
        return form + bytes.fromhex(digits)
    return _PLAIN + event_id.encode()


def _long_id(contact: str, short: bytes) -> str:
    form, rest = short[:1], short[1:]
    if form == _SUFFIX:
        return contact + rest.decode()
    if form == _PLAIN:
        return rest.decode()
    text = rest.hex()
    return text if form == _HEX else "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))
