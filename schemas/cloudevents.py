"""CloudEvents 1.0 on Kafka, read and written by our own quick code; binary and structured mode.

Standards: the CloudEvents core, its JSON format and its Kafka protocol binding, each version 1.0.2. Binary mode has the
attributes as ``ce_`` headers and the data as value; structured mode (content-type ``application/cloudevents+json``) has
all in the value. The record key is the contact id; ``partitionkey`` and ``subject``, where present, say the same. The
order of events within one contact is ``sequence`` in the body, or the CloudEvents extension of that name.
"""

from functools import lru_cache
from typing import Final, NoReturn

import msgspec

from schemas.attributes import (
    SPEC_VERSION,
    check_family,
    check_version,
    contact_of,
    event_sequence,
    event_source,
    event_time,
    kind_of,
    missing,
    one_sequence,
    same_contact,
    text_of,
)
from schemas.attributes import (
    event_id as checked_id,
)
from schemas.content import CONTENT_TYPE, JSON, Headers, by_name, mode_of
from schemas.event import Event
from schemas.events import Family
from schemas.instants import Instant, format_instant, read_event_time
from schemas.kinds import KINDS_BY_BYTES, TYPE_OF, read_body
from schemas.limits import ID_CHARACTERS, VALUE_BYTES
from schemas.reasons import Reason, Refused
from schemas.structured import decode_structured, encode_structured, event_of, read_envelope

__all__ = [
    "ALERT_TYPE",
    "DEAD_LETTER_TYPE",
    "OUTPUT_SOURCE",
    "VERDICT_TYPE",
    "Headers",
    "Refused",
    "decode_event",
    "decode_structured",
    "encode_event",
    "encode_structured",
    "output_headers",
]

OUTPUT_SOURCE: Final = "/sla-monitor"
VERDICT_TYPE: Final = "cc.sla.verdict.v1"
ALERT_TYPE: Final = "cc.sla.alert.v1"
DEAD_LETTER_TYPE: Final = "cc.sla.dead-letter.v1"

_REQUIRED: Final = ("ce_specversion", "ce_id", "ce_source", "ce_type", "ce_time")
_VERSION: Final = SPEC_VERSION.encode()
_SOURCES_KEPT: Final = 4096
_sources: dict[bytes, str] = {}


def decode_event(key: bytes | None, value: bytes | None, headers: Headers, family: Family) -> Event:
    """Read one record of a source topic of ``family``; raises Refused and nothing else, whatever the bytes are."""
    contact = contact_of(key)
    if value is None:
        raise Refused(Reason.TOMBSTONE, "the record has no value", "value")
    if len(value) > VALUE_BYTES:
        raise Refused(Reason.TOO_LARGE, f"expected a value of at most {VALUE_BYTES} bytes, got {len(value)}", "value")
    named = dict(headers)
    if len(named) != len(headers) or "ce_id" not in named:
        named = by_name(headers)
    content_type = named.get(CONTENT_TYPE)
    if content_type != JSON and mode_of(content_type) == "structured":
        return event_of(read_envelope(value), contact, family)
    return _decode_binary(contact, value, named, family)


def _decode_binary(contact: str, value: bytes, named: dict[str, bytes], family: Family) -> Event:
    try:
        version, raw_id, raw_source = named["ce_specversion"], named["ce_id"], named["ce_source"]
        raw_type, raw_time = named["ce_type"], named["ce_time"]
    except KeyError:
        _refuse_missing(named, value)
    if not (version and raw_id and raw_source and raw_type and raw_time):
        _refuse_missing(named, value)
    if version != _VERSION:
        check_version(text_of(version, "ce_specversion"), "ce_specversion")
    source = _sources.get(raw_source) or _new_source(raw_source)
    kind = KINDS_BY_BYTES.get(raw_type) or kind_of(text_of(raw_type, "ce_type"), "ce_type")
    if kind.family != family:
        check_family(kind, family, "ce_type")
    try:
        identity, at = raw_id.decode(), read_event_time(raw_time)
        if len(identity) > ID_CHARACTERS or identity[0] == " " or not identity.isprintable():
            checked_id(identity, "ce_id")
    except ValueError:
        identity, at = checked_id(text_of(raw_id, "ce_id"), "ce_id"), event_time(raw_time, "ce_time")
    data = read_body(kind, value)
    plain = len(named) == len(_REQUIRED) + (CONTENT_TYPE in named)
    sequence = data.sequence or 0 if plain else _check_extensions(named, contact, data.sequence)
    return Event(contact, family, identity, source, at, sequence, data)


def _check_extensions(named: dict[str, bytes], contact: str, in_body: int | None) -> int:
    """Check ``subject`` and ``partitionkey`` against the key; give the sequence."""
    for name in ("ce_subject", "ce_partitionkey"):
        raw = named.get(name)
        if raw is not None:
            same_contact(text_of(raw, name), contact, name)
    raw = named.get("ce_sequence")
    if raw is None:
        return in_body or 0
    return one_sequence(in_body, event_sequence(text_of(raw, "ce_sequence"), "ce_sequence"), "ce_sequence")


def _new_source(raw: bytes) -> str:
    """Check a source seen for the first time; the few sources of a company are then known by their bytes."""
    source = event_source(text_of(raw, "ce_source"), "ce_source")
    if len(_sources) >= _SOURCES_KEPT:
        _sources.clear()
    _sources[raw] = source
    return source


def _refuse_missing(named: dict[str, bytes], value: bytes) -> NoReturn:
    absent = next(name for name in _REQUIRED if not named.get(name))
    if not any(name.startswith("ce_") for name in named) and b'"specversion"' in value:
        detail = "the value looks like a structured event; it needs the header content-type: application/cloudevents+json"
        raise Refused(Reason.MISSING_ATTRIBUTE, detail, CONTENT_TYPE)
    missing(absent)


def encode_event(event: Event) -> tuple[bytes, bytes, Headers]:
    """Write one event in binary mode: record key, value, headers."""
    data = event.data
    headers: Headers = (
        ("ce_specversion", _VERSION),
        ("ce_id", event.id.encode()),
        ("ce_source", event.source.encode()),
        ("ce_type", TYPE_OF[event.family, type(data)].encode()),
        ("ce_time", format_instant(event.at).encode()),
        (CONTENT_TYPE, JSON),
    )
    if event.sequence and data.sequence is None:
        headers += (("ce_sequence", b"%d" % event.sequence),)
    return event.contact.encode(), msgspec.json.encode(data), headers


def output_headers(event_id: str, event_type: str, at: Instant, subject: str | None = None) -> Headers:
    """Headers of a verdict, alert or dead letter as a CloudEvent in binary mode; ``at`` is its ``detected_at``."""
    version, source, kind, time, content = _output_headers(event_type, at)
    identity = ("ce_id", event_id.encode())
    if subject is None:
        return (version, identity, source, kind, time, content)
    return (version, identity, source, kind, time, content, ("ce_subject", subject.encode()))


@lru_cache(maxsize=64)
def _output_headers(event_type: str, at: Instant) -> Headers:
    """What all outputs of one type and T have in common."""
    return (
        ("ce_specversion", _VERSION),
        ("ce_source", OUTPUT_SOURCE.encode()),
        ("ce_type", event_type.encode()),
        ("ce_time", format_instant(at).encode()),
        (CONTENT_TYPE, JSON),
    )
