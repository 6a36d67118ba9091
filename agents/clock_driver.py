"""A publisher that is the clock too: a recorded log brings its own ticks, with exact fences (``publish --drive-clock``, design §4).

It is the only writer of the source topics while it runs. So it knows where each record will stand without asking: the end of
each partition at the start, plus what it has sent since (idempotent producer). The ticks carry these predictions as fences, nothing waits for an
acknowledgement, and at the end the acknowledged positions must be the predicted ones.
"""

from collections.abc import Callable, Iterable

import msgspec
from aiokafka import TopicPartition

from agents.publisher import Publisher
from agents.runtime.connection import free_consumer
from agents.runtime.settings import RuntimeSettings
from agents.runtime.ticks import encode_tick
from agents.runtime.topics import require_written_topics
from monitor.errors import BrokerError
from monitor.sources.tick_plan import Step, TickAt
from schemas.instants import Instant
from schemas.ticks import Tick
from schemas.topics import COMMANDS, CONTACTS_TICKS, SOURCE_TOPICS

Names = Callable[[Instant], str]
"""The policy version that the tick of a T names."""


def nameless(_t: Instant) -> str:
    """No version: shards go on under the one that they have."""
    return ""


class Driven(msgspec.Struct):
    """What was written; ``t`` is the last T."""

    records: int = 0
    ticks: int = 0
    t: Instant = 0


class ClockDriver:
    """Plays the steps of a tick plan into Kafka; use ``take`` for each step, then ``finish``. ``names`` gives the policy version of each T."""

    def __init__(self, settings: RuntimeSettings, publisher: Publisher, names: Names = nameless) -> None:
        self._settings, self._publisher, self._names = settings, publisher, names
        self._base: dict[str, list[int]] = {}
        self._sent = {topic: [0] * settings.partitions for topic in SOURCE_TOPICS}
        self.driven = Driven()

    async def begin(self) -> None:
        """Look where the source topics end; raises BrokerError when one is missing or has another number of partitions."""
        await require_written_topics(self._settings, (*SOURCE_TOPICS, COMMANDS, CONTACTS_TICKS))
        self._base = await end_positions(self._settings, (*SOURCE_TOPICS, COMMANDS))
        self._sent[COMMANDS] = [0] * self._settings.partitions  # what was asked for before the log begins

    async def take(self, step: Step) -> None:
        """Write one record, or the same T to every shard."""
        if isinstance(step, TickAt):
            await self._tick(step.t)
            return
        await self._publisher.send(step.topic, step.key, step.value, step.headers, partition=step.partition)
        self._sent[step.topic][step.partition] += 1
        self.driven.records += 1

    async def _tick(self, t: Instant) -> None:
        for partition in range(self._settings.partitions):
            fence = {topic: self._base[topic][partition] + self._sent[topic][partition] for topic in self._base}
            tick = Tick(clock_at=t, t=t, fence=fence, policy=self._names(t))
            await self._publisher.send(CONTACTS_TICKS, None, encode_tick(tick), partition=partition)
        self.driven.ticks += 1
        self.driven.t = t

    async def finish(self) -> Driven:
        """Wait for every acknowledgement; raises BrokerError where a record stands elsewhere than predicted."""
        ends = await self._publisher.ends()
        for topic, counts in self._sent.items():
            for partition, count in enumerate(counts):
                predicted = self._base[topic][partition] + count
                found = ends.get((topic, partition), predicted)
                if found != predicted:
                    raise BrokerError(
                        f"{topic}, partition {partition} ends at {found} instead of {predicted}: somebody else writes to it, so the "
                        "fences of this run are wrong; --drive-clock must be the only writer"
                    )
        return self.driven


async def end_positions(settings: RuntimeSettings, topics: Iterable[str]) -> dict[str, list[int]]:
    """The end of every partition of the topics, by logical name, uncommitted records included."""
    places = {topic: [TopicPartition(settings.physical(topic), number) for number in range(settings.partitions)] for topic in topics}
    async with free_consumer(settings, committed=False) as consumer:
        ends = await consumer.end_offsets([place for each in places.values() for place in each])
    return {topic: [ends[place] for place in each] for topic, each in places.items()}
