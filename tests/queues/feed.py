"""Contacts shards in small: books traffic into real ledgers and presence books, and gives what each source sends."""

from collections.abc import Iterable, Sequence
from random import Random

import msgspec

from monitor.calendar.wall_calendar import WallCalendar
from monitor.panes.ledger import PaneLedger
from monitor.panes.presence import PresenceBook
from monitor.panes.watermark import watermarks
from monitor.panes.where import Where
from monitor.policy.model import Objective, Policy, QueuePolicy
from monitor.processing import Output, Record, merge_changes
from monitor.queues.processor import QueuesProcessor
from schemas.instants import HOUR, MINUTE, SECOND, Instant
from schemas.panes import Watermark
from schemas.topics import QUEUE_PANES

START: Instant = 1_770_000_000 * SECOND
QUEUES = ("PS", "NW", "IN")
PEAK = WallCalendar("peak", "UTC", {day: [(each * HOUR, each * HOUR + 30 * MINUTE) for each in range(24)] for day in range(7)})
"""Open in the first half of every hour."""


def policy(*objectives: Objective, queues: QueuePolicy | None = None, time_zone: str = "UTC") -> Policy:
    return Policy(
        version="test",
        time_zone=time_zone,
        calendars={},
        clocks=(),
        queues=queues or QueuePolicy(scopes=("queue", "all")),
        objectives=objectives,
    )


def objective(name: str = "level", /, **changes: object) -> Objective:
    base = Objective(
        name=name,
        indicator="service_level.V6",
        threshold_seconds=20,
        window_us=300 * SECOND,
        comparison=">=",
        target=0.8,
        minimum_volume=3,
    )
    return msgspec.structs.replace(base, **changes)


class Shard:
    """One source: bookings in, what it sends to one partition of the panes topic out."""

    def __init__(self, partition: int, rules: Policy, partitions: int = 1) -> None:
        self.partition, self.partitions = partition, partitions
        self.ledger = PaneLedger(partition, rules, {}, partitions)
        self.presence = PresenceBook(partition, rules, {}, partitions)
        self.sent: list[Output] = []

    def call(self, queue: str, queued_at: Instant, wait: float, answered: bool = True) -> None:
        """One call that ended: cohort at ``queued``, throughput when it was answered or abandoned."""
        where, wait_us = Where(queue, "hotline"), round(wait * SECOND)
        ended_at = queued_at + wait_us
        self.ledger.book(where, queued_at, "offered")
        self.ledger.book(where, queued_at, "answered" if answered else "abandoned")
        if not answered and wait < 5:
            self.ledger.book(where, queued_at, "short_abandoned")
        for within in (10, 15, 20, 30):
            if wait <= within:
                self.ledger.book(where, queued_at, f"{'answered' if answered else 'abandoned'}_within.{within}")
            self.ledger.book(where, ended_at, f"sl_{'hit' if answered and wait <= within else 'miss'}.{within}")
        self.ledger.book(where, ended_at, "answers" if answered else "abandons")
        self.ledger.add(where, ended_at, "answer_wait_us" if answered else "abandon_wait_us", wait_us)
        self.ledger.observe(where, ended_at, "wait", wait_us)
        if answered:
            self.ledger.observe(where, ended_at, "answer_wait", wait_us)

    def tick(self, t: Instant, appended_at: Instant | None = None) -> list[Output]:
        """Send dirty panes, presence and the watermark of T."""
        mark = Watermark("contacts", self.partition, t, t if appended_at is None else appended_at)
        sent = self.ledger.emit(t) + self.presence.emit(t) + watermarks(mark, self.partitions)
        self.sent += sent
        return sent


def records(outputs: Iterable[Output], first: int = 0) -> list[Record]:
    return [Record(QUEUE_PANES, out.partition or 0, first + number, out.key, out.value) for number, out in enumerate(outputs)]


def processor(rules: Policy, shards: int = 2, state: dict[bytes, bytes] | None = None, external_clock: bool = True) -> QueuesProcessor:
    sources = frozenset(("contacts", partition) for partition in range(shards))
    return QueuesProcessor(0, {} if state is None else state, rules, sources, external_clock)


def run(rules: Policy, feed: Sequence[Output], shards: int = 2, crashes: frozenset[int] = frozenset()) -> list[Output]:
    """Everything a queue shard sends; before each record numbered in ``crashes`` it drains and is built again from its state."""
    state: dict[bytes, bytes] = {}
    queue = processor(rules, shards, state)
    outputs: list[Output] = []
    for number, record in enumerate(records(feed)):
        if number in crashes:
            outputs += commit(queue, state)
            queue = processor(rules, shards, state)
        queue.apply(record, 0)
    return outputs + commit(queue, state)


def commit(queue: QueuesProcessor, state: dict[bytes, bytes]) -> list[Output]:
    effects = queue.drain()
    assert not effects.rejects
    merge_changes(state, effects.changes)
    return effects.outputs


def interleaved(random: Random, sources: Sequence[Sequence[Output]]) -> list[Output]:
    """The records of all sources in some order that keeps each source's own."""
    left = [list(source) for source in sources]
    merged: list[Output] = []
    while any(left):
        chosen = random.choice([source for source in left if source])
        merged += (chosen.pop(0) for _ in range(min(len(chosen), random.randint(1, 40))))
    return merged


def traffic(random: Random, rules: Policy, seconds: int, shards: int = 2) -> list[Shard]:
    """Random calls and waiting contacts over some minutes, ticks at random whole seconds, not the same for every shard."""
    sources = [Shard(partition, rules) for partition in range(shards)]
    for shard in sources:
        waiting: list[tuple[Where, str]] = []
        t = START
        while t < START + seconds * SECOND:
            for number in range(random.choice((0, 0, 1, 3))):
                wait = random.choice((1.0, 12.0, 25.5, 90.0))
                shard.call(random.choice(QUEUES), t - round(wait * SECOND) + number, wait, random.random() < 0.8)
            if random.random() < 0.3:
                where = Where(random.choice(QUEUES), "hotline")
                waiting.append((where, f"c{t}"))
                shard.presence.enter(*waiting[-1], t - random.randint(0, 40) * SECOND)
            if waiting and random.random() < 0.3:
                shard.presence.leave(*waiting.pop(random.randrange(len(waiting))))
            t += random.choice((1, 2, 7, 10, 30, 61)) * SECOND
            shard.tick(t)
    last = START + (seconds + 100) * SECOND
    for shard in sources:
        shard.tick(last)
    return sources
