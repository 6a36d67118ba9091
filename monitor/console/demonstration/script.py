"""What the demo shows: a recorded day of calls and incidents where the logs are at hand, else a day of the traffic model; and a story."""

import heapq
from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path
from typing import Final

import msgspec
from msgspec.structs import replace

from monitor.console.demonstration.story import story
from monitor.settings import Settings
from monitor.sources.arrival import Arrival
from monitor.sources.registry import open_source
from schemas.instants import DAY, HOUR, SECOND, Instant, parse_instant

PROJECT: Final = Path(__file__).parents[3]
CALLS: Final = "anonymous_bank*"
INCIDENTS: Final = "uci_incidents*"
CALL_DAY: Final = "1999-01-10"
INCIDENT_DAY: Final = "2016-03-07"
MODEL_HOURS: Final = 10
MODEL: Final = {
    "start": "2026-03-02T08:00:00+08:00",
    "days": str(MODEL_HOURS / 24),
    "seed": "7",
    "calls_per_day": "2000",
    "chats_per_day": "400",
    "orders_per_day": "150",
    "bursts": '[{"hour": 2, "minutes": 30, "factor": 3}]',
    "staff_outages": '[{"hour": 6, "minutes": 40, "present_ratio": 0.3}]',
}


class Script(msgspec.Struct, frozen=True):
    """One day of events in order of delivery: ``span_seconds`` of log time from ``begins_at`` on; ``about`` says what it is."""

    about: str
    begins_at: Instant
    span_seconds: float
    arrivals: Iterator[Arrival]


def find_script(settings: Settings) -> Script:
    """The recorded day if both logs are there, else the model's; the story is told beside it."""
    folder = Path(settings.data) if settings.data else PROJECT.parent / "shared" / "data"
    calls, incidents = (next(iter(sorted(folder.glob(pattern))), None) for pattern in (CALLS, INCIDENTS))
    if calls is None or incidents is None:
        opened = open_source("traffic", None, MODEL)
        about = f"no recorded logs in {folder}: a working day of the traffic model (calls, chats, work orders; a burst at 10, a staff outage at 14)"
        begins_at = parse_instant(MODEL["start"])
        return Script(about, begins_at, MODEL_HOURS * 3600, _with_story(opened.arrivals, begins_at, MODEL_HOURS * HOUR))
    begins_at = parse_instant(f"{CALL_DAY}T00:00:00Z")
    shift = begins_at - parse_instant(f"{INCIDENT_DAY}T00:00:00Z")
    of_calls = open_source("anonymous-bank", calls, {"start": CALL_DAY, "days": "1"})
    of_incidents = open_source("servicenow", incidents, {"start": INCIDENT_DAY, "days": "1"})
    merged = _merged(of_calls.arrivals, _shifted(of_incidents.arrivals, shift))
    about = (
        f"recorded calls of {CALL_DAY} ({calls.name}) and incidents of {INCIDENT_DAY} ({incidents.name}), moved to the same day;\n"
        "  incidents are recorded without feedback to customers, so that promises of it show as broken"
    )
    return Script(about, begins_at, DAY / SECOND, _with_story(merged, begins_at, DAY))


def _shifted(arrivals: Iterator[Arrival], by: Instant) -> Iterator[Arrival]:
    for arrival in arrivals:
        yield Arrival(replace(arrival.event, at=arrival.event.at + by), arrival.delivered_at + by)


def _merged(*parts: Iterator[Arrival]) -> Iterator[Arrival]:
    return heapq.merge(*parts, key=lambda arrival: arrival.delivered_at)


def _with_story(arrivals: Iterator[Arrival], begins_at: Instant, length_us: int) -> Iterator[Arrival]:
    return takewhile(lambda arrival: arrival.delivered_at < begins_at + length_us, _merged(arrivals, story(begins_at)))
