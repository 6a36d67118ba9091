"""A closed contact is kept in few bytes and loses nothing (P32, design §4)."""

import uuid
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.contacts.kept import bodies, codec
from monitor.contacts.kept.contact import Published, Stored
from monitor.contacts.kept.packing import PackedEntry, PackedEvents, pack, pack_ledger, unpack, unpack_ledger
from monitor.sources.timeline import KINDS
from schemas.events import CALL_EVENTS, CHAT_EVENTS, SHARED_EVENTS, WORKORDER_EVENTS
from tests.contacts.driving import Shard, at, clock, event, policy, rule

_KINDS = (*CALL_EVENTS, *CHAT_EVENTS, *WORKORDER_EVENTS, *SHARED_EVENTS)
_BODIES: list[tuple[str, dict[str, Any]]] = [
    ("call.queued", {"queue": "A", "channel": "hotline", "customer_key": "met", "short_abandon_seconds": 3.0}),
    ("call.ringing", {"agent_id": "a1"}), ("call.answered", {"agent_id": "a1"}), ("call.ended", {}), ("call.hold_start", {"sequence": 9}),
    ("workorder.escalated", {"from_line": 1, "to_line": 2, "automatic": True}), ("chat.agent_msg", {"public": False}),
    ("survey_scored", {"instrument": "nps", "scale_min": -5, "scale_max": 5, "score": -1.0}), ("qc_scored", {"dimension": "x", "passed": True}),
]  # fmt: skip


def _stored(name: str, fields: dict[str, Any], seconds: float, identity: str, source: str = "/pbx", stated_at: int = 0) -> Stored:
    data = msgspec.convert({"type": name, **fields}, KINDS[name])
    return Stored(at(seconds), fields.get("sequence", 0), source, identity, stated_at, msgspec.msgpack.encode(data))


@st.composite
def histories(draw: st.DrawFn) -> list[Stored]:
    """Events with ids of one or of several forms."""
    plain, digits = st.text("abc-é0", min_size=1, max_size=40), st.uuids().map(str)
    form = draw(st.sampled_from([plain, digits, digits.map(lambda text: text.replace("-", "")), digits.map(str.upper), st.one_of(plain, digits)]))
    events = []
    for _ in range(draw(st.integers(0, 8))):
        name, fields = draw(st.sampled_from(_BODIES))
        seconds = draw(st.sampled_from([0, 1, 1.5, 60, 0.000001, 86_400]))
        events.append(_stored(name, fields, seconds, draw(form), draw(st.sampled_from(["/pbx", "/b"])), draw(st.sampled_from([0, 0, 5]))))
    return events


@settings(max_examples=150, deadline=None)
@given(histories())
def test_events_come_back_byte_for_byte(events: list[Stored]) -> None:
    written = msgspec.msgpack.encode(pack(events))
    assert unpack(msgspec.msgpack.decode(written, type=PackedEvents)) == events


@pytest.mark.parametrize(
    "entry",
    [
        pytest.param(Published("answer", "e1", 1, "met", "stopped_in_time", at(0), 60, 50, at(1), at(2), "warning"), id="a verdict met"),
        pytest.param(Published("answer", "gone", 2, "cancelled", "mine", at(-9), 5, 0, 0, 0, "info"), id="a cycle that no event begins any more"),
        pytest.param(
            Published("x", "e1", 3, "breached", "stopped_late", at(0), 1, 9, at(7), at(9), "critical", True, "resolved", 2, {50: ("firing", 1, 7)}),
            id="a breach with its alerts",
        ),
        pytest.param(Published("x", "e1", levels={75: ("firing", 1, 7)}), id="nothing said but a warning"),
    ],
)
def test_the_ledger_comes_back(entry: Published) -> None:
    events = [_stored("call.queued", {}, 0, "e0"), _stored("call.ended", {}, 1, "e1")]
    written = msgspec.msgpack.encode(pack_ledger([entry], events))
    assert unpack_ledger(msgspec.msgpack.decode(written, type=list[PackedEntry]), events) == [entry]


def test_every_field_of_the_contract_has_a_number_and_no_word_two() -> None:
    assert {field for kind in _KINDS for field in kind.__struct_fields__} == set(bodies._FIELDS)
    assert len(set(bodies._FIELDS)) == len(bodies._FIELDS)
    assert len(set(bodies._WORDS)) == len(bodies._WORDS)


@pytest.mark.parametrize(
    ("identity", "limit"),
    [(lambda n: f"e{n:09d}", 200), (lambda n: str(uuid.UUID(int=(n + 1) << 100)), 270)],
    ids=["numbered ids: at most 200 bytes", "UUIDs: 16 bytes each more"],
)
def test_a_closed_call_of_seven_events_is_small(identity: Any, limit: int) -> None:
    first: dict[str, Any] = {
        "queue": "q12",
        "channel": "hotline",
        "region": "city-03",
        "customer_key": "k00000012",
        "priority": "normal",
        "request_type": "enquiry",
    }
    agent: dict[str, Any] = {"agent_id": "a123"}
    steps: tuple[tuple[str, dict[str, Any]], ...] = (
        ("queued", first),
        ("ringing", agent),
        ("answered", agent),
        ("hold_start", {}),
        ("hold_end", {}),
        ("ended", {}),
        ("wrapup_end", agent),
    )
    events = [event(f"call.{name}", 14.285 * n, "call-00000012", id=identity(n), **said) for n, (name, said) in enumerate(steps)]
    shard = Shard(policy(clock("answer", "call.queued", "call.answered", [rule(60)], family="call"))).send(*events, t=200).tick(200).drain()
    (value,) = [shard.state[key] for key in shard.contacts()]
    assert codec.read_head(value).packed
    assert len(value) <= limit
