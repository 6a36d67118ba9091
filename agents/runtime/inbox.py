"""What a shard has received and not applied yet: one queue per topic, each with its own share of the byte limit.

A topic is paused at the consumer while its own queue holds more than its share and resumed below half of it. So whatever a
shard waits for, its queue is empty and its partition flows: no fence can deadlock, and a source far ahead holds its share and no
more. The inbox is also the second guard of contiguity: slices of an older assignment may still sit in Faust's queues.
"""

from collections import deque
from collections.abc import Iterable
from enum import Enum

from agents.runtime.slices import Raw, Slice

RECORD_OVERHEAD_BYTES = 200


class Accepted(Enum):
    """What became of a slice."""

    TAKEN = "taken"
    SEEN = "seen"
    GAP = "gap"


def held_bytes(records: Iterable[Raw], count: int) -> int:
    """Bytes that waiting records hold, about (an absent key or value counts -1)."""
    return RECORD_OVERHEAD_BYTES * count + sum([record.serialized_key_size + record.serialized_value_size for record in records])


class TopicQueue:
    """Waiting records of one topic; ``read`` is the next log position to receive, None before the first seek."""

    def __init__(self, share_bytes: int) -> None:
        self.records: deque[Raw] = deque()
        self.read: int | None = None
        self.size_bytes = 0
        self._share_bytes = share_bytes

    @property
    def full(self) -> bool:
        """More than its share waits."""
        return self.size_bytes > self._share_bytes

    @property
    def low(self) -> bool:
        """Less than half of its share waits."""
        return self.size_bytes * 2 < self._share_bytes

    def begin_at(self, position: int) -> None:
        """Start afresh at a log position."""
        self.records.clear()
        self.size_bytes = 0
        self.read = position

    def accept(self, piece: Slice) -> Accepted:
        """Take a slice that joins to what was received; skip what was; refuse one that leaves a hole."""
        if self.read is None or piece.start is None or piece.start > self.read:
            return Accepted.GAP
        if piece.next <= self.read:
            return Accepted.SEEN
        fresh: list[Raw] = piece
        if piece.start < self.read:
            fresh = [record for record in piece if record.offset >= self.read]
        self.records.extend(fresh)
        self.size_bytes += held_bytes(fresh, len(fresh))
        self.read = piece.next
        return Accepted.TAKEN

    def take(self, before: int | None, limit: int) -> list[Raw]:
        """Hand out up to ``limit`` records below log position ``before``, oldest first."""
        taken: list[Raw] = []
        records = self.records
        while records and len(taken) < limit and (before is None or records[0].offset < before):
            taken.append(records.popleft())
        self.size_bytes -= held_bytes(taken, len(taken))
        return taken

    def put_back(self, records: list[Raw]) -> None:
        """Return records that were handed out last, in their order."""
        self.records.extendleft(reversed(records))
        self.size_bytes += held_bytes(records, len(records))


class Inbox:
    """The queues of one shard."""

    def __init__(self, topics: tuple[str, ...], limit_bytes: int) -> None:
        share = max(1, limit_bytes // len(topics))
        self.queues = {topic: TopicQueue(share) for topic in topics}

    def __getitem__(self, topic: str) -> TopicQueue:
        return self.queues[topic]

    @property
    def size_bytes(self) -> int:
        """Bytes waiting in all queues."""
        return sum(queue.size_bytes for queue in self.queues.values())

    def clear(self) -> None:
        """Let go of everything that waits."""
        for queue in self.queues.values():
            queue.records.clear()
            queue.size_bytes = 0
