"""Files of events: what is written is read again, late deliveries and wrong lines included."""

import io
from pathlib import Path

import pytest

from monitor.errors import SourceError
from monitor.sources.arrival import Arrival
from monitor.sources.events_file import encode_arrival, read_events, write_events
from monitor.sources.traffic import TrafficModel, traffic
from monitor.sources.traffic.model import Delivery
from schemas.event import Event
from schemas.events.call import CallQueued


def event(at: int) -> Event:
    return Event("c1", "call", f"e{at}", "/test", at, 0, CallQueued(queue="PS"))


def test_everything_written_is_read_again_in_the_same_order(tmp_path: Path) -> None:
    disturbed = Delivery(disorder_seconds=20, duplicate_ratio=0.2, skewed_ratio=0.3, skew_seconds=-40)
    arrivals = list(traffic(TrafficModel(days=0.35, calls_per_day=600, chats_per_day=300, orders_per_day=100, delivery=disturbed)))
    stream = io.BytesIO()
    assert write_events(arrivals, stream) == len(arrivals) > 500
    path = tmp_path / "events.jsonl"
    path.write_bytes(stream.getvalue())
    assert list(read_events(path)) == arrivals


def test_without_recordedtime_the_order_of_lines_is_the_order_of_delivery(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    lines = [encode_arrival(Arrival(event(at), at)) for at in (5_000_000, 3_000_000, 6_000_000)]
    path.write_bytes(b"\n\n".join(lines))
    assert [(arrival.event.at, arrival.delivered_at) for arrival in read_events(path)] == [
        (5_000_000, 5_000_000),
        (3_000_000, 5_000_000),
        (6_000_000, 6_000_000),
    ]


def test_a_wrong_line_is_named_with_its_number_and_path(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    path.write_bytes(encode_arrival(Arrival(event(1), 1)) + b'\n{"specversion":"1.0"}\n')
    with pytest.raises(SourceError, match=r"events\.jsonl:2: missing_attribute"):
        list(read_events(path))
