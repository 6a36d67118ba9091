"""What contacts shards tell customers shards: what changed, once, at whole seconds, before the watermark (design §4; requirements §5.10)."""

from typing import Any

import msgspec

from schemas.customers import ContactFacts, ContactGone, CustomerContact, CustomerInput, digest
from schemas.event import Event
from schemas.panes import Watermark
from schemas.partition import partition_of
from schemas.topics import CUSTOMER_CONTACTS
from tests.contacts.driving import Shard, at, event, policy

KNOWN: dict[str, Any] = {"customer_key": "k1", "problem_key": "p1", "queue": "q1", "channel": "hotline"}


def call(**fields: Any) -> list[Event]:
    """A call that is answered after five seconds and ends after a minute."""
    return [event("call.queued", 0, **(KNOWN | fields)), event("call.answered", 5), event("call.ended", 60)]


def told(shard: Shard) -> list[CustomerContact | ContactGone]:
    """Every contact told so far, in order."""
    shard.drain()
    sent = [msgspec.json.decode(out.value or b"", type=CustomerInput) for out in shard.outputs if out.topic == CUSTOMER_CONTACTS]
    return [each for each in sent if not isinstance(each, Watermark)]


def last_facts(shard: Shard) -> ContactFacts:
    """The last that was told of the only contact."""
    last = told(shard)[-1]
    assert isinstance(last, CustomerContact)
    return last.facts


def test_a_call_is_told_when_it_is_served_and_when_it_ends() -> None:
    shard = Shard(policy())
    for each in call():
        shard.send(each).tick((each.at - at(0)) / 1e6 + 0.9).tick((each.at - at(0)) / 1e6 + 1.1)
    first, second = told(shard)
    assert isinstance(first, CustomerContact)
    assert (first.known, first.t, first.facts.ended_at) == (False, at(5), 0)
    assert first.facts.place == ("q1", "hotline")
    assert isinstance(second, CustomerContact)
    assert (second.known, second.t, second.facts.ended_at) == (True, at(60), at(60))


def test_it_goes_before_the_watermark_that_covers_it_and_to_the_partition_of_its_customer() -> None:
    shard = Shard(policy(), partitions=3, partition=partition_of(b"c1", 3))
    shard.send(*call()).tick(61.2).drain()
    sent = [out for out in shard.outputs if out.topic == CUSTOMER_CONTACTS]
    assert [out.key for out in sent] == [b"call|c1", *[b"watermark|contacts|%d" % shard.partition] * 3]
    assert [out.partition for out in sent] == [partition_of(digest("k1").encode(), 3), 0, 1, 2]
    marks = [msgspec.json.decode(out.value or b"") for out in sent]
    assert {each["t"] for each in marks} == {at(61)}


def test_what_says_nothing_new_is_not_told_again() -> None:
    shard = Shard(policy())
    shard.send(*call()).tick(61)
    shard.send(event("call.wrapup_end", 70), event("keyword_hit", 71, family="call", keyword="lawyer")).tick(72)
    shard.restart().send(event("satisfaction_asked", 73, family="call")).tick(74)
    assert len(told(shard)) == 1


def test_a_restart_between_the_commit_and_the_next_second_loses_nothing() -> None:
    shard = Shard(policy())
    shard.tick(60.0).send(*call(), t=60.2).tick(60.3).restart().tick(60.5).restart().tick(61.0)
    assert [each.t for each in told(shard)] == [at(61)]


def test_contacts_without_customer_or_human_or_problem_are_not_told() -> None:
    shard = Shard(policy())
    shard.send(*call(customer_key=None)).tick(61)
    shard.send(event("call.queued", 62, "c2", **KNOWN), event("call.abandoned", 70, "c2")).tick(71)
    shard.send(event("chat.opened", 72, "h1", **KNOWN), event("chat.agent_msg", 73, "h1", author_kind="bot"), event("chat.ended", 75, "h1")).tick(76)
    shard.send(event("call.queued", 77, "c3", **(KNOWN | {"problem_key": None})), event("call.answered", 78, "c3")).tick(79)
    assert told(shard) == []
    assert shard.totals()["customers.no_problem"] == 1


def test_a_contact_that_turns_out_to_be_another_customers_is_taken_back_from_the_first() -> None:
    first, second = (next(f"k{n}" for n in range(99) if partition_of(digest(f"k{n}").encode(), 2) == partition) for partition in (0, 1))
    shard = Shard(policy(), partitions=2, partition=partition_of(b"c1", 2))
    shard.send(*call(customer_key=first)).tick(61)
    shard.send(event("reclassified", 70, family="call", customer_key=second)).tick(71)
    _, gone, again = told(shard)
    assert isinstance(gone, ContactGone)
    assert isinstance(again, CustomerContact)
    assert (gone.contact, again.known, again.facts.customer) == ("c1", False, digest(second))
    assert [out.partition for out in shard.outputs if out.key == b"call|c1"] == [0, 0, 1]


def test_a_contact_created_in_error_is_gone_and_a_withdrawn_one_is_not() -> None:
    for reason, kind in (("created_in_error", ContactGone), ("withdrawn", CustomerContact)):
        shard = Shard(policy())
        shard.send(event("workorder.created", 0, **KNOWN), event("workorder.accepted", 5)).tick(6)
        shard.send(event("cancelled", 10, family="workorder", reason=reason)).tick(11)
        assert isinstance(told(shard)[-1], kind)


def test_a_late_event_is_told_as_if_it_had_come_in_time() -> None:
    shard, other = Shard(policy()), Shard(policy())
    queued, answered, ended = call()
    moved = event("call.transferred", 30, to_queue="q2")
    shard.send(queued, answered, moved, ended).tick(61)
    other.send(queued, answered).send(ended).tick(61).restart().send(moved, t=90).tick(91)
    assert last_facts(shard) == last_facts(other)
    assert last_facts(shard).left
    assert len(told(other)) == 2


def test_orders_tell_each_closure_and_end_when_they_are_settled() -> None:
    shard = Shard(policy())
    shard.send(event("workorder.created", 0, **KNOWN), event("workorder.resolved", 100), event("workorder.closed", 200)).tick(201)
    assert (last_facts(shard).ended_at, last_facts(shard).closures) == (at(100), ((at(100), 0),))
    shard.send(event("workorder.reopened", 300)).tick(301)
    assert (last_facts(shard).ended_at, last_facts(shard).closures) == (0, ((at(100), at(300)),))
    shard.send(event("workorder.resolved", 400)).tick(401)
    assert (last_facts(shard).ended_at, last_facts(shard).closures) == (at(400), ((at(100), at(300)), (at(400), 0)))


def test_an_order_that_only_machines_touched_was_served_by_nobody() -> None:
    shard = Shard(policy())
    shard.send(event("workorder.created", 0, **KNOWN), event("workorder.accepted", 1, automatic=True)).tick(2)
    assert told(shard) == []
    shard.send(event("workorder.closed", 10, automatic=True)).tick(11)
    assert (last_facts(shard).served, last_facts(shard).closures) == (False, ((at(10), 0),))


def test_a_contact_set_aside_is_told_no_more() -> None:
    shard = Shard(policy())
    queued, answered, ended = call()
    shard.send(queued, answered).tick(6)
    contact = shard.processor._shelf.get(b"cc:c1")
    assert contact is not None
    contact.unjudged = True
    shard.send(ended).tick(61)
    assert len(told(shard)) == 1
