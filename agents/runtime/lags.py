"""How far owned shards are behind their sources, and what open transactions hide from them, as the consumer last heard from the broker."""

from collections.abc import Iterator

import msgspec
from faust.types import TP

from agents.runtime.runtime import Runtime


class Lag(msgspec.Struct, frozen=True):
    """One input of one shard, in records; the broker's end is as of the last fetch."""

    topic: str
    partition: int
    behind: int
    hidden: int


def lags(runtime: Runtime) -> Iterator[Lag]:
    """Every input of every owned shard of which something was fetched."""
    consumer = runtime.app.consumer._thread._consumer
    if consumer is None:
        return
    assigned = consumer.assignment()
    for shard in runtime.actors():
        for topic in shard.spec.topics:
            place = TP(runtime.settings.physical(topic), shard.partition)
            if place not in assigned:
                continue
            end, stable = consumer.highwater(place), consumer.last_stable_offset(place)
            if end is None:
                continue
            behind = max(0, end - shard.positions.next.get(topic, 0))
            hidden = 0 if stable is None or stable < 0 else max(0, end - stable)
            yield Lag(topic, shard.partition, behind, hidden)
