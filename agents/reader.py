"""Read topics from outside any group, committed records only: what an independent consumer sees."""

from collections.abc import AsyncIterator, Mapping, Sequence

from aiokafka import AIOKafkaConsumer, TopicPartition

from agents.runtime.connection import free_consumer
from agents.runtime.settings import RuntimeSettings
from monitor.errors import BrokerError
from monitor.processing import Record

WAIT_MS = 500


async def _partitions(consumer: AIOKafkaConsumer, settings: RuntimeSettings, topics: Sequence[str]) -> dict[TopicPartition, str]:
    return await _partitions_of(consumer, settings, {settings.physical(topic): topic for topic in topics})


async def _partitions_of(consumer: AIOKafkaConsumer, settings: RuntimeSettings, physical: Mapping[str, str]) -> dict[TopicPartition, str]:
    found: dict[TopicPartition, str] = {}
    cluster = await consumer._client.fetch_all_metadata()
    existing = cluster.topics()
    for name, topic in physical.items():
        if name not in existing:
            raise BrokerError(f"topic {name} is missing at {settings.bootstrap}; create it with: sla-monitor topics --create")
        numbers = cluster.partitions_for_topic(name) or set()
        found.update({TopicPartition(name, number): topic for number in sorted(numbers)})
    return found


async def _batches(consumer: AIOKafkaConsumer, names: dict[TopicPartition, str]) -> list[Record]:
    records = []
    for tp, batch in (await consumer.getmany(timeout_ms=WAIT_MS)).items():
        for raw in batch:
            headers = tuple((name, value or b"") for name, value in raw.headers)
            records.append(Record(names[tp], raw.partition, raw.offset, raw.key, raw.value, headers, raw.timestamp * 1000))
    return records


async def read_topics(settings: RuntimeSettings, topics: Sequence[str]) -> dict[str, list[Record]]:
    """Every committed record up to the present end (last stable offset), by logical topic; within a partition in log order."""
    found: dict[str, list[Record]] = {topic: [] for topic in topics}
    async with free_consumer(settings, committed=True) as consumer:
        names = await _partitions(consumer, settings, topics)
        consumer.assign(list(names))
        ends = await consumer.end_offsets(list(names))
        await consumer.seek_to_beginning(*names)
        missing = {tp for tp, end in ends.items() if end > 0}
        while missing:
            for record in await _batches(consumer, names):
                found[record.topic].append(record)
            missing = {tp for tp in missing if await consumer.position(tp) < ends[tp]}
    for topic, records in found.items():
        kept = [record for record in records if record.offset < ends[TopicPartition(settings.physical(topic), record.partition)]]
        found[topic] = sorted(kept, key=lambda record: (record.partition, record.offset))
    return found


async def read_states(settings: RuntimeSettings, processor: str) -> list[dict[bytes, bytes]]:
    """The committed state of every shard of a processor, as its changelog has it now; nothing of the shards themselves is asked."""
    name = settings.changelog(processor)
    states: dict[int, dict[bytes, bytes]] = {}
    async with free_consumer(settings, committed=True) as consumer:
        names = await _partitions_of(consumer, settings, {name: name})
        consumer.assign(list(names))
        ends = await consumer.end_offsets(list(names))
        await consumer.seek_to_beginning(*names)
        missing = {tp for tp, end in ends.items() if end > 0}
        while missing:
            for record in await _batches(consumer, names):
                state = states.setdefault(record.partition, {})
                if record.key is None:
                    continue
                if record.value is None:
                    state.pop(record.key, None)
                else:
                    state[record.key] = record.value
            missing = {tp for tp in missing if await consumer.position(tp) < ends[tp]}
    return [states[number] for number in sorted(states)]


async def follow(settings: RuntimeSettings, topics: Sequence[str], *, from_end: bool = False) -> AsyncIterator[Record]:
    """Committed records as they come, from the beginning or only new ones; ends when the caller stops iterating."""
    async with free_consumer(settings, committed=True) as consumer:
        names = await _partitions(consumer, settings, topics)
        consumer.assign(list(names))
        await (consumer.seek_to_end if from_end else consumer.seek_to_beginning)(*names)
        while True:
            for record in await _batches(consumer, names):
                yield record
