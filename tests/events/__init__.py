"""Events of upstream systems as files: ``good/`` one of every type, ``bad/`` one for every way in which an event can be wrong.

Adding a case is adding a file. A good file is a structured CloudEvent. A bad file is one JSON object: ``title`` and
either the members of one record or ``records`` with several. A record has ``topic``, ``key``, ``headers`` (an object, or
pairs where a name repeats), the value as ``value`` (JSON), ``value_text`` or ``value_base64`` (none of them: a
tombstone), ``partition`` (a number, or ``wrong``), ``reason`` (null: accepted), ``path``, and ``times`` to send it often.

In strings ``now-2s`` (units ms, s, m, h, d) is an instant, ``{run}`` differs from run to run, ``{n}`` counts repetitions.
A string may also be ``{"repeat": "x", "times": 9}`` or ``{"base64": "/w=="}``.
"""

import re
from base64 import b64decode
from pathlib import Path
from typing import Final

import msgspec

from schemas.instants import DAY, HOUR, MINUTE, SECOND, Instant, format_instant
from schemas.partition import partition_of
from schemas.reasons import Reason

FOLDER: Final = Path(__file__).parent
UNITS: Final = {"ms": 1_000, "s": SECOND, "m": MINUTE, "h": HOUR, "d": DAY}
NOW: Final = re.compile(r"now(?:([+-]\d+)(ms|s|m|h|d))?")


class Repeated(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A long string."""

    repeat: str
    times: int


class Base64(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Bytes that are no text."""

    base64: str


class RecordFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One record as its file has it."""

    topic: str
    reason: Reason | None
    key: str | dict[str, str | int] | None = None
    headers: dict[str, str | dict[str, str | int]] | list[tuple[str, str | dict[str, str | int]]] = {}
    value: object = None
    value_text: str | dict[str, str | int] | None = None
    value_base64: str | None = None
    partition: int | str | None = None
    path: str | None = None
    times: int = 1


class BadRecord(msgspec.Struct, frozen=True):
    """One record to publish byte for byte; ``expected`` None means that it is accepted. ``partition`` None: by its key."""

    topic: str
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...]
    partition: int | None
    expected: Reason | None
    path: str | None


class BadCase(msgspec.Struct, frozen=True):
    """One way to be wrong; ``title`` says it in a sentence."""

    name: str
    title: str
    records: tuple[BadRecord, ...]

    @property
    def stateless(self) -> bool:
        """Whether one record alone shows it, so that the reader of single records refuses it."""
        return len(self.records) == 1


def load_good() -> dict[str, bytes]:
    """Every good event as structured JSON, by event type."""
    return {path.stem: path.read_bytes() for path in sorted((FOLDER / "good").glob("*.json"))}


def load_bad(now: Instant, partitions: int = 4) -> list[BadCase]:
    """Every bad case with its exact records as of ``now``, in the order of its file names."""
    return [_case(path, now, partitions) for path in sorted((FOLDER / "bad").glob("*.json"))]


def _case(path: Path, now: Instant, partitions: int) -> BadCase:
    content = msgspec.json.decode(path.read_bytes(), type=dict[str, msgspec.Raw])
    title = msgspec.json.decode(content.pop("title"), type=str)
    if "records" in content:
        files = msgspec.json.decode(content["records"], type=list[RecordFile])
    else:
        files = [msgspec.json.decode(msgspec.json.encode(content), type=RecordFile)]
    records = [_record(file, now, partitions, n) for file in files for n in range(file.times)]
    return BadCase(path.stem, title, tuple(records))


def _record(file: RecordFile, now: Instant, partitions: int, n: int) -> BadRecord:
    last = n == file.times - 1
    key = None if file.key is None else _bytes(file.key, now, n)
    pairs = file.headers.items() if isinstance(file.headers, dict) else file.headers
    return BadRecord(
        topic=file.topic,
        key=key,
        value=_value(file, now, n),
        headers=tuple((name, _bytes(value, now, n)) for name, value in pairs),
        partition=_partition(file, key, partitions),
        expected=file.reason if last else None,
        path=file.path if last else None,
    )


def _partition(file: RecordFile, key: bytes | None, partitions: int) -> int | None:
    if file.partition == "wrong":
        return (partition_of(key or b"", partitions) + 1) % partitions
    if isinstance(file.partition, int):
        return file.partition
    return 0 if not key else None


def _value(file: RecordFile, now: Instant, n: int) -> bytes | None:
    if file.value_base64 is not None:
        return b64decode(file.value_base64)
    if file.value_text is not None:
        return _bytes(file.value_text, now, n)
    return None if file.value is None else msgspec.json.encode(_filled(file.value, now, n))


def _filled(node: object, now: Instant, n: int) -> object:
    if isinstance(node, str):
        return _text(node, now, n)
    if isinstance(node, list):
        return [_filled(item, now, n) for item in node]
    if isinstance(node, dict):
        if node.keys() == {"repeat", "times"}:
            return _bytes(node, now, n).decode()
        return {name: _filled(item, now, n) for name, item in node.items()}
    return node


def _bytes(node: str | dict[str, str | int], now: Instant, n: int) -> bytes:
    if isinstance(node, str):
        return _text(node, now, n).encode()
    if "base64" in node:
        return b64decode(msgspec.convert(node, Base64).base64)
    repeated = msgspec.convert(node, Repeated)
    return repeated.repeat.encode() * repeated.times


def _text(text: str, now: Instant, n: int) -> str:
    match = NOW.fullmatch(text)
    if match is not None:
        amount, unit = match.groups()
        return format_instant(now + (int(amount) * UNITS[unit] if amount else 0))
    return text.replace("{run}", str(now // SECOND)).replace("{n}", str(n))
