"""CloudEvents in structured mode: attributes and data in one JSON object, as records and as lines of a file."""

from base64 import b64decode

import msgspec

from schemas import attributes
from schemas.event import Event
from schemas.events import Family
from schemas.instants import format_instant
from schemas.kinds import TYPE_OF, read_body, refuse_json
from schemas.reasons import Reason, Refused


class Envelope(msgspec.Struct, frozen=True, omit_defaults=True):
    """The members of a structured event; unknown ones (extensions) are ignored."""

    specversion: str | None = None
    id: str | None = None
    source: str | None = None
    type: str | None = None
    time: str | None = None
    subject: str | None = None
    partitionkey: str | None = None
    sequence: str | int | None = None
    datacontenttype: str | None = None
    data: msgspec.Raw = msgspec.Raw()
    data_base64: str | None = None


_read = msgspec.json.Decoder(Envelope).decode


def decode_structured(line: bytes) -> Event:
    """Read one line of a file: the contact is its ``subject`` or ``partitionkey``, the family follows from its type."""
    envelope = read_envelope(line)
    contact = envelope.subject or envelope.partitionkey
    if contact is None:
        raise Refused(Reason.MISSING_KEY, "expected the contact id as subject or partitionkey", "$.subject")
    return event_of(envelope, attributes.contact_id(contact, "$.subject" if envelope.subject else "$.partitionkey"), None)


def read_envelope(value: bytes) -> Envelope:
    """Read the attributes; the data stays unread."""
    try:
        envelope = _read(value)
    except (ValueError, RecursionError) as error:
        refuse_json(error, value)
    for name in ("specversion", "id", "source", "type", "time"):
        if not getattr(envelope, name):
            attributes.missing(f"$.{name}")
    return envelope


def event_of(envelope: Envelope, contact: str, family: Family | None) -> Event:
    """Check the attributes and read the data; ``family`` is that of the topic, None if any will do."""
    attributes.check_version(envelope.specversion or "", "$.specversion")
    identity = attributes.event_id(envelope.id or "", "$.id")
    source = attributes.event_source(envelope.source or "", "$.source")
    kind = attributes.kind_of(envelope.type or "", "$.type")
    if family is not None:
        attributes.check_family(kind, family, "$.type")
    at = attributes.event_time((envelope.time or "").encode(), "$.time")
    for name, text in (("subject", envelope.subject), ("partitionkey", envelope.partitionkey)):
        if text is not None:
            attributes.same_contact(text, contact, f"$.{name}")
    data = read_body(kind, _data_of(envelope), "$.data")
    beside = None if envelope.sequence is None else attributes.event_sequence(str(envelope.sequence), "$.sequence")
    return Event(contact, kind.family, identity, source, at, attributes.one_sequence(data.sequence, beside, "$.sequence"), data)


def _data_of(envelope: Envelope) -> bytes:
    if envelope.data_base64 is None:
        return bytes(envelope.data) or _no_data()
    try:
        return b64decode(envelope.data_base64, validate=True)
    except ValueError as error:
        raise Refused(Reason.MALFORMED, f"expected base64: {error}", "$.data_base64") from None


def encode_structured(event: Event) -> bytes:
    """Write one event as one JSON line (without line end), the contact as ``subject`` and ``partitionkey``."""
    data = event.data
    envelope = Envelope(
        specversion=attributes.SPEC_VERSION,
        id=event.id,
        source=event.source,
        type=TYPE_OF[event.family, type(data)],
        time=format_instant(event.at),
        subject=event.contact,
        partitionkey=event.contact,
        sequence=str(event.sequence) if event.sequence and data.sequence is None else None,
        datacontenttype="application/json",
        data=msgspec.Raw(msgspec.json.encode(data)),
    )
    return msgspec.json.encode(envelope)


def _no_data() -> bytes:
    raise Refused(Reason.CONTRACT, "a required member is missing; an event without fields has data {}", "$.data")
