"""What the reader accepts beyond the plain case, and what it gives; refusals are in ``tests/events/bad``."""

import pytest

from schemas import content
from schemas.cloudevents import Headers, Refused, decode_event, decode_structured, encode_event, output_headers
from schemas.events.call import CallEnded, CallQueued
from schemas.instants import parse_instant
from schemas.reasons import Reason

AT = "2026-03-02T01:15:02.480001Z"
PLAIN = (
    ("ce_specversion", b"1.0"),
    ("ce_id", b"e1"),
    ("ce_source", b"/pbx"),
    ("ce_type", b"cc.call.queued.v1"),
    ("ce_time", AT.encode()),
    ("content-type", b"application/json"),
)
LINE = b'{"specversion":"1.0","id":"e1","source":"/pbx","type":"cc.call.ended.v1","time":"2026-03-02T01:15:02Z",%s"data":{}}'


def without(*names: str) -> Headers:
    return tuple(pair for pair in PLAIN if pair[0] not in names)


ACCEPTED: list[tuple[str, bytes, Headers]] = [
    ("all five attributes and a content type", b"{}", PLAIN),
    ("no content type: JSON is assumed", b"{}", without("content-type")),
    ("a content type with parameters in odd case", b"{}", (*without("content-type"), ("content-type", b"Application/JSON;Charset=UTF-8"))),
    ("a JSON dialect as content type", b"{}", (*without("content-type"), ("content-type", b"application/vnd.company+json"))),
    ("header names in another case", b"{}", tuple((name.title(), value) for name, value in PLAIN)),
    ("headers of other systems, even repeated", b"{}", (*PLAIN, ("traceparent", b"00"), ("traceparent", b"\xff"))),
    ("subject and partitionkey equal to the key", b"{}", (*PLAIN, ("ce_subject", b"c1"), ("ce_partitionkey", b"c1"))),
    ("unknown extensions", b"{}", (*PLAIN, ("ce_dataschema", b"urn:x"), ("ce_campaign", b"spring"))),
    ("unknown fields of any depth", b'{"extra":{"a":[1,{"b":null}]},"n":1e999}', PLAIN),
    ("its own type in the body", b'{"type":"call.queued"}', PLAIN),
    ("null for an optional field", b'{"queue":null,"sequence":null}', PLAIN),
    ("blanks between the tokens", b' { "queue" : "PS" }\r\n', PLAIN),
]


@pytest.mark.parametrize(("body", "headers"), [row[1:] for row in ACCEPTED], ids=[row[0] for row in ACCEPTED])
def test_accepted(body: bytes, headers: Headers) -> None:
    event = decode_event(b"c1", body, headers, "call")
    assert (event.contact, event.id, event.source, event.family, event.at) == ("c1", "e1", "/pbx", "call", parse_instant(AT))
    assert isinstance(event.data, CallQueued)


SEQUENCES = [
    ("no sequence is 0", b"{}", (), 0),
    ("the body's sequence", b'{"sequence":7}', (), 7),
    ("the extension's sequence", b"{}", (("ce_sequence", b"8"),), 8),
    ("both, saying the same", b'{"sequence":9}', (("ce_sequence", b"0009"),), 9),
    ("the largest", b'{"sequence":9223372036854775807}', (), 2**63 - 1),
]


@pytest.mark.parametrize(("body", "extra", "sequence"), [row[1:] for row in SEQUENCES], ids=[row[0] for row in SEQUENCES])
def test_sequence(body: bytes, extra: Headers, sequence: int) -> None:
    event = decode_event(b"c1", body, (*PLAIN, *extra), "call")
    assert event.sequence == sequence
    key, value, headers = encode_event(event)
    assert decode_event(key, value, headers, "call") == event


def test_text_of_any_script_is_kept() -> None:
    event = decode_event("工单-1".encode(), '{"queue":"故障 热线","region":"临夏\u3000州"}'.encode(), PLAIN, "call")
    assert (event.contact, event.data.queue, event.data.region) == ("工单-1", "故障 热线", "临夏\u3000州")


@pytest.mark.parametrize("member", [b'"subject":"c1",', b'"partitionkey":"c1",', b'"subject":"c1","partitionkey":"c1","sequence":4,'])
def test_a_line_names_its_contact(member: bytes) -> None:
    event = decode_structured(LINE % member)
    assert event.contact == "c1"
    assert isinstance(event.data, CallEnded)


LINES = [
    ("no contact at all", b"", Reason.MISSING_KEY, "$.subject"),
    ("two contacts", b'"subject":"c1","partitionkey":"c2",', Reason.CONTRACT, "$.partitionkey"),
    ("a contact with a bar", b'"partitionkey":"c|1",', Reason.CONTRACT, "$.partitionkey"),
]


@pytest.mark.parametrize(("member", "reason", "path"), [row[1:] for row in LINES], ids=[row[0] for row in LINES])
def test_a_line_without_one_contact_is_refused(member: bytes, reason: Reason, path: str) -> None:
    with pytest.raises(Refused) as refused:
        decode_structured(LINE % member)
    assert (refused.value.reason, refused.value.path) == (reason, path)
    assert str(refused.value).startswith(f"{reason}: ")


def test_a_header_without_value_is_absent() -> None:
    """Kafka allows null header values whatever the types say."""
    headers = tuple((name, None if name == "ce_id" else value) for name, value in PLAIN)
    with pytest.raises(Refused, match="missing_attribute"):
        decode_event(b"c1", b"{}", headers, "call")  # type: ignore[arg-type]
    assert content.by_name((("A", b"1"), ("ce_id", None))) == {"a": b"1"}  # type: ignore[arg-type]


def test_memory_of_sources_and_minutes_is_bounded() -> None:
    for n in range(5000):
        headers = (
            *without("ce_source", "ce_time"),
            ("ce_source", b"/s%d" % n),
            ("ce_time", b"2026-03-%02dT%02d:%02d:02Z" % (n // 1440 + 1, n // 60 % 24, n % 60)),
        )
        assert decode_event(b"c1", b"{}", headers, "call").source == f"/s{n}"


def test_output_headers() -> None:
    headers = dict(output_headers("v|resolution|e1/2", "cc.sla.verdict.v1", parse_instant(AT)))
    assert headers == {
        "ce_specversion": b"1.0",
        "ce_id": b"v|resolution|e1/2",
        "ce_source": b"/sla-monitor",
        "ce_type": b"cc.sla.verdict.v1",
        "ce_time": AT.encode(),
        "content-type": b"application/json",
    }
