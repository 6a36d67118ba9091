"""Files of events: one structured CloudEvent a line (``simulate`` writes them, ``replay`` and ``publish`` read them).

The order of the lines is the order of delivery. Where an event was delivered later than it happened, the line says so with
the CloudEvents extension ``recordedtime``; without one, an event is delivered when it happened, but never before the line
above it.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

import msgspec

from monitor.errors import SourceError
from monitor.sources.arrival import Arrival
from monitor.sources.files import read_lines
from schemas.cloudevents import Refused, decode_structured, encode_structured
from schemas.instants import Instant, format_instant, parse_instant


class _Delivery(msgspec.Struct, frozen=True):
    recordedtime: str | None = None


def encode_arrival(arrival: Arrival) -> bytes:
    """One line of a file, without its end."""
    line = encode_structured(arrival.event)
    if arrival.delivered_at == arrival.event.at:
        return line
    return line[:-1] + b',"recordedtime":"' + format_instant(arrival.delivered_at).encode() + b'"}'


def write_events(arrivals: Iterable[Arrival], stream: BinaryIO) -> int:
    """Write all arrivals to ``stream``; gives how many there were."""
    written = 0
    for arrival in arrivals:
        stream.write(encode_arrival(arrival) + b"\n")
        written += 1
    return written


def read_events(path: Path) -> Iterator[Arrival]:
    """Read a file of events (plain, .xz or .gz); SourceError names file, line and what is wrong with it. Empty lines are skipped."""
    latest: Instant | None = None
    for number, text in read_lines(path):
        if not text.strip():
            continue
        try:
            arrival = arrival_of(text.encode(), latest)
        except Refused as error:
            raise SourceError(f"{path}:{number}: {error}") from error
        latest = arrival.delivered_at
        yield arrival


def arrival_of(line: bytes, latest: Instant | None) -> Arrival:
    """One structured event and when it is delivered, not before ``latest``. Raises Refused."""
    event = decode_structured(line)
    try:
        recorded = msgspec.json.decode(line, type=_Delivery).recordedtime
        delivered_at = event.at if recorded is None else parse_instant(recorded)
    except ValueError:
        delivered_at = event.at
    return Arrival(event, delivered_at if latest is None else max(delivered_at, latest))
