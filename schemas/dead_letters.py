"""Refused records on ``sla.dead-letters``: the reason, the place in the log, and the original bytes (design §4).

Whatever came in, a dead letter stays small: at most 64 KiB of the value, 1 KiB of the key and 16 KiB of headers go with
it, so that no output can exceed a broker limit because of its input. Record key: ``topic|partition|offset``.
"""

from base64 import b64encode
from hashlib import sha256
from typing import Final

import msgspec

from schemas.limits import VALUE_BYTES
from schemas.reasons import Reason

KEY_BYTES: Final = 1024
HEADER_BYTES: Final = 16 * 1024
DETAIL_CHARACTERS: Final = 1000


class LetterHeader(msgspec.Struct, frozen=True):
    """One original header; its value in base64."""

    name: str
    value: str


class DeadLetter(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One refused record. ``timestamp`` is the record's own, RFC 3339 UTC; ``length`` and ``sha256`` are of the whole value.

    ``key`` and ``value`` are base64, cut at their limits; null where the record had none. ``contact`` is named where known.
    """

    reason: Reason
    detail: str
    path: str = ""
    topic: str
    partition: int
    offset: int
    timestamp: str
    contact: str = ""
    key: str | None
    value: str | None
    length: int
    sha256: str
    headers: tuple[LetterHeader, ...] = ()
    headers_left_out: int = 0


class Original(msgspec.Struct, frozen=True):
    """The parts of a record that a dead letter keeps, cut to their limits."""

    key: str | None
    value: str | None
    length: int
    sha256: str
    headers: tuple[LetterHeader, ...]
    headers_left_out: int


def keep(key: bytes | None, value: bytes | None, headers: tuple[tuple[str, bytes], ...]) -> Original:
    """Cut a record's bytes to what its dead letter may hold."""
    kept = _fitting(headers)
    return Original(
        key=_base64(key, KEY_BYTES),
        value=_base64(value, VALUE_BYTES),
        length=len(value or b""),
        sha256=sha256(value or b"").hexdigest(),
        headers=kept,
        headers_left_out=len(headers) - len(kept),
    )


def letter_key(topic: str, partition: int, offset: int) -> bytes:
    """The record key of a dead letter: the place of the refused record, so that a repeat is an upsert."""
    return f"{topic}|{partition}|{offset}".encode()


def _fitting(headers: tuple[tuple[str, bytes], ...]) -> tuple[LetterHeader, ...]:
    kept, room = [], HEADER_BYTES
    for name, value in headers:
        room -= len(name.encode(errors="replace")) + len(value or b"")
        if room < 0:
            break
        kept.append(LetterHeader(name.encode(errors="replace").decode(), b64encode(value or b"").decode()))
    return tuple(kept)


def _base64(raw: bytes | None, limit: int) -> str | None:
    return None if raw is None else b64encode(raw[:limit]).decode()
