"""The replay driver with toy processors: order, fences, offsets, commits, routing, restarts (design §4)."""

import pytest

from monitor.processing import Output, Processor, Record, Reject, State
from monitor.replay.engine import ReplayEngine
from schemas.instants import SECOND, Instant
from schemas.partition import partition_of
from schemas.topics import ALERTS, CALLS, CHATS, DEAD_LETTERS, QUEUE_PANES, VERDICTS, WORK_ORDERS
from tests.replay.toys import ToyContacts, ToyQueues

PARTITIONS = 2
START = 1_000 * SECOND


class Reader:
    """An independent consumer of all outputs."""

    def __init__(self) -> None:
        self.records: list[Record] = []

    def take(self, record: Record) -> None:
        self.records.append(record)

    def of(self, topic: str) -> list[Record]:
        return [record for record in self.records if record.topic == topic]


def contacts(partition: int, state: State) -> Processor:
    return ToyContacts(partition, state, PARTITIONS)


def queues(partition: int, state: State) -> Processor:
    return ToyQueues(partition, state, PARTITIONS)


def letter(reject: Reject) -> Output:
    return Output(DEAD_LETTERS, b"%d %d" % (reject.record.partition, reject.record.offset), reject.reason.encode())


def run(commit_every: int = 1, restart_every: int = 0) -> tuple[ReplayEngine, Reader]:
    """A hundred keys start one after the other; every third stops in time, every tenth sends rubbish; ticks every second."""
    reader = Reader()
    engine = ReplayEngine(contacts, {QUEUE_PANES: queues}, reader, letter, partitions=PARTITIONS, commit_every=commit_every)

    def send(key: str, value: bytes, at: Instant) -> None:
        engine.send(CALLS, partition_of(key.encode(), PARTITIONS), key.encode(), value, (), at)

    for second in range(150):
        at = START + second * SECOND
        if second < 100:
            send(f"key-{second}", b"bad" if second % 10 == 9 else b"start", at)
        if second >= 20 and (second - 20) % 3 == 0:
            send(f"key-{second - 20}", b"stop", at)
        engine.tick(at + SECOND)
        if restart_every and second % restart_every == 0:
            engine.restart()
    engine.commit()
    return engine, reader


def content(records: list[Record]) -> list[tuple[str, int, int, bytes | None, bytes | None]]:
    """Sorted by place; where records of several shards meet in one partition, how they interleave means nothing."""
    met = (QUEUE_PANES, DEAD_LETTERS)
    return sorted((record.topic, record.partition, 0 if record.topic in met else record.offset, record.key, record.value) for record in records)


def test_what_did_not_stop_is_breached_at_the_first_tick_past_its_deadline() -> None:
    _, reader = run()
    expected = {f"key-{n}": START + (n + 31) * SECOND for n in range(100) if n % 3 and n % 10 != 9}
    assert {record.key.decode(): int(record.value) for record in reader.of(VERDICTS) if record.key and record.value} == expected
    assert len(reader.of(VERDICTS)) == len(expected)


def test_refused_records_become_dead_letters() -> None:
    _, reader = run()
    assert [record.value for record in reader.of(DEAD_LETTERS)] == [b"malformed"] * 10


def test_panes_reach_every_queue_shard_and_their_sums_are_right() -> None:
    _, reader = run()
    sums = {record.partition: int((record.value or b"").split()[1]) for record in reader.of(ALERTS)}
    assert sums == {0: 100 + 44, 1: 100 + 44}
    assert len(reader.of(QUEUE_PANES)) == 150 * PARTITIONS * PARTITIONS


@pytest.mark.parametrize("commit_every", [3, 64, 1000])
def test_the_number_of_commits_changes_no_record(commit_every: int) -> None:
    assert content(run(commit_every)[1].records) == content(run()[1].records)


@pytest.mark.parametrize("restart_every", [1, 7])
def test_shards_rebuilt_from_their_state_go_on_as_if_nothing_had_been(restart_every: int) -> None:
    engine, reader = run(commit_every=4, restart_every=restart_every)
    plain, expected = run()
    assert content(reader.records) == content(expected.records)
    for shard, other in zip([*engine.contacts, *engine.queues], [*plain.contacts, *plain.queues], strict=True):
        assert list(shard.state_items()) == list(other.state_items())


def test_deleted_state_is_gone() -> None:
    engine, _ = run()
    assert [set(shard.state) for shard in engine.contacts] == [{b"count"}, {b"count"}]


class Recorder(ToyContacts):
    """Notes the order in which records are applied, and the T they come with."""

    applied: list[tuple[str, int, Instant]] = []  # noqa: RUF012  (shared on purpose: one per test)

    def apply(self, record: Record, t: Instant) -> None:
        self.applied.append((record.topic, record.offset, t))


def test_a_tick_takes_topic_by_topic_then_by_offset_and_with_its_own_t() -> None:
    Recorder.applied = []
    engine = ReplayEngine(lambda p, s: Recorder(p, s, 1), {}, Reader(), letter, partitions=1)
    for topic in (WORK_ORDERS, CALLS, CHATS, CALLS):
        engine.send(topic, 0, b"k", b"start", (), START)
    engine.tick(START + SECOND)
    engine.send(CALLS, 0, b"k", b"start", (), START + SECOND)
    engine.tick(START + 2 * SECOND)
    first, second = START + SECOND, START + 2 * SECOND
    assert Recorder.applied == [(CALLS, 0, first), (CALLS, 1, first), (CHATS, 0, first), (WORK_ORDERS, 0, first), (CALLS, 2, second)]


def test_time_never_goes_back() -> None:
    engine = ReplayEngine(contacts, {}, Reader(), letter, partitions=PARTITIONS)
    engine.tick(START)
    with pytest.raises(AssertionError, match="in order of time"):
        engine.tick(START - 1)


def test_records_after_the_last_tick_wait() -> None:
    reader = Reader()
    engine = ReplayEngine(contacts, {}, reader, letter, partitions=PARTITIONS)
    engine.tick(START)
    engine.send(CALLS, 0, b"k", b"bad", (), START)
    engine.commit()
    assert reader.of(DEAD_LETTERS) == []
