"""The plan of ticks: where they fall, what they cover, and that their fences are exact (design §4)."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.sources.arrival import Arrival
from monitor.sources.tick_plan import Send, TickAt, play, tick_plan
from schemas.event import Event
from schemas.events.call import CallQueued
from schemas.instants import SECOND, Instant
from schemas.partition import partition_of
from schemas.topics import CALLS, SOURCE_TOPICS


def arrival(seconds: float, contact: str = "c1") -> Arrival:
    at = round(seconds * SECOND)
    return Arrival(Event(contact, "call", f"{contact}:{at}", "/test", at, 0, CallQueued()), at)


def written(times: list[float], settle_seconds: int = 60) -> list[str]:
    """The plan as words: ``e`` for a record, a number for a tick at that second."""
    plan = tick_plan([arrival(time) for time in times], 4, settle_seconds=settle_seconds)
    return ["e" if isinstance(step, Send) else str(step.t // SECOND) for step in plan]


PLANS = {
    "a second with events gets a tick at its end, the next second too": ([10.0, 10.9], 2, ["e", "e", "11", "12", "13"]),
    "seconds in a row get one tick each": ([10.0, 11.0, 12.5], 1, ["e", "11", "e", "12", "e", "13", "14"]),
    "silence gets a tick a minute": ([50.0, 190.0], 1, ["e", "51", "52", "60", "120", "180", "e", "191", "192"]),
    "an event on the minute comes behind the tick of that minute": ([50.0, 120.0], 1, ["e", "51", "52", "60", "120", "e", "121", "122"]),
    "after a pause of one second the tick stands before the event": ([10.0, 12.0], 1, ["e", "11", "12", "e", "13", "14"]),
    "the end settles for as long as told, minute by minute": ([10.0], 130, ["e", "11", "12", "60", "120", "141"]),
    "nothing to send needs no tick": ([], 60, []),
}


@pytest.mark.parametrize(("times", "settle", "expected"), PLANS.values(), ids=PLANS.keys())
def test_plan(times: list[float], settle: int, expected: list[str]) -> None:
    assert written(times, settle) == expected


TIMES = st.lists(st.integers(0, 400 * 10), max_size=30).map(lambda tenths: sorted(tenth / 10 for tenth in tenths))


@given(TIMES, st.integers(1, 200))
@settings(max_examples=60, deadline=None)
def test_every_tick_stands_behind_exactly_the_events_before_it(times: list[float], settle: int) -> None:
    delivered: list[Instant] = []
    ticks: list[Instant] = []
    for step in tick_plan([arrival(time, f"c{number}") for number, time in enumerate(times)], 4, settle_seconds=settle):
        if isinstance(step, Send):
            delivered.append(step.at)
            continue
        ticks.append(step.t)
        assert len(delivered) == sum(time * SECOND < step.t for time in times)
        assert sum(step.fence[CALLS]) == len(delivered)
    assert ticks == sorted(set(ticks))
    wanted = {int(time) + more for time in times for more in (1, 2)}
    assert wanted <= {tick // SECOND for tick in ticks}
    assert all(later - earlier <= 60 * SECOND for earlier, later in pairwise(ticks))


def test_fences_count_each_partition_of_each_topic() -> None:
    contacts = [f"contact-{number}" for number in range(40)]
    fence = next(step.fence for step in tick_plan([arrival(1, contact) for contact in contacts], 4) if isinstance(step, TickAt))
    expected = [0, 0, 0, 0]
    for contact in contacts:
        expected[partition_of(contact.encode(), 4)] += 1
    assert fence[CALLS] == expected
    assert set(fence) == set(SOURCE_TOPICS)


class Tape:
    """A log that writes down what is played into it."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def send(self, topic: str, partition: int, key: bytes, value: bytes, headers: tuple[tuple[str, bytes], ...], at: Instant) -> None:
        self.said.append(f"{topic} {key.decode()}")

    def tick(self, t: Instant) -> None:
        self.said.append(str(t // SECOND))


def test_play_takes_every_step_in_order_and_counts_records() -> None:
    tape = Tape()
    assert play(tick_plan([arrival(1)], 4, settle_seconds=1), tape) == 1
    assert tape.said == ["sla.calls c1", "2", "3"]
