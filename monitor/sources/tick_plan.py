"""When it is which time in a recorded log: one pure plan for ``replay`` and for ``publish --drive-clock`` (design §4).

    events     e e      e                                    e
    seconds  |10    |11    |12    |13 …            |60 …   |75    |76
    ticks                  T=12   T=13 (the next)  T=60            T=76 …      (12 covers everything before 12.0)

Every second that holds an event gets a tick at its end, and so does the second after it; in silence there is one tick a
minute; after the last event ticks go on for ``settle_seconds``, so that deadlines shortly after it are judged. T is a whole
second, and a tick at T stands behind exactly the events delivered before T: that is its fence.
"""

from collections.abc import Iterable, Iterator
from typing import Final, Protocol

import msgspec

from monitor.sources.arrival import Arrival
from schemas.cloudevents import encode_event
from schemas.events import Family
from schemas.instants import SECOND, Instant
from schemas.partition import partition_of
from schemas.topics import SOURCE_TOPICS

SETTLE_SECONDS: Final = 60
IDLE_SECONDS: Final = 60
TOPIC_OF: Final[dict[Family, str]] = {family: topic for topic, family in SOURCE_TOPICS.items()}

Fence = dict[str, list[int]]
"""How many records of each partition of each source topic precede a tick."""


class Send(msgspec.Struct, frozen=True):
    """Publish this record next; ``at`` is when it is delivered."""

    topic: str
    partition: int
    key: bytes
    value: bytes
    headers: tuple[tuple[str, bytes], ...]
    at: Instant


class TickAt(msgspec.Struct, frozen=True):
    """Write a tick of ``t`` to every shard next; ``fence`` is a live view, right until the following step is taken."""

    t: Instant
    fence: Fence


Step = Send | TickAt


class Log(Protocol):
    """What a plan is played into: a broker, or the memory of a replay."""

    def send(self, topic: str, partition: int, key: bytes, value: bytes, headers: tuple[tuple[str, bytes], ...], at: Instant) -> None:
        """Append one record."""

    def tick(self, t: Instant) -> None:
        """It is ``t``, and all that was sent before counts."""


def tick_plan(
    arrivals: Iterable[Arrival], partitions: int, *, settle_seconds: int = SETTLE_SECONDS, idle_seconds: int = IDLE_SECONDS
) -> Iterator[Step]:
    """Interleave the records of ``arrivals`` (ordered by delivery) with the ticks of a clock driven by them."""
    fence: Fence = {topic: [0] * partitions for topic in SOURCE_TOPICS}
    second: int | None = None
    for arrival in arrivals:
        now = arrival.delivered_at // SECOND
        if second is not None and now > second:
            for tick in _ticks(second, now, idle_seconds):
                yield TickAt(tick * SECOND, fence)
        second = now if second is None else max(second, now)
        send = _send(arrival, partitions)
        yield send
        fence[send.topic][send.partition] += 1
    if second is not None:
        end = second + 1 + max(1, settle_seconds)
        for tick in _ticks(second, end, idle_seconds):
            yield TickAt(tick * SECOND, fence)
        if end % idle_seconds and end > second + 2:
            yield TickAt(end * SECOND, fence)


def _ticks(second: int, following: int, idle: int) -> Iterator[int]:
    """Ticks after the events of ``second`` and before those of ``following``, a tick at ``following`` itself included where due."""
    yield second + 1
    if second + 2 <= following:
        yield second + 2
        yield from range((second + 2) // idle * idle + idle, following + 1, idle)


def _send(arrival: Arrival, partitions: int) -> Send:
    event = arrival.event
    key, value, headers = encode_event(event)
    return Send(TOPIC_OF[event.family], partition_of(key, partitions), key, value, headers, arrival.delivered_at)


def play(steps: Iterable[Step], log: Log) -> int:
    """Take every step into ``log``; gives the number of records sent."""
    sent = 0
    for step in steps:
        if isinstance(step, TickAt):
            log.tick(step.t)
        else:
            log.send(step.topic, step.partition, step.key, step.value, step.headers, step.at)
            sent += 1
    return sent
