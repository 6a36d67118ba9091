"""Whatever the bytes are, the reader gives an Event or raises Refused; what it writes it reads back (design §8)."""

from collections.abc import Callable

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.cloudevents import Headers, Refused, decode_event, decode_structured, encode_event, encode_structured
from schemas.event import Event
from schemas.events import FAMILIES, Family
from schemas.events.call import CallTransferred
from schemas.events.shared import KeywordHit
from schemas.instants import EARLIEST, LATEST
from schemas.kinds import KINDS

NAMES = st.sampled_from(
    ["ce_specversion", "ce_id", "ce_source", "ce_type", "ce_time", "ce_sequence", "ce_subject", "ce_partitionkey", "content-type"]
)
TIMES = [
    b"0001-01-01T00:00:00+23:59",
    b"9999-12-31T23:59:59.999999999-23:59",
    b"2016-12-31T23:59:60Z",
    b"1969-12-31T23:59:59Z",
    b"2999-12-31T23:59:59-23:59",
    b"2026-03-29 01:59:59.1234567z",
    b"2026-03-29T24:00:00Z",
    b"2026-02-29T00:00:00Z",
    b"\xd9\xa2026-01-01T00:00:00Z",
    b"2026-01-01T00:00:00.Z",
    b"2026-W01-1T00:00:00Z",
    b"2026-01-01T00:00:00.1_0Z",
    b"2026-01-01T00:00:0\xffZ",
    b"2026-01-01T00:00:00Z",
]
OTHERS = [
    b"1.0",
    b"application/json",
    b"application/cloudevents+json",
    b"cc.call.answered.v1",
    b"7",
    b"",
    b"9" * 400,
    b"application/json;charset=\xff",
]
VALUES = st.sampled_from(TIMES) | st.sampled_from(OTHERS) | st.binary(max_size=40)
SCALARS = st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(2**63), 2**64 - 1) | st.text()
FIELDS = st.text() | st.sampled_from(CallTransferred.__struct_fields__)
JSON = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(FIELDS, inner, max_size=6), max_leaves=12)
NASTY = [
    b"{}",
    b"",
    b"null",
    b'"\xed\xa0\x80"',
    b'{"queue":"\\ud800"}',
    b"\xef\xbb\xbf{}",
    b'{"a":NaN}',
    b'{"a":' + b"[" * 60_000,
    b'{"sequence":' + b"9" * 60_000 + b"}",
    b'{"short_abandon_seconds":1e99999}',
    b"-",
    b'{"a":"\xff"}',
    b"[" * 65_536,
]
BODIES = st.binary(max_size=200) | st.sampled_from(NASTY) | JSON.map(msgspec.json.encode)
GOOD_HEADERS = (
    ("ce_specversion", b"1.0"),
    ("ce_id", b"1"),
    ("ce_source", b"/pbx"),
    ("ce_type", b"cc.call.transferred.v1"),
    ("ce_time", b"2026-01-01T00:00:00Z"),
)


def accepted(read: Callable[[], Event]) -> Event | None:
    """The event, or None if it was refused with a detail of bounded size; anything else raised fails the test."""
    try:
        return read()
    except Refused as refused:
        good = bool(refused.detail) and len(str(refused)) < 1000
    assert good
    return None


def outcome(key: bytes | None, value: bytes | None, headers: Headers) -> Event | None:
    return accepted(lambda: decode_event(key, value, headers, "call"))


@settings(max_examples=200, deadline=None)
@given(
    key=st.none() | st.binary(max_size=150),
    value=st.none() | BODIES,
    headers=st.lists(st.tuples(NAMES | st.text(max_size=20), VALUES), max_size=9).map(tuple),
)
def test_rubbish_in_every_place_gives_refused_and_nothing_else(key: bytes | None, value: bytes | None, headers: Headers) -> None:
    outcome(key, value, headers)


@settings(max_examples=200, deadline=None)
@given(
    name=st.sampled_from(range(5)),
    raw=VALUES,
    key=st.just(b"c1") | st.binary(max_size=10),
    value=BODIES,
    extra=st.lists(st.tuples(NAMES, VALUES), max_size=2).map(tuple),
)
def test_one_bad_part_among_good_ones_gives_refused_and_nothing_else(name: int, raw: bytes, key: bytes, value: bytes, extra: Headers) -> None:
    headers = (*GOOD_HEADERS[:name], (GOOD_HEADERS[name][0], raw), *GOOD_HEADERS[name + 1 :])
    outcome(key, b"{}", headers)
    outcome(b"c1", value, GOOD_HEADERS)
    outcome(b"c1", value, (*GOOD_HEADERS, *extra))


@settings(max_examples=150, deadline=None)
@given(line=BODIES)
def test_rubbish_lines_give_refused_and_nothing_else(line: bytes) -> None:
    whole = b'{"specversion":"1.0","id":"1","source":"s","type":"cc.call.ended.v1","time":"2026-01-01T00:00:00Z","subject":"c","data":' + line + b"}"
    accepted(lambda: decode_structured(line))
    accepted(lambda: decode_structured(whole))


@settings(max_examples=150, deadline=None)
@given(
    data=st.dictionaries(
        st.sampled_from(["queue", "region", "to_queue", "agent_id", "note"]), st.text(max_size=6) | st.sampled_from(["a|b", " ", "x\x7f", "a\u2028b"])
    )
)
def test_quick_and_full_checks_of_strings_accept_the_same(data: dict[str, str]) -> None:
    """``needs_checks`` only saves time: a body that it waves through would have passed every check."""
    value = msgspec.json.encode(data)
    kind = KINDS["cc.call.transferred.v1"]
    read = outcome(b"c1", value, GOOD_HEADERS)
    faults = [check(data[field]) for field, check in kind.strings if data.get(field)]
    empty = any(data.get(field) == "" for field, _ in kind.strings)
    assert (read is not None) == (not any(faults) and not empty)


@settings(max_examples=150, deadline=None)
@given(at=st.integers(EARLIEST, LATEST), sequence=st.integers(0, 2**63 - 1), inside=st.booleans(), family=st.sampled_from(FAMILIES))
def test_what_is_written_reads_back_in_both_modes(at: int, sequence: int, inside: bool, family: Family) -> None:
    event = Event("c-1", family, "e|1", "urn:x:热线", at, sequence, KeywordHit(keyword="退费 now", sequence=sequence if inside else None))
    key, value, headers = encode_event(event)
    assert decode_event(key, value, headers, family) == event
    assert decode_structured(encode_structured(event)) == event
    assert decode_event(key, encode_structured(event), (("content-type", b"application/cloudevents+json"),), family) == event
