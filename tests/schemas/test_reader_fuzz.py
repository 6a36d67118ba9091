"""Whatever the bytes are, the reader gives an Event or raises Refused; what it writes it reads back (design §8)."""

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.cloudevents import Refused, decode_event, decode_structured
from schemas.event import Event
from schemas.events.call import CallTransferred

NAMES = st.sampled_from(
    ["ce_specversion", "ce_id", "ce_source", "ce_type", "ce_time", "ce_sequence", "ce_subject", "ce_partitionkey", "content-type"]
)
TIMES = st.sampled_from(
    [
        b"0001-01-01T00:00:00+23:59", b"9999-12-31T23:59:59.999999999-23:59", b"2016-12-31T23:59:60Z", b"1969-12-31T23:59:59Z", b"2999-12-31T23:59:59-23:59",
        b"2026-03-29 01:59:59.1234567z", b"2026-03-29T24:00:00Z", b"2026-02-29T00:00:00Z", b"\xd9\xa2026-01-01T00:00:00Z", b"2026-01-01T00:00:00.Z", b"2026-W01-1T00:00:00Z",
        b"2026-01-01T00:00:00.1_0Z", b"2026-01-01T00:00:0\xffZ", b"2026-01-01T00:00:00Z",
    ]
)  # fmt: skip
VALUES = st.one_of(
    st.sampled_from(
        [
            b"1.0",
            b"application/json",
            b"application/cloudevents+json",
            b"cc.call.answered.v1",
            b"7",
            b"",
            b"9" * 400,
            b"application/json;charset=\xff",
        ]
    ),
    TIMES,
    st.binary(max_size=40),
)
BODIES = st.one_of(
    st.binary(max_size=200),
    st.sampled_from([b"{}", b"", b"null", b'"\xed\xa0\x80"', b'{"queue":"\\ud800"}', b"\xef\xbb\xbf{}", b'{"a":NaN}', b'{"a":' + b"[" * 60_000, b'{"sequence":' + b"9" * 60_000 + b"}", b'{"short_abandon_seconds":1e99999}', b"-", b'{"a":"\xff"}', b"[" * 65_536]),
    st.recursive(st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(2**63), 2**64 - 1) | st.text(), lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text() | st.sampled_from(CallTransferred.__struct_fields__), inner, max_size=6), max_leaves=12).map(msgspec.json.encode),
)  # fmt: skip
GOOD_HEADERS = (
    ("ce_specversion", b"1.0"),
    ("ce_id", b"1"),
    ("ce_source", b"/pbx"),
    ("ce_type", b"cc.call.transferred.v1"),
    ("ce_time", b"2026-01-01T00:00:00Z"),
)


def outcome(key: bytes | None, value: bytes | None, headers: tuple[tuple[str, bytes], ...]) -> Event | None:
    try:
        return decode_event(key, value, headers, "call")
    except Refused as refused:
        assert refused.detail
        assert len(str(refused)) < 1000
        return None


@settings(max_examples=400, deadline=None)
@given(
    key=st.none() | st.binary(max_size=150),
    value=st.none() | BODIES,
    headers=st.lists(st.tuples(NAMES | st.text(max_size=20), VALUES), max_size=9).map(tuple),
)
def test_rubbish_in_every_place_gives_refused_and_nothing_else(
    key: bytes | None, value: bytes | None, headers: tuple[tuple[str, bytes], ...]
) -> None:
    outcome(key, value, headers)


@settings(max_examples=400, deadline=None)
@given(
    name=st.sampled_from(range(5)),
    raw=VALUES,
    key=st.just(b"c1") | st.binary(max_size=10),
    value=BODIES,
    extra=st.lists(st.tuples(NAMES, VALUES), max_size=2).map(tuple),
)
def test_one_bad_part_among_good_ones_gives_refused_and_nothing_else(
    name: int, raw: bytes, key: bytes, value: bytes, extra: tuple[tuple[str, bytes], ...]
) -> None:
    headers = GOOD_HEADERS[:name] + ((GOOD_HEADERS[name][0], raw),) + GOOD_HEADERS[name + 1 :]
    outcome(key, b"{}", headers)
    outcome(b"c1", value, GOOD_HEADERS)
    outcome(b"c1", value, (*GOOD_HEADERS, *extra))


@settings(max_examples=300, deadline=None)
@given(line=BODIES)
def test_rubbish_lines_give_refused_and_nothing_else(line: bytes) -> None:
    for structured in (
        line,
        b'{"specversion":"1.0","id":"1","source":"s","type":"cc.call.ended.v1","time":"2026-01-01T00:00:00Z","subject":"c","data":' + line + b"}",
    ):
        try:
            decode_structured(structured)
        except Refused as refused:
            assert refused.detail
