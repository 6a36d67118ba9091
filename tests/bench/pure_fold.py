"""The pure processors alone over the same log: no broker, no runtime, one process; T moves on once for every fence of a backlog."""

import gc
import time

from monitor.collector import look_seldom
from monitor.processing import Record
from monitor.replay.product import product_engine
from schemas.cloudevents import encode_event
from schemas.instants import SECOND
from schemas.partition import partition_of
from schemas.topics import CALLS
from tests.bench.policies import bench_policy
from tests.bench.stream import call_stream

FENCE_RECORDS = 16_000
"""Records between two ticks, about what a worker applies in a second or less."""


class _Counting:
    """A sink that counts."""

    def __init__(self) -> None:
        self.records = 0

    def take(self, record: Record) -> None:
        self.records += 1


def measure_fold(count: int, partitions: int = 4) -> float:
    """CPU microseconds an event: decode, contacts, panes, queues, state encoded at each commit."""
    policy, now = bench_policy(), time.time_ns() // 1000
    records = []
    for event in call_stream(count, now):
        key, value, headers = encode_event(event)
        records.append((partition_of(key, partitions), key, value, headers, event.at))

    engine = product_engine(policy, _Counting(), partitions=partitions, commit_every=1)
    gc.collect()
    look_seldom()
    begun = time.process_time()
    for number, (partition, key, value, headers, at) in enumerate(records):
        engine.send(CALLS, partition, key, value, headers, at)
        if number % FENCE_RECORDS == FENCE_RECORDS - 1:
            engine.tick(now + number // FENCE_RECORDS * SECOND)
    engine.tick(now + (count // FENCE_RECORDS + 1) * SECOND)
    return (time.process_time() - begun) / count * 1e6
