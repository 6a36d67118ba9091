"""The CloudEvents SDK is the judge: what it writes we read to the same event, what we write it reads (issue 3, contract)."""

from collections.abc import Callable
from datetime import datetime

import pytest
from cloudevents.core.base import BaseCloudEvent
from cloudevents.core.bindings.kafka import KafkaMessage, from_binary, from_structured, to_binary, to_structured
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent

from schemas.alerts import Alert
from schemas.cloudevents import ALERT_TYPE, decode_event, decode_structured, encode_event, encode_structured, output_headers
from schemas.event import Event
from schemas.events import event_name
from schemas.instants import format_instant, parse_instant
from tests.events import load_good

EVENTS = {name: decode_structured(line) for name, line in load_good().items()}
FORMAT = JSONFormat()
AT = parse_instant("2026-03-02T01:15:02.480001Z")


def sdk_event(name: str) -> BaseCloudEvent:
    return FORMAT.read(CloudEvent, load_good()[name])


def key_of(event: BaseCloudEvent) -> str:
    return str(event.get_subject())


def pairs(message: KafkaMessage) -> tuple[tuple[str, bytes], ...]:
    return tuple(message.headers.items())


@pytest.mark.parametrize("write", [to_binary, to_structured], ids=["the SDK's binary mode", "the SDK's structured mode"])
@pytest.mark.parametrize("name", EVENTS)
def test_we_read_what_the_sdk_writes(name: str, write: Callable[..., KafkaMessage]) -> None:
    message = write(sdk_event(name), FORMAT, key_of)
    assert isinstance(message.key, str)
    assert decode_event(message.key.encode(), message.value, pairs(message), EVENTS[name].family) == EVENTS[name]


def test_we_read_data_that_the_sdk_wrote_in_base64() -> None:
    event = CloudEvent(
        {"id": "1", "source": "/s", "type": "cc.call.ended.v1", "time": datetime.fromisoformat("2026-03-02T01:15:02+00:00")}, b'{"queue":"PS"}'
    )
    message = to_structured(event, FORMAT, lambda _: "c-1")
    assert b"data_base64" in message.value
    assert decode_event(b"c-1", message.value, pairs(message), "call").data.queue == "PS"


@pytest.mark.parametrize("name", EVENTS)
def test_the_sdk_reads_what_we_write_in_binary_mode(name: str) -> None:
    key, value, headers = encode_event(EVENTS[name])
    read = from_binary(KafkaMessage(headers=dict(headers), key=key, value=value), FORMAT, CloudEvent)
    same(read, EVENTS[name])
    assert read.get_extension("partitionkey") == EVENTS[name].contact


@pytest.mark.parametrize("name", EVENTS)
def test_the_sdk_reads_what_we_write_in_structured_mode(name: str) -> None:
    message = KafkaMessage(headers={"content-type": b"application/cloudevents+json"}, key=None, value=encode_structured(EVENTS[name]))
    read = from_structured(message, FORMAT, CloudEvent)
    same(read, EVENTS[name])
    assert read.get_subject() == EVENTS[name].contact


def test_the_sdk_reads_the_headers_of_an_alert() -> None:
    headers = output_headers("a1b2/3", ALERT_TYPE, AT, "call-1")
    read = from_binary(KafkaMessage(headers=dict(headers), key=b"a1b2", value=b'{"id":"a1b2","version":3}'), FORMAT, CloudEvent)
    assert (read.get_id(), read.get_source(), read.get_type(), read.get_subject()) == ("a1b2/3", "/sla-monitor", "cc.sla.alert.v1", "call-1")
    assert read.get_time() == datetime.fromisoformat("2026-03-02T01:15:02.480001+00:00")
    assert {"id", "version"} <= set(Alert.__struct_fields__)


def same(read: BaseCloudEvent, event: Event) -> None:
    assert (read.get_specversion(), read.get_id(), read.get_source()) == ("1.0", event.id, event.source)
    assert read.get_datacontenttype() == "application/json"
    time = read.get_time()
    assert time is not None
    assert time == datetime.fromisoformat(format_instant(event.at))
    data = read.get_data()
    assert isinstance(data, dict)
    assert data["type"] == event_name(event.data)
    assert event.sequence == int(data.get("sequence") or read.get_extension("sequence") or 0)
