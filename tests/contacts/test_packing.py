"""Closed contacts are kept in few bytes and lose nothing (design §4, P32)."""

from typing import Any

import pytest

from monitor.contacts import codec
from monitor.contacts.contact import Stored
from monitor.contacts.packing import pack, unpack
from tests.contacts.driving import Shard, clock, event, policy, rule

IDS = [
    pytest.param("c1-17", id="an id that begins with the contact's"),
    pytest.param("128b2f330c5c7fd0a6a3a4506513270e", id="32 hexadecimal digits"),
    pytest.param("128b2f33-0c5c-7fd0-a6a3-a4506513270e", id="a UUID"),
    pytest.param("128B2F33-0C5C-7FD0-A6A3-A4506513270E", id="a UUID in capitals stays as it is"),
    pytest.param("gg8b2f330c5c7fd0a6a3a4506513270e", id="32 characters that are no digits"),
    pytest.param("事件-1", id="any other text"),
]


@pytest.mark.parametrize("event_id", IDS)
def test_events_come_back_byte_for_byte(event_id: str) -> None:
    shard = Shard(policy())
    shard.send(event("call.queued", 0, id=event_id, queue="PS", sequence=3), event("call.answered", 5, queue="PS", source="/other", agent_id="a"))
    contact = shard.processor._shelf.get(b"cc:c1")
    assert contact is not None
    events: list[Stored] = contact.events
    assert unpack("c1", pack("c1", events)) == events


def test_a_closed_call_is_kept_small_and_without_its_view() -> None:
    answer = clock("answer", "call.queued", "call.answered", [rule(30)], family="call")
    fields: dict[str, Any] = {"queue": "queue-12", "channel": "hotline", "region": "city-3", "vip_tier": "standard"}
    steps = ("queued", 0), ("ringing", 3), ("answered", 9), ("hold_start", 60), ("hold_end", 90), ("ended", 200)
    shard = Shard(policy(answer)).send(*(event(f"call.{name}", at, id=f"c1-{at}", **fields) for name, at in steps)).tick(201).drain()
    value = shard.state[b"cc:c1"]
    assert codec.read_head(value).packed
    assert len(value) <= 300


def test_an_open_call_stays_well_below_a_kilobyte() -> None:
    answer = clock("answer", "call.queued", "call.answered", [rule(30)], family="call")
    shard = Shard(policy(answer)).send(event("call.queued", 0, queue="PS", channel="hotline"), event("call.answered", 5)).tick(6).drain()
    assert len(shard.state[b"cc:c1"]) < 600
