"""Reader of the *Anonymous Bank* call-centre log (Guedj & Mandelbaum, Technion): rows in, call events in order of time out.

What a row becomes (definitions of the log's own documentation):

- PHANTOM rows are left out. A row whose ``q_start`` is zero never queued: with AGENT it was queued and answered at the same
  instant, with HANG it was hung up in the voice menu and is not offered.
- The wait is the column ``q_time``; ``q_start`` says when it began. HANG in the queue is an abandonment, AGENT an answer.
- An undocumented outcome (not AGENT, HANG or PHANTOM) in the queue left it for an unknown place (``flow_out``): offered,
  neither answered nor abandoned; outside the queue it ended in the menu. It is counted as dirt.
- ``type`` is the queue, as it stands in the log; priority 2 ("gold") is the tier ``vip``; local time is Asia/Jerusalem.
- A row repeated in the file is a call of its own, as every count over the rows has it; its id gets a number.

Rows are grouped by telephone line in the file, so all calls are read before the first event can be given.
"""

import heapq
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from msgspec.structs import replace

from monitor.errors import SourceError
from monitor.sources.arrival import Arrival
from monitor.sources.bank_rows import COLUMNS, Call, RowReader
from monitor.sources.dirt import Dirt
from monitor.sources.files import read_lines
from schemas.event import Event
from schemas.events import EventData
from schemas.events.base import VipTier
from schemas.events.call import CallAbandoned, CallAnswered, CallEnded, CallFlowOut, CallIvrEntered, CallIvrLeft, CallQueued
from schemas.instants import Instant

SOURCE: Final = "/recorded/anonymous-bank"
_NO_SERVER: Final = frozenset({"NO_SERVER", ""})
_TIERS: Final[dict[str, VipTier]] = {"0": "standard", "1": "standard", "2": "vip"}


class BankLog:
    """All calls of one file, in order of the file, and what was wrong with it."""

    def __init__(self, calls: list[Call], dirt: Dirt) -> None:
        self.calls = calls
        self.dirt = dirt

    @property
    def total(self) -> int:
        """How many arrivals there are."""
        return sum(len(_steps(call)) for call in self.calls)

    def arrivals(self) -> Iterator[Arrival]:
        """All events in order of time; at one instant in order of the file and of each call's life."""
        pending: list[tuple[Instant, int, int, Event]] = []
        for number, call in enumerate(sorted(self.calls, key=lambda call: call.entered_at)):
            while pending and pending[0][0] < call.entered_at:
                yield _arrival(heapq.heappop(pending)[3])
            for event in events_of(call):
                heapq.heappush(pending, (event.at, number, event.sequence, event))
        while pending:
            yield _arrival(heapq.heappop(pending)[3])


def _arrival(event: Event) -> Arrival:
    return Arrival(event, event.at)


def read_bank(path: Path) -> BankLog:
    """Read a month (plain, .xz or .gz). Dirty rows survive; SourceError when the file is not this log at all."""
    dirt = Dirt()
    reader = RowReader(dirt)
    calls: list[Call] = []
    header: dict[int, str] | None = None
    rows = 0
    for line, text in read_lines(path):
        if header is None:
            header = _header(path, line, text, dirt)
            if text.split("\t")[0].strip().lower() == COLUMNS[0]:
                continue
        rows += 1
        row = _row(text, header, line, dirt)
        call = reader.read(row, line) if row is not None else None
        if call is not None:
            calls.append(call)
    if header is None or rows == 0:
        raise SourceError(f"{path}:1: the file is empty; expected the Anonymous Bank log with a header line and one row per call")
    if dirt["broken_row"] * 2 > rows:
        first = dirt.first_lines("broken_row")[0]
        raise SourceError(
            f"{path}:{first}: {dirt['broken_row']} of {rows} rows do not have {len(COLUMNS)} tab-separated fields; is this the right file?"
        )
    return BankLog(calls, dirt)


def _header(path: Path, line: int, text: str, dirt: Dirt) -> dict[int, str]:
    """Which column stands where; a file without a header line has the documented order."""
    names = [name.strip().lower().replace("vru.line", "vru+line") for name in text.split("\t")]
    if set(COLUMNS) <= set(names):
        return {index: name for index, name in enumerate(names) if name in COLUMNS}
    if len(text.split()) == len(COLUMNS) and names[0] != COLUMNS[0]:
        dirt.add("no_header", line)
        return dict(enumerate(COLUMNS))
    missing = ", ".join(name for name in COLUMNS if name not in names)
    raise SourceError(f"{path}:{line}: not the Anonymous Bank log: the header lacks {missing} (tab separated)")


def _row(text: str, header: dict[int, str], line: int, dirt: Dirt) -> dict[str, str] | None:
    """The fields by name. A tab that became blanks (found in October) is repaired: no field contains a blank."""
    fields = [field.strip() for field in text.split("\t")]
    if len(fields) <= max(header):
        fields = text.split()
        if len(fields) <= max(header):
            dirt.add("broken_row" if text.strip() else "empty_line", line)
            return None
        dirt.add("blanks_for_tab", line)
    return {name: fields[index] for index, name in header.items()}


def _steps(call: Call) -> list[tuple[Instant, EventData]]:
    """The life of a call as (instant, bare event); attributes are added by ``events_of``."""
    steps: list[tuple[Instant, EventData]] = [(call.entered_at, CallIvrEntered())]
    answered = call.outcome == "AGENT"
    if not call.queued and not answered:
        return [*steps, (call.left_at, CallIvrLeft(outcome="hung_up"))]
    over_at = call.queued_at + call.wait_us
    steps += [(call.left_at, CallIvrLeft(outcome="human")), (call.queued_at, CallQueued())]
    if answered:
        server = None if call.server in _NO_SERVER else call.server
        steps += [(over_at, CallAnswered(agent_id=server)), (over_at + call.served_us, CallEnded(agent_id=server))]
    elif call.outcome == "HANG":
        steps.append((over_at, CallAbandoned()))
    else:
        steps.append((over_at, CallFlowOut(reason="other")))
    return steps


def events_of(call: Call) -> list[Event]:
    """The events of one call, numbered in order of its life."""
    customer = None if call.customer in ("0", "") else call.customer
    tier = _TIERS.get(call.priority)
    events = []
    for sequence, (at, bare) in enumerate(_steps(call), start=1):
        data = replace(bare, sequence=sequence, queue=call.queue, channel="hotline", customer_key=customer, vip_tier=tier)
        events.append(Event(contact=call.id, family="call", id=f"{call.id}:{sequence}", source=SOURCE, at=at, sequence=sequence, data=data))
    return events
