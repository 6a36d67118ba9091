"""Contiguity and the byte share of a shard's inbox."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.runtime.inbox import Accepted, Inbox, TopicQueue
from agents.runtime.slices import Slice
from tests.runtime.raws import empty, piece


def queue_at(position: int, share: int = 10**6) -> TopicQueue:
    queue = TopicQueue(share)
    queue.begin_at(position)
    return queue


CASES = [
    pytest.param(piece(5, 8), Accepted.TAKEN, 8, [5, 6, 7], id="a slice that starts where the last ended is taken"),
    pytest.param(piece(2, 5), Accepted.SEEN, 5, [], id="a slice that was received already is skipped"),
    pytest.param(piece(3, 7), Accepted.TAKEN, 7, [5, 6], id="of an overlapping slice only the new part is taken"),
    pytest.param(piece(6, 9), Accepted.GAP, 5, [], id="a slice behind a hole is refused"),
    pytest.param(piece(5, 9, 6, 8), Accepted.TAKEN, 9, [6, 8], id="compacted records and markers inside a slice are no hole"),
    pytest.param(empty(5, 7), Accepted.TAKEN, 7, [], id="a slice without records moves the reader on"),
    pytest.param(Slice([]), Accepted.GAP, 5, [], id="a slice of unknown stretch is refused"),
]


@pytest.mark.parametrize(("given_piece", "accepted", "read", "offsets"), CASES)
def test_a_queue_takes_exactly_what_joins(given_piece: Slice, accepted: Accepted, read: int, offsets: list[int]) -> None:
    queue = queue_at(5)
    assert queue.accept(given_piece) is accepted
    assert queue.read == read
    assert [record.offset for record in queue.take(None, 100)] == offsets


def test_nothing_is_taken_before_the_first_seek() -> None:
    assert TopicQueue(100).accept(piece(0, 3)) is Accepted.GAP


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(1, 10)), max_size=30))
@settings(max_examples=60, deadline=None)
def test_whatever_arrives_the_records_handed_out_have_no_hole_and_no_double(pieces: list[tuple[int, int]]) -> None:
    queue = queue_at(0)
    for start, length in pieces:
        queue.accept(piece(start, start + length))
    offsets = [record.offset for record in queue.take(None, 10**6)]
    assert offsets == list(range(queue.read or 0))


def test_records_put_back_come_again_in_order_and_their_bytes_count_again() -> None:
    queue = queue_at(0)
    queue.accept(piece(0, 6))
    before = queue.size_bytes
    taken = queue.take(4, 100)
    assert [record.offset for record in taken] == [0, 1, 2, 3]
    queue.put_back(taken)
    assert queue.size_bytes == before
    assert [record.offset for record in queue.take(None, 100)] == [0, 1, 2, 3, 4, 5]
    assert queue.size_bytes == 0


def test_a_queue_is_full_above_its_own_share_whatever_the_others_hold() -> None:
    inbox = Inbox(("ahead", "behind"), 2000)
    for topic in ("ahead", "behind"):
        inbox[topic].begin_at(0)
    inbox["ahead"].accept(piece(0, 50))
    assert inbox["ahead"].full
    assert not inbox["behind"].full
    assert inbox["behind"].low
    inbox["ahead"].take(None, 49)
    assert inbox["ahead"].low
