"""A refused record as a dead letter: why it was refused, where it was, and its original bytes and headers (design §4).

Bounded whatever the record was: the first 64 KiB of the value, 1 KiB of the key, 32 headers of 256 bytes, texts of 1,000
characters; lengths and a SHA-256 say what was cut. So no dead letter can exceed a broker's limit because of its record.
"""

from hashlib import sha256
from typing import Final

import msgspec

from monitor.processing import Output, Record, Reject
from schemas.instants import format_instant
from schemas.topics import DEAD_LETTERS

VALUE_LIMIT_BYTES: Final = 64 * 1024
KEY_LIMIT_BYTES: Final = 1024
HEADER_LIMIT: Final = 32
HEADER_NAME_LIMIT: Final = 128
HEADER_VALUE_LIMIT_BYTES: Final = 256
TEXT_LIMIT: Final = 1000


class DeadLetter(msgspec.Struct, frozen=True, kw_only=True):
    """One refused record; ``key``, ``value`` and header values are base64, cut to their limits. Lengths are bytes, -1 for none."""

    reason: str
    detail: str
    path: str
    contact: str
    topic: str
    partition: int
    offset: int
    timestamp: str
    key: bytes | None
    key_length: int
    value: bytes | None
    value_length: int
    value_sha256: str | None
    headers: list[tuple[str, bytes]]
    header_count: int


def build(reject: Reject) -> DeadLetter:
    """The dead letter of a refusal."""
    record = reject.record
    return DeadLetter(
        reason=reject.reason,
        detail=reject.detail[:TEXT_LIMIT],
        path=reject.path[:TEXT_LIMIT],
        contact=reject.contact[:TEXT_LIMIT],
        topic=record.topic,
        partition=record.partition,
        offset=record.offset,
        timestamp=format_instant(record.timestamp_at),
        key=None if record.key is None else record.key[:KEY_LIMIT_BYTES],
        key_length=-1 if record.key is None else len(record.key),
        value=None if record.value is None else record.value[:VALUE_LIMIT_BYTES],
        value_length=-1 if record.value is None else len(record.value),
        value_sha256=None if record.value is None else sha256(record.value).hexdigest(),
        headers=[(name[:HEADER_NAME_LIMIT], value[:HEADER_VALUE_LIMIT_BYTES]) for name, value in record.headers[:HEADER_LIMIT]],
        header_count=len(record.headers),
    )


def place(record: Record) -> str:
    """The record key of a dead letter: where the refused record lies."""
    return f"{record.topic}|{record.partition}|{record.offset}"


def dead_letter(reject: Reject) -> Output:
    """The record to publish for a refusal."""
    return Output(topic=DEAD_LETTERS, key=place(reject.record).encode(), value=msgspec.json.encode(build(reject)))


def read_dead_letter(value: bytes) -> DeadLetter:
    """Decode the value of a dead letter."""
    return msgspec.json.decode(value, type=DeadLetter)
