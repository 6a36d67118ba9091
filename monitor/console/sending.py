"""Events on their way to Kafka: as they are, moved to now, or with their own clock; as fast as told."""

import asyncio
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from msgspec.structs import replace

from agents.clock_driver import ClockDriver, Driven, Names, nameless
from agents.publisher import Publisher
from agents.runtime.settings import RuntimeSettings
from agents.runtime.topics import require_written_topics
from agents.runtime.wall_clock import wall_clock
from monitor.sources.arrival import Arrival
from monitor.sources.tick_plan import TOPIC_OF, Send, tick_plan
from schemas.cloudevents import encode_event
from schemas.instants import SECOND, Instant
from schemas.topics import SOURCE_TOPICS

AT_ONCE: Final = 0.0
"""The speed that waits for nothing."""

_SHORTEST_WAIT_SECONDS: Final = 0.005
_STEPS_A_TURN: Final = 500

Advance = Callable[[int], None]


class Pace:
    """Holds a log back to ``speed`` times its own speed, from the first instant it is asked about."""

    def __init__(self, speed: float) -> None:
        self._speed = speed
        self._began: tuple[Instant, float] | None = None
        self._since_turn = 0

    async def until(self, at: Instant) -> None:
        """Wait until ``at`` has come; give other tasks a turn now and then in any case."""
        self._since_turn += 1
        if self._since_turn >= _STEPS_A_TURN:
            self._since_turn = 0
            await asyncio.sleep(0)
        if self._speed == AT_ONCE:
            return
        now = asyncio.get_running_loop().time()
        if self._began is None:
            self._began = (at, now)
        due = self._began[1] + (at - self._began[0]) / SECOND / self._speed
        if due - now > _SHORTEST_WAIT_SECONDS:
            await asyncio.sleep(due - now)


async def drive(runtime: RuntimeSettings, arrivals: Iterable[Arrival], speed: float, advance: Advance, names: Names = nameless) -> Driven:
    """Publish with ticks and exact fences; ``advance`` hears of every record, ``names`` gives the policy version of each tick."""
    pace = Pace(speed)
    async with Publisher(runtime) as publisher:
        driver = ClockDriver(runtime, publisher, names)
        await driver.begin()
        for step in tick_plan(arrivals, runtime.partitions):
            if isinstance(step, Send):
                await pace.until(step.at)
                advance(1)
            else:
                await pace.until(step.t)
            await driver.take(step)
        return await driver.finish()


async def send(runtime: RuntimeSettings, arrivals: Iterable[Arrival], speed: float, advance: Advance) -> int:
    """Publish for workers that keep their own time; returns how many events were acknowledged."""
    pace = Pace(speed)
    await require_written_topics(runtime, tuple(SOURCE_TOPICS))
    async with Publisher(runtime) as publisher:
        for arrival in arrivals:
            await pace.until(arrival.delivered_at)
            key, value, headers = encode_event(arrival.event)
            await publisher.send(TOPIC_OF[arrival.event.family], key, value, headers)
            advance(1)
        await publisher.flush()
        return publisher.sent


def moved_to_now(arrivals: Iterable[Arrival]) -> Iterator[Arrival]:
    """The same events as if the first happened now; contacts and event ids get a mark of this run, so that a second run is no duplicate."""
    shift: Instant | None = None
    mark = f"{wall_clock() // SECOND:x}"
    for arrival in arrivals:
        if shift is None:
            shift = wall_clock() - arrival.delivered_at
        event = arrival.event
        moved = replace(event, contact=f"{event.contact}-{mark}", id=f"{event.id}-{mark}", at=event.at + shift)
        yield Arrival(moved, arrival.delivered_at + shift)
