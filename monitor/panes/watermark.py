"""The watermark that ends what a shard sends as of one T: to every partition, because every queue shard waits for it."""

from functools import lru_cache

import msgspec

from monitor.processing import Output
from schemas.instants import Instant
from schemas.panes import Watermark
from schemas.topics import QUEUE_PANES

_encoder = msgspec.json.Encoder()


def watermarks(mark: Watermark, partitions: int, topic: str = QUEUE_PANES) -> list[Output]:
    """Return the same watermark for every partition of a topic that the shard feeds."""
    key, value = _key(mark.processor, mark.partition), _encoder.encode(mark)
    return [Output(topic, key, value, (), each) for each in range(partitions)]


def whole_second(t: Instant) -> Instant:
    """Return T cut to the whole second, the T that panes, presence and watermarks carry."""
    return t - t % 1_000_000


@lru_cache(maxsize=10_000)
def _key(processor: str, partition: int) -> bytes:
    return f"watermark|{processor}|{partition}".encode()
