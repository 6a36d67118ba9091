"""An independent read_committed reader: confluent-kafka (librdkafka), which shares no code with the product's clients."""

from collections.abc import Iterator
from typing import NamedTuple

from confluent_kafka import Consumer, KafkaError, KafkaException, TopicPartition


class Line(NamedTuple):
    """One record as read from a topic."""

    partition: int
    offset: int
    key: bytes
    value: bytes | None
    headers: dict[str, bytes]
    timestamp_ms: int


def _consumer(bootstrap: str, group: str = "independent-reader") -> Consumer:
    return Consumer(
        {
            "bootstrap.servers": bootstrap,
            "group.id": group,
            "isolation.level": "read_committed",
            "enable.auto.commit": False,
            "enable.partition.eof": True,
            "auto.offset.reset": "earliest",
        }
    )


def read_topic(bootstrap: str, topic: str, partitions: int = 4) -> list[Line]:
    """Every committed record of a topic, partition by partition, from its start to its end."""
    return sorted(stream_topic(bootstrap, topic, partitions), key=lambda line: (line.partition, line.offset))


def stream_topic(bootstrap: str, topic: str, partitions: int = 4) -> Iterator[Line]:
    """The same as they come, partitions mixed; for topics that are too large to hold."""
    consumer = _consumer(bootstrap)
    try:
        consumer.assign([TopicPartition(topic, p, 0) for p in range(partitions)])
        open_partitions = set(range(partitions))
        while open_partitions:
            for message in consumer.consume(10_000, timeout=1.0):
                error = message.error()
                if error is None:
                    yield _line(message)
                elif error.code() == KafkaError._PARTITION_EOF:
                    open_partitions.discard(message.partition())
                else:
                    raise KafkaException(error)
    finally:
        consumer.close()


def _line(message: object) -> Line:
    from confluent_kafka import Message

    assert isinstance(message, Message)
    return Line(
        message.partition() or 0,
        message.offset() or 0,
        message.key() or b"",
        message.value(),
        dict(message.headers() or []),
        message.timestamp()[1],
    )


def latest(lines: list[Line]) -> dict[bytes, bytes]:
    """The last value of every key, as a compacted topic ends up; deleted keys are gone."""
    last: dict[bytes, bytes] = {}
    for line in lines:
        if line.value is None:
            last.pop(line.key, None)
        else:
            last[line.key] = line.value
    return last


def lag(bootstrap: str, group: str, topics: list[str], partitions: int = 4) -> int:
    """Records that the group has not yet acknowledged; a partition it never acknowledged counts whole."""
    places = [TopicPartition(topic, p) for topic in topics for p in range(partitions)]
    consumer = _consumer(bootstrap, group)  # asks without joining; librdkafka's admin client crashes where the group has no coordinator yet
    try:
        done = _acknowledged(consumer, places)
        return sum(max(0, consumer.get_watermark_offsets(tp, timeout=10)[1] - done.get((tp.topic, tp.partition), 0)) for tp in places)
    finally:
        consumer.close()


def _acknowledged(consumer: Consumer, places: list[TopicPartition]) -> dict[tuple[str, int], int]:
    try:
        answer = consumer.committed(places, timeout=10)
    except KafkaException as error:
        if error.args[0].retriable() or error.args[0].code() == KafkaError.NOT_COORDINATOR:
            return {}  # a group that is just being made
        raise
    return {(tp.topic, tp.partition): max(tp.offset, 0) for tp in answer}
