"""Publishing by a client that no one here wrote: librdkafka, with its own murmur2 partitioner."""

from collections.abc import Iterable

from confluent_kafka import Producer

from schemas.cloudevents import encode_event
from schemas.event import Event
from schemas.topics import SOURCE_TOPICS
from tests.live.installation import Installation


def producer(installation: Installation, **more: object) -> Producer:
    """An idempotent producer that partitions as the contract asks for."""
    return Producer(
        {
            "bootstrap.servers": installation.bootstrap,
            "partitioner": "murmur2_random",
            "enable.idempotence": True,
            "linger.ms": 20,
            "queue.buffering.max.messages": 200_000,
            **more,
        }
    )


def publish(installation: Installation, events: Iterable[Event]) -> int:
    """Send events in order, each to the topic of its family, with event times as record times; returns when all are acknowledged."""
    topics = {family: installation.topic(topic) for topic, family in SOURCE_TOPICS.items()}
    refused: list[str] = []
    sender = producer(installation)
    count = 0
    for event in events:
        key, value, headers = encode_event(event)
        while True:
            try:
                sender.produce(
                    topics[event.family],
                    value,
                    key,
                    headers=list(headers),
                    timestamp=event.at // 1000,
                    on_delivery=lambda error, _message: refused.append(str(error)) if error else None,
                )
                break
            except BufferError:
                sender.poll(0.1)
        count += 1
        sender.poll(0)
    sender.flush()
    assert not refused, refused[:3]
    return count
