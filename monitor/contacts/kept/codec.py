"""Contacts as bytes: ``key -> value`` of the shard's state, msgpack, versioned (design §4).

A living contact is kept with its view, so that the next event costs no fold. One that is closed keeps its events and its
published ledger only, packed; its view is folded again if anything still comes.
"""

from typing import Final

import msgspec

from monitor.contacts.kept.contact import Contact, Published, Stored, Summary, Told, View
from monitor.contacts.kept.packing import PackedEntry, PackedEvents, pack, pack_ledger, unpack, unpack_ledger
from monitor.contacts.rulings.ruling import Ruling
from monitor.errors import StateError
from schemas.events import Family
from schemas.instants import Instant

VERSION: Final = 1
PREFIXES: Final[dict[Family, bytes]] = {"call": b"cc:", "chat": b"ch:", "workorder": b"cw:"}
FAMILY_OF: Final[dict[bytes, Family]] = {prefix: family for family, prefix in PREFIXES.items()}


class Head(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The beginning of every value: enough to rebuild heap, presence and totals."""

    version: int
    next_at: Instant
    summary: Summary | None
    packed: bool

    @property
    def known(self) -> Summary:
        """The contact in short; most are simply kept."""
        return self.summary or KEPT


class Living(msgspec.Struct, array_like=True, gc=False):
    """A contact that is not closed."""

    version: int
    next_at: Instant
    summary: Summary | None
    packed: bool
    publish_at: Instant
    events: list[Stored]
    view: View
    ledger: list[Published]
    told: Told | None = None
    lineage: tuple[tuple[Instant, int], ...] = ()
    rulings: list[Ruling] = []


class Packed(msgspec.Struct, array_like=True, gc=False):
    """A closed contact, without its view; ``fired_us`` lies between its first event and its last timer that went by."""

    version: int
    next_at: Instant
    summary: Summary | None
    packed: bool
    fired_us: int | None
    events: PackedEvents
    ledger: list[PackedEntry]
    told: Told | None = None
    lineage: tuple[tuple[Instant, int], ...] = ()
    rulings: list[Ruling] = []


KEPT: Final = Summary()

_encode: Final = msgspec.msgpack.Encoder().encode
_head: Final = msgspec.msgpack.Decoder(Head).decode
_living: Final = msgspec.msgpack.Decoder(Living).decode
_packed: Final = msgspec.msgpack.Decoder(Packed).decode


def state_key(family: Family, contact: bytes) -> bytes:
    """The state key of a contact."""
    return PREFIXES[family] + contact


def read_head(value: bytes) -> Head:
    """Read the beginning of a stored contact. Raises StateError for bytes of another version."""
    try:
        head = _head(value)
    except msgspec.DecodeError as error:
        raise StateError(f"a stored contact cannot be read ({error}): restore the changelog or start a new application id") from error
    if head.version != VERSION:
        raise StateError(f"a stored contact has version {head.version}, this worker reads {VERSION}: run a worker of that version")
    return head


def write_living(contact: Contact) -> bytes:
    """Keep a contact with its view."""
    kept = Living(VERSION, contact.next_at, _brief(contact), False, contact.publish_at, contact.events, contact.view, contact.ledger)
    kept.told, kept.lineage, kept.rulings = contact.told, contact.lineage, contact.rulings
    return _encode(kept)


def write_packed(contact: Contact) -> bytes:
    """Keep a closed contact without its view, small."""
    events, ledger = pack(contact.events), pack_ledger(contact.ledger, contact.events)
    fired_at = contact.view.fired_at
    kept = (VERSION, contact.next_at, _brief(contact), True, fired_at - events.first_at if fired_at else None, events, ledger)
    rare = (contact.told, contact.lineage, contact.rulings)
    needed = 3 if contact.rulings else 2 if contact.lineage else 1 if contact.told is not None else 0
    return _encode((*kept, *rare[:needed]))


def read(key: bytes, value: bytes) -> tuple[Contact, Instant | None]:
    """Read a contact; with ``fired_at`` if its view must be folded again up to there."""
    head = read_head(value)
    family, name, at, known = FAMILY_OF[key[:3]], key[3:].decode(), head.next_at, head.known
    if head.packed:
        packed = _packed(value)
        events = unpack(packed.events)
        ledger = unpack_ledger(packed.ledger, events)
        fired_at = 0 if packed.fired_us is None else packed.events.first_at + packed.fired_us
        contact = Contact(name, family, events, View(), ledger, at, 0, at, bool(known.unjudged), known)
        contact.told, contact.lineage, contact.rulings = packed.told, packed.lineage, packed.rulings
        return contact, fired_at
    kept = _living(value)
    contact = Contact(name, family, kept.events, kept.view, kept.ledger, at, kept.publish_at, at, bool(known.unjudged), known)
    contact.told, contact.lineage, contact.rulings = kept.told, kept.lineage, kept.rulings
    contact.untold = bool(known.untold)
    return contact, None


def _brief(contact: Contact) -> Summary | None:
    return None if contact.summary == KEPT else contact.summary
