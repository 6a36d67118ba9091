"""Reader of the UCI *incident management process enriched event log* (Amaral, Fantinato, Peres): audit rows in, work-order events out.

Each row is a snapshot of an incident after an update; an event is what changed since the row before it. What a change becomes:

- first row: ``created`` at ``opened_at``, with the priority known then
- another priority: ``priority_changed`` (1-4: critical, high, normal, low); another ``assignment_group``: ``assigned``
- into "Awaiting X": ``paused`` with reason ``awaiting_x``; out of it: ``resumed`` with that reason
- into Resolved: ``resolved``; from Resolved or Closed back to work: ``reopened``
- the last row, if Closed: ``closed`` at ``closed_at``. That column says when the incident was closed for good; a closing that
  the log itself takes back later is only shown by the ``reopened`` that follows it.

Priority changes are told when they happened, never beforehand. "The incident's last priority decides" (R46, P14) is then the
policy's business: its clock keeps start and pauses and takes the new target. P14's other half, a breach before the change
stays, alters no verdict on this log: the incidents that had used up an earlier target before they moved to priority 3 or 4
missed the later one too. Verdicts of the log itself (``made_sla``) never become events: ``read_outcomes`` gives
them for scoring.
"""

from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Final

import msgspec
from msgspec.structs import replace

from monitor.sources.arrival import Arrival
from monitor.sources.dirt import Dirt
from monitor.sources.servicenow_rows import Row, read_rows
from schemas.event import Event
from schemas.events import EventData
from schemas.events.base import Channel, Priority
from schemas.events.shared import PriorityChanged
from schemas.events.workorder import (
    WorkOrderAssigned,
    WorkOrderClosed,
    WorkOrderCreated,
    WorkOrderPaused,
    WorkOrderReopened,
    WorkOrderResolved,
    WorkOrderResumed,
)
from schemas.instants import Instant

SOURCE: Final = "/recorded/servicenow"
PRIORITIES: Final[dict[str, Priority]] = {"1": "critical", "2": "high", "3": "normal", "4": "low"}
_CHANNELS: Final[dict[str, Channel]] = {"phone": "hotline", "ivr": "hotline", "email": "email", "self service": "web"}
_SETTLED: Final = ("Resolved", "Closed")


class Outcome(msgspec.Struct, frozen=True):
    """The log's own verdict on one incident, from its last row; ``priority`` is "1" to "4" as in the log."""

    priority: str | None
    made_sla: bool
    opened_at: Instant
    closed_at: Instant | None


class IncidentLog:
    """All events of one file in order of time, and what was wrong with it."""

    def __init__(self, events: list[Event], dirt: Dirt) -> None:
        self._events = events
        self.dirt = dirt

    @property
    def total(self) -> int:
        """How many arrivals there are."""
        return len(self._events)

    def arrivals(self) -> Iterator[Arrival]:
        """All events in order of (time, incident, order within the incident)."""
        return (Arrival(event, event.at) for event in self._events)


def _incidents(rows: list[Row]) -> dict[str, list[Row]]:
    incidents: dict[str, list[Row]] = {}
    for row in rows:
        incidents.setdefault(row.number, []).append(row)
    return incidents


def read_incidents(path: Path) -> IncidentLog:
    """Read the log (plain, .xz or .gz). Dirty rows survive; SourceError when the file is not this log at all."""
    dirt = Dirt()
    events = [event for rows in _incidents(read_rows(path, dirt)).values() for event in incident_events(rows, dirt)]
    events.sort(key=lambda event: (event.at, event.contact, event.sequence))
    return IncidentLog(events, dirt)


def read_outcomes(path: Path) -> dict[str, Outcome]:
    """The log's own verdicts by incident number, for scoring a replay; nothing of it reaches the events."""
    lasts = {number: rows[-1] for number, rows in _incidents(read_rows(path, Dirt())).items()}
    return {number: Outcome(last.priority, last.made_sla, last.opened_at, last.closed_at) for number, last in lasts.items()}


def incident_events(rows: list[Row], dirt: Dirt) -> list[Event]:
    """The events of one incident from its sorted rows; none lies before ``opened_at``."""
    first, last = rows[0], rows[-1]
    steps: list[tuple[Instant, Row, EventData]] = [(first.opened_at, first, WorkOrderCreated(location=first.location, symptom=first.symptom))]
    state, priority, group = "New", first.priority, None
    for row in rows:
        at = max(row.updated_at, first.opened_at)
        if row.priority not in (priority, None):
            steps.append((at, row, PriorityChanged()))
        priority = row.priority or priority
        if row.group not in (group, None):
            steps.append((at, row, WorkOrderAssigned(dept=row.group)))
        group = row.group or group
        if row.state is not None and row.state != state:
            steps += [(at, row, data) for data in _transition(state, row.state)]
            state = row.state
    if state == "Closed":
        if last.closed_at is None:
            dirt.add("closed_without_time", last.line)
        steps.append((max(last.closed_at or last.updated_at, first.opened_at), last, WorkOrderClosed()))
    return _numbered(first, steps)


def _transition(before: str, after: str) -> list[EventData]:
    """What one change of state says; "Awaiting X" pauses for the reason ``awaiting_x``."""
    events: list[EventData] = []
    if before.startswith("Awaiting"):
        events.append(WorkOrderResumed(reason=_reason(before)))
    if before in _SETTLED and after not in _SETTLED:
        events.append(WorkOrderReopened())
    if after.startswith("Awaiting"):
        events.append(WorkOrderPaused(reason=_reason(after)))
    if after == "Resolved" and before != "Closed":
        events.append(WorkOrderResolved())
    return events


def _reason(state: str) -> str:
    return state.lower().replace(" ", "_")


def _numbered(first: Row, steps: list[tuple[Instant, Row, EventData]]) -> list[Event]:
    """Add what every event carries; the sequence orders the events of one minute. ``priority`` and ``queue`` are those of the row."""
    events, numbers = [], count(1)
    for at, row, data in sorted(steps, key=lambda step: step[0]):
        sequence = next(numbers)
        full = replace(
            data,
            sequence=sequence,
            request_type="fault",
            channel=_CHANNELS.get((first.contact_type or "").lower(), "other"),
            customer_key=None if first.caller is None else f"caller-{first.caller}",
            problem_key=row.problem,
            priority=PRIORITIES.get(row.priority or ""),
            queue=row.group,
            agent_id=row.assignee,
        )
        contact = first.number
        events.append(Event(contact=contact, family="workorder", id=f"{contact}:{sequence}", source=SOURCE, at=at, sequence=sequence, data=full))
    return events
