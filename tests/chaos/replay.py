"""The same logs through the same processor classes without Kafka: what the workers must have written, record for record.

Sources, ticks and fences are read back from the broker. Each shard is replayed up to the positions in its own committed state, so
that ticks which no worker had judged at the end are left out. Every policy version of the topic is known from the start here; which of
them counts when is said by the ticks, as in the product.
"""

from collections import defaultdict

from agents.reader import read_topics
from agents.runtime.counters import ProcessorCounters
from agents.runtime.positions import RESERVED_KEY, Positions, read_positions
from agents.runtime.settings import ProcessorSpec, RuntimeSettings
from agents.runtime.ticks import TickGate
from monitor.deadletters import dead_letter
from monitor.policy.book import Policies
from monitor.processing import Adopter, Output, Processor, Record, merge_changes

Logs = dict[tuple[str, int], list[Record]]


class _RawTick:
    """A tick record in the shape that the gate reads."""

    def __init__(self, record: Record) -> None:
        self.partition, self.offset, self.value = record.partition, record.offset, record.value
        self.timestamp = record.timestamp_at // 1000
        self.key, self.headers = record.key, record.headers
        self.serialized_key_size = self.serialized_value_size = 0


async def read_logs(settings: RuntimeSettings, topics: list[str]) -> Logs:
    """All committed records by topic and partition."""
    logs: Logs = defaultdict(list)
    for topic, records in (await read_topics(settings, topics)).items():
        for record in records:
            logs[topic, record.partition].append(record)
    return logs


async def committed_positions(settings: RuntimeSettings, spec: ProcessorSpec) -> dict[int, Positions]:
    """Where every shard of a processor is, from its changelog."""
    plain = RuntimeSettings(bootstrap=settings.bootstrap)
    changelog = settings.changelog(spec.name)
    stored: dict[int, bytes | None] = {}
    for record in (await read_topics(plain, [changelog]))[changelog]:
        if record.key == RESERVED_KEY:
            stored[record.partition] = record.value
    return {partition: read_positions(value) for partition, value in stored.items()}


def replay_shard(settings: RuntimeSettings, spec: ProcessorSpec, partition: int, logs: Logs, upto: Positions) -> list[Output]:
    """Everything that one shard writes up to its committed positions."""
    state: dict[bytes, bytes] = {}
    processor = spec.factory(partition, state)
    written: list[Output] = []
    if spec.tick_topic is None:
        for topic in spec.sources:
            for record in logs[topic, partition]:
                if record.offset < upto.next.get(topic, 0):
                    processor.apply(record, 0)
                    _drain(processor, state, written)
        return written
    gate = TickGate(spec.tick_topic, settings, ProcessorCounters(), Policies())  # which ticks are skipped needs no policy
    at = dict.fromkeys(spec.sources, 0)
    judged_at, adopted = 0, ""
    for record in logs[spec.tick_topic, partition]:
        if record.offset >= upto.next.get(spec.tick_topic, 0):
            break
        tick = gate.admit(_RawTick(record), judged_at)
        if tick is None:
            continue
        if tick.policy != adopted and isinstance(processor, Adopter):
            processor.adopt(tick.policy, tick.t)
            adopted = tick.policy
        for topic in spec.sources:
            source = logs[topic, partition]
            while at[topic] < len(source) and source[at[topic]].offset < tick.fence.get(topic, 0):
                processor.apply(source[at[topic]], tick.t)
                at[topic] += 1
        judged_at = tick.t
        processor.judge(tick.t, record.timestamp_at)
        _drain(processor, state, written)
    return written


def _drain(processor: Processor, state: dict[bytes, bytes], written: list[Output]) -> None:
    effects = processor.drain()
    merge_changes(state, effects.changes)
    written.extend(effects.outputs)
    written.extend(map(dead_letter, effects.rejects))
