"""The events and the ledger of a closed contact in few bytes, without losing any: they may still have to be folded again (P32).

Columns instead of rows: type codes, distances between the instants in their greatest common unit, ids, bodies. Ids of 32
hexadecimal digits and UUIDs keep their 16 bytes, others lose what they all begin with. A body that was there before, and a
cycle that an event began, are numbers.
"""

from math import gcd
from typing import Final, cast

import msgspec

from monitor.contacts.kept.bodies import Body, restored, short_word, shortened, word_of
from monitor.contacts.kept.contact import Published, Stored
from schemas.alerts import Severity
from schemas.instants import Instant

Ids = bytes | tuple[str, list[str]]
"""A form and 16 bytes an id, or what all ids begin with and how each ends."""

_HEX, _UUID = b"h", b"u"
_HEX_DIGITS: Final = frozenset("0123456789abcdef")
_DASHES: Final = (8, 13, 18, 23)


class Rare(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What few events have: another source than the first, a sequence, a clamped instant."""

    source: str
    sequence: int
    stated_at: Instant


class PackedEvents(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The events of one contact; ``rare`` by the number of the event."""

    first_at: Instant
    unit_us: int
    source: str
    codes: bytes
    distances: list[int]
    ids: Ids
    bodies: list[Body | int]
    rare: dict[int, Rare]


class PackedEntry(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One entry of the ledger. ``started_us`` and ``decided_us`` count from the first event, ``shifted_us`` is by how much the
    deadline is not start plus target, ``paused_us`` what was not counted up to the decision. What is empty at the end is left out.
    """

    clock: str
    cycle: int | str
    version: int
    verdict: int | str
    reason: int | str
    started_us: int
    target_us: int
    paused_us: int
    shifted_us: int
    decided_us: int
    severity: int | str
    detected_late: bool = False
    alert_state: int | str = ""
    alert_version: int = 0
    levels: dict[int, tuple[str, int, Instant]] = {}
    breached_at: Instant = 0
    paused: str = ""
    command: str = ""


def pack(events: list[Stored]) -> PackedEvents:
    """Put the events of a contact together."""
    if not events:
        return PackedEvents(0, 1, "", b"", [], b"", [], {})
    first_at, source = events[0].at, events[0].source
    codes, distances, before_at = bytearray(), list[int](), first_at
    bodies: list[Body | int] = []
    seen: dict[tuple[object, ...], int] = {}
    rare: dict[int, Rare] = {}
    for number, event in enumerate(events):
        code, body = shortened(event.data)
        codes.append(code)
        distances.append(event.at - before_at)
        before_at = event.at
        before = seen.setdefault(tuple(body.items()), number) if body else number
        bodies.append(body if before == number else before)
        if event.sequence or event.stated_at or event.source != source:
            rare[number] = Rare(event.source, event.sequence, event.stated_at)
    unit_us = gcd(*distances) or 1
    distances = [distance // unit_us for distance in distances]
    return PackedEvents(first_at, unit_us, source, bytes(codes), distances, _short_ids([event.id for event in events]), bodies, rare)


def unpack(packed: PackedEvents) -> list[Stored]:
    """The events as they were, byte for byte."""
    events: list[Stored] = []
    at, usual = packed.first_at, Rare(packed.source, 0, 0)
    ids = _long_ids(packed.ids)
    for number, (code, distance, body) in enumerate(zip(packed.codes, packed.distances, packed.bodies, strict=True)):
        at += distance * packed.unit_us
        said = packed.bodies[body] if isinstance(body, int) else body
        assert isinstance(said, dict), "a body is repeated, not its number"
        rare = packed.rare.get(number, usual)
        events.append(Stored(at, rare.sequence, rare.source, ids[number], rare.stated_at, restored(code, said)))
    return events


def pack_ledger(ledger: list[Published], events: list[Stored]) -> list[tuple[object, ...]]:
    """What was published, as rows of ``PackedEntry``."""
    first_at = events[0].at if events else 0
    numbers = {event.id: number for number, event in enumerate(events)}
    rows: list[tuple[object, ...]] = []
    for e in ledger:
        row: tuple[object, ...] = (
            e.clock, numbers.get(e.cycle, e.cycle), e.version, short_word(e.verdict), short_word(e.reason), e.started_at - first_at,
            e.target_us, e.decided_at - e.started_at - e.elapsed_us, e.deadline_at - e.started_at - e.target_us, e.decided_at - first_at,
            short_word(e.severity),
        )  # fmt: skip
        if e.detected_late or e.alert_state or e.alert_version or e.levels or e.breached_at or e.command:
            row += (e.detected_late, short_word(e.alert_state), e.alert_version, e.levels, e.breached_at)
            row += (e.paused, e.command) if e.command else (e.paused,) if e.paused else ()
        rows.append(row)
    return rows


def unpack_ledger(rows: list[PackedEntry], events: list[Stored]) -> list[Published]:
    """What was published, as it was."""
    first_at = events[0].at if events else 0
    ledger: list[Published] = []
    for row in rows:
        cycle = events[row.cycle].id if isinstance(row.cycle, int) else row.cycle
        entry = Published(row.clock, cycle, row.version, word_of(row.verdict), word_of(row.reason))
        entry.started_at, entry.decided_at = first_at + row.started_us, first_at + row.decided_us
        entry.target_us, entry.elapsed_us = row.target_us, entry.decided_at - entry.started_at - row.paused_us
        entry.deadline_at = entry.started_at + row.target_us + row.shifted_us
        entry.severity, entry.detected_late = cast(Severity, word_of(row.severity)), row.detected_late
        entry.alert_state, entry.alert_version, entry.levels = word_of(row.alert_state), row.alert_version, row.levels
        entry.breached_at, entry.paused, entry.command = row.breached_at, row.paused, row.command
        ledger.append(entry)
    return ledger


def _short_ids(ids: list[str]) -> Ids:
    length = len(ids[0])
    if length in (32, 36) and all(len(each) == length for each in ids):
        digits = "".join(ids)
        if length == 36 and all(each[n] == "-" for each in ids for n in _DASHES):
            digits = digits.replace("-", "")
        if len(digits) == 32 * len(ids) and _HEX_DIGITS.issuperset(digits):
            return (_HEX if length == 32 else _UUID) + bytes.fromhex(digits)
    first, last = min(ids), max(ids)
    alike = next((n for n, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), min(len(first), len(last)))
    return (first[:alike], [each[alike:] for each in ids])


def _long_ids(short: Ids) -> list[str]:
    if isinstance(short, tuple):
        return [short[0] + end for end in short[1]]
    texts = [short[n : n + 16].hex() for n in range(1, len(short), 16)]
    if short[:1] == _HEX:
        return texts
    return ["-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:])) for text in texts]
