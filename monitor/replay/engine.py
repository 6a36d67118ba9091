"""The replay driver: source records and ticks in, every output record to a sink, contacts on to customers, panes on to queues.

It stands in for broker and runtime: it gives offsets, keeps each shard's inbox until the tick whose fence covers it, commits
effects, and routes outputs by topic and partition. Memory is bounded by the processors' own state: nothing sent or
published is kept. Commits are made every ``commit_every`` ticks; a commit spanning several ticks carries the same records
in the same order as several commits would, so the number changes nothing but speed.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from monitor.processing import Headers, Output, Record, Reject
from monitor.replay.shard import Factory, ReplayShard
from schemas.instants import Instant
from schemas.partition import partition_of
from schemas.topics import COMMANDS, CUSTOMER_CONTACTS, QUEUE_PANES, SOURCE_TOPICS, TOPICS

DeadLetterWriter = Callable[[Reject], Output]


class Sink(Protocol):
    """Takes what a consumer of all output topics would read."""

    def take(self, record: Record) -> None:
        """One published record, in order of publication within its topic and partition."""


class ReplayEngine:
    """All shards of one run. ``later`` are the stages after contacts by the topic that they read, in order; each may be left out.

    ``names`` gives the policy version of the tick at T.
    """

    def __init__(
        self,
        contacts: Factory,
        later: Mapping[str, Factory],
        sink: Sink,
        dead_letter: DeadLetterWriter,
        *,
        partitions: int = 4,
        commit_every: int = 64,
    ) -> None:
        self.partitions = partitions
        self.contacts = [ReplayShard(contacts, partition) for partition in range(partitions)]
        self._readers = {topic: [ReplayShard(stage, partition) for partition in range(partitions)] for topic, stage in later.items()}
        self.customers = self._readers.get(CUSTOMER_CONTACTS, [])
        self.queues = self._readers.get(QUEUE_PANES, [])
        self._sink = sink
        self._dead_letter = dead_letter
        self._commit_every = commit_every
        self.names: Callable[[Instant], str] = lambda _t: ""
        self._inboxes: list[dict[str, list[Record]]] = [{topic: [] for topic in (*SOURCE_TOPICS, COMMANDS)} for _ in range(partitions)]
        self._waiting = [False] * partitions
        self._ends = {spec.name: [0] * partitions for spec in TOPICS}
        self._ticks_since_commit = 0
        self._t: Instant = 0

    def send(self, topic: str, partition: int, key: bytes | None, value: bytes | None, headers: Headers, at: Instant) -> None:
        """Append one record to a source topic."""
        ends = self._ends[topic]
        self._inboxes[partition][topic].append(Record(topic, partition, ends[partition], key, value, headers, at))
        ends[partition] += 1
        self._waiting[partition] = True

    def tick(self, t: Instant) -> None:
        """Give every contacts shard what was sent so far, then the time. ``t`` never goes back."""
        assert t >= self._t, "ticks are in order of time"
        self._t = t
        version = self.names(t)
        for partition, shard in enumerate(self.contacts):
            shard.step(self._taken(partition) if self._waiting[partition] else _NOTHING, t, version)
        self._ticks_since_commit += 1
        if self._ticks_since_commit >= self._commit_every:
            self.commit()

    def commit(self) -> None:
        """Commit stage by stage; what a stage sends is applied by the next ones before they commit."""
        self._ticks_since_commit = 0
        for shard in self._shards():
            self._publish(*shard.commit())

    def restart(self) -> None:
        """Commit, then rebuild every shard from its committed state alone."""
        self.commit()
        for shard in self._shards():
            shard.restart()

    def _shards(self) -> list[ReplayShard]:
        """All shards, stage by stage."""
        return [*self.contacts, *(shard for stage in self._readers.values() for shard in stage)]

    def _taken(self, partition: int) -> list[Record]:
        """The inbox of one shard in the order of the runtime: topic by topic, then by offset."""
        self._waiting[partition] = False
        taken: list[Record] = []
        for records in self._inboxes[partition].values():
            if records:
                taken += records
                records.clear()
        return taken

    def _publish(self, outputs: Sequence[Output], rejects: Sequence[Reject]) -> None:
        take, partitions, t = self._sink.take, self.partitions, self._t
        applies = {topic: [shard.processor.apply for shard in shards] for topic, shards in self._readers.items()}
        for output in (*outputs, *map(self._dead_letter, rejects)) if rejects else outputs:
            topic, key, partition = output.topic, output.key, output.partition
            if partition is None:
                partition = partition_of(key, partitions)
            ends = self._ends[topic]
            offset = ends[partition]
            ends[partition] = offset + 1
            record = Record(topic, partition, offset, key, output.value, output.headers, t)
            if topic in applies:
                applies[topic][partition](record, 0)
            take(record)


_NOTHING: list[Record] = []
