"""Records and slices made by hand."""

from aiokafka.structs import ConsumerRecord

from agents.runtime.slices import Slice


def raw(
    offset: int, value: bytes = b"v", *, topic: str = "t", key: bytes | None = b"k", timestamp: int = 0, partition: int = 0
) -> ConsumerRecord[bytes, bytes]:
    return ConsumerRecord(topic, partition, offset, timestamp, 0, key, value, None, len(key or b""), len(value), ())


def piece(start: int, end: int, *offsets: int, topic: str = "t") -> Slice:
    """A slice that covers [start, end) and holds records at these offsets (all when none are named)."""
    made = Slice(raw(offset, topic=topic) for offset in (offsets or range(start, end)))
    made.start, made.next = start, end
    return made


def empty(start: int, end: int) -> Slice:
    made = Slice()
    made.start, made.next = start, end
    return made
