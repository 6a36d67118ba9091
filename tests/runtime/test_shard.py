"""A shard by itself, with a producer and a consumer made of lists: commits, bugs, back-pressure, rest (design §4)."""

import asyncio
from base64 import b64decode
from collections.abc import Iterable, Mapping

import msgspec
import pytest

from agents.runtime.counters import ProcessorCounters
from agents.runtime.positions import Positions, read_positions
from agents.runtime.settings import ProcessorSpec, RuntimeSettings
from agents.runtime.shard import Shard
from agents.runtime.slices import Slice
from agents.runtime.store import PartitionState
from agents.runtime.ticks import encode_tick
from agents.runtime.turns import Turns
from agents.runtime.wiring import Wiring
from monitor.deadletters import read_dead_letter
from monitor.processing import Output
from schemas.instants import SECOND
from schemas.ticks import Tick
from schemas.topics import DEAD_LETTERS
from tests.runtime import toys
from tests.runtime.harness import opened
from tests.runtime.raws import raw

SPEC = ProcessorSpec(name="deadlines", sources=(toys.CALLS, toys.CHATS), tick_topic=toys.TICKS, factory=toys.Deadlines)
SETTINGS = RuntimeSettings(clock="external", position_commit_seconds=0.05)
T = 1_000 * SECOND


class FakeProducer:
    """Remembers what was committed; ``gate`` holds commits back."""

    def __init__(self) -> None:
        self.commits: list[tuple[list[Output], dict[bytes, bytes | None]]] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.waiting = 0

    async def commit(self, outputs: Iterable[Output], changes: Mapping[bytes, bytes | None]) -> int:
        self.waiting += 1
        await self.gate.wait()
        self.waiting -= 1
        self.commits.append((list(outputs), dict(changes)))
        return len(self.commits)

    @property
    def outputs(self) -> list[Output]:
        return [output for outputs, _ in self.commits for output in outputs]


class FakeFlow:
    def __init__(self) -> None:
        self.held: set[str] = set()
        self.sought: list[tuple[str, int]] = []

    def hold(self, topic: str) -> None:
        self.held.add(topic)

    def release(self, topic: str) -> None:
        self.held.discard(topic)

    def read_again(self, topic: str, position: int) -> None:
        self.sought.append((topic, position))


class Message:
    def __init__(self, value: Slice) -> None:
        self.value: Slice | None = value


class Event:
    def __init__(self, value: Slice) -> None:
        self.message, self.acked = Message(value), False

    def ack(self) -> None:
        self.acked = True


class Bench:
    """One shard on the bench."""

    def __init__(self, settings: RuntimeSettings = SETTINGS, state: PartitionState | None = None) -> None:
        self.state = state or PartitionState()
        self.producer, self.flow, self.counters = FakeProducer(), FakeFlow(), ProcessorCounters()
        wiring = Wiring(self.state, self.producer, self.flow, self.counters, Turns())  # type: ignore[arg-type]  # a producer made of lists
        self.shard = Shard(settings, SPEC, 0, wiring)
        self.at = {topic: self.shard.positions.next.get(topic, 0) for topic in SPEC.topics}
        for topic, position in self.at.items():
            self.shard.begin_at(topic, position)

    def feed(self, topic: str, *values: bytes, keys: Iterable[bytes] | None = None) -> Event:
        start = self.at[topic]
        names = list(keys) if keys is not None else [b"k%d" % (start + number) for number in range(len(values))]
        made = Slice(raw(start + number, value, topic=topic, key=names[number]) for number, value in enumerate(values))
        made.start, made.next = start, start + len(values)
        self.at[topic] = made.next
        event = Event(made)
        self.shard.feed(topic, event)
        return event

    def tick(self, t: int, calls: int | None = None, chats: int | None = None) -> None:
        fence = {toys.CALLS: self.at[toys.CALLS] if calls is None else calls, toys.CHATS: self.at[toys.CHATS] if chats is None else chats}
        self.feed(toys.TICKS, encode_tick(Tick(t, t, fence, "")))

    async def until(self, what: str, condition: "object") -> None:
        assert callable(condition)
        for _ in range(2000):
            if condition():
                return
            await asyncio.sleep(0.002)
        raise AssertionError(f"never came: {what}")

    async def judged(self, t: int) -> None:
        await self.until(f"T {t} committed", lambda: self.stored.judged_at >= t)

    @property
    def stored(self) -> Positions:
        return read_positions(self.state.positions)

    def alerts(self) -> list[bytes]:
        return sorted(output.key for output in self.producer.outputs if output.topic == toys.ALERTS)


def opening(due_at: int = T + SECOND) -> bytes:
    return opened("q", T, due_at)


BOOM = toys.encode(["boom", "q", T, T])


async def test_state_changes_only_after_the_commit_returned() -> None:
    bench = Bench()
    bench.producer.gate.clear()
    event = bench.feed(toys.CALLS, opening())
    bench.tick(T)
    await bench.until("an open commit", lambda: bench.producer.waiting)
    assert bench.state.values == {}
    assert bench.state.positions is None
    assert not event.acked
    bench.producer.gate.set()
    await bench.judged(T)
    assert b"kk0" in bench.state.values
    assert event.acked
    assert bench.stored.next == {toys.CALLS: 1, toys.TICKS: 1}
    await bench.shard.stop()


async def test_while_a_commit_is_open_nothing_is_applied_and_stop_waits_for_it() -> None:
    bench = Bench()
    bench.producer.gate.clear()
    bench.feed(toys.CALLS, opening())
    bench.tick(T)
    await bench.until("an open commit", lambda: bench.producer.waiting)
    bench.feed(toys.CALLS, opening())
    bench.tick(T + SECOND)
    stopping = asyncio.create_task(bench.shard.stop())
    await asyncio.sleep(0.05)
    assert not stopping.done()
    assert bench.counters.applied == 1
    bench.producer.gate.set()
    await stopping
    assert len(bench.producer.commits) == 1
    assert bench.stored.judged_at == T


async def test_a_huge_fence_takes_several_transactions_and_is_judged_after_the_last() -> None:
    bench = Bench(msgspec.structs.replace(SETTINGS, batch_records=500))
    for start in range(0, 5000, 100):
        bench.feed(toys.CALLS, *[opening(T) for _ in range(start, start + 100)])
    bench.tick(T)
    await bench.judged(T)
    assert len(bench.producer.commits) >= 10
    last_with_alerts = [number for number, (outputs, _) in enumerate(bench.producer.commits) if any(out.topic == toys.ALERTS for out in outputs)]
    assert last_with_alerts == [len(bench.producer.commits) - 1]
    assert len(bench.alerts()) == 5000
    await bench.shard.stop()


async def test_a_new_owner_goes_on_where_the_committed_state_is() -> None:
    first = Bench()
    first.feed(toys.CALLS, opening(T + SECOND), opening(T + 5 * SECOND))
    first.tick(T + 2 * SECOND)
    await first.judged(T + 2 * SECOND)
    await first.shard.stop()
    second = Bench(state=first.state)
    second.tick(T + SECOND)  # the clock of the new owner is behind: T does not go back
    second.tick(T + 6 * SECOND)
    await second.judged(T + 6 * SECOND)
    assert first.alerts() == [b"k0"]
    assert second.alerts() == [b"k1"]
    assert second.counters.ticks_skipped == 1
    await second.shard.stop()


async def test_what_changes_nothing_needs_no_commit_at_once_but_is_saved_in_time() -> None:
    bench = Bench()
    bench.feed(toys.CALLS, toys.encode(["note", "q", T, T]))
    bench.feed(toys.TICKS, encode_tick(Tick(1, 1, {toys.CALLS: 1}, "")))
    await bench.until("applied", lambda: bench.counters.applied)
    assert bench.producer.commits == []
    await bench.until("saved", lambda: bench.producer.commits)
    assert bench.stored.next == {toys.CALLS: 1, toys.TICKS: 1}
    assert bench.producer.outputs == []
    await bench.shard.stop()


async def test_a_gap_on_the_way_is_sought_again() -> None:
    bench = Bench()
    bench.at[toys.CALLS] = 7
    bench.feed(toys.CALLS, opening())
    assert bench.flow.sought == [(toys.CALLS, 0)]
    await bench.shard.stop()


async def test_a_source_far_ahead_is_paused_while_the_one_behind_flows() -> None:
    bench = Bench(msgspec.structs.replace(SETTINGS, buffer_limit_bytes=30_000))
    bench.tick(T, calls=1, chats=0)
    for _ in range(20):
        bench.feed(toys.CHATS, *[opening() for _ in range(10)])
    assert bench.flow.held == {toys.CHATS}
    bench.feed(toys.CALLS, opening(T))
    await bench.judged(T)
    assert bench.alerts() == [b"k0"]
    assert bench.flow.held == {toys.CHATS}
    bench.tick(T + SECOND)
    await bench.judged(T + SECOND)
    assert bench.flow.held == set()
    await bench.shard.stop()


async def test_a_bug_halts_the_shard_after_its_attempts_and_everything_before_is_committed() -> None:
    bench = Bench()
    bench.feed(toys.CALLS, opening(), opening(), BOOM, opening())
    bench.tick(T)
    await bench.until("halted", lambda: bench.shard.halted)
    assert bench.counters.bugs == 3
    assert bench.stored.next == {toys.CALLS: 2}
    assert {key for key in bench.state.values if key[:1] == b"k"} == {b"kk0", b"kk1"}
    assert bench.flow.held == set(SPEC.topics)
    assert bench.shard.inbox.size_bytes == 0
    assert "offset 2" in bench.shard.halted
    bench.feed(toys.CALLS, opening())
    assert bench.shard.inbox.size_bytes == 0
    await bench.shard.stop()


@pytest.mark.parametrize("attempts", [1, 3])
async def test_a_quarantined_record_becomes_a_dead_letter_and_the_rest_is_judged(attempts: int) -> None:
    bench = Bench(msgspec.structs.replace(SETTINGS, on_bug="quarantine", bug_attempts=attempts))
    bench.feed(toys.CALLS, opening(T), opening(T), BOOM, opening(T), keys=[b"a", b"b", b"a", b"c"])
    bench.feed(toys.CHATS, BOOM, keys=[b"b"])
    bench.tick(T)
    await bench.judged(T)
    letters = [read_dead_letter(out.value or b"") for out in bench.producer.outputs if out.topic == DEAD_LETTERS]
    assert [(letter.topic, letter.offset, letter.reason) for letter in letters] == [
        (toys.CALLS, 2, "processor_error"),
        (toys.CHATS, 0, "processor_error"),
    ]
    assert "boom" in letters[0].detail
    assert bench.alerts() == [b"c"]  # a and b are unjudged
    assert not bench.shard.halted
    assert bench.counters.quarantined == 2
    assert bench.stored.next == {toys.CALLS: 4, toys.CHATS: 1, toys.TICKS: 1}
    await bench.shard.stop()


async def test_a_bug_while_judging_halts_even_with_quarantine(monkeypatch: pytest.MonkeyPatch) -> None:
    def judge(self: toys.Deadlines, t: int, appended_at: int) -> None:
        raise RuntimeError("judge fails")

    monkeypatch.setattr(toys.Deadlines, "judge", judge)
    bench = Bench(msgspec.structs.replace(SETTINGS, on_bug="quarantine"))
    bench.feed(toys.CALLS, opening())
    bench.tick(T)
    await bench.until("halted", lambda: bench.shard.halted)
    assert bench.stored.next == {toys.CALLS: 1}
    assert "judge fails" in bench.shard.halted
    await bench.shard.stop()


async def test_a_refused_record_becomes_a_dead_letter_in_the_same_commit() -> None:
    bench = Bench()
    bench.feed(toys.CALLS, b"\xc1rubbish", opening(), b"x" * 70_000)
    bench.tick(T)
    await bench.judged(T)
    letters = [read_dead_letter(out.value or b"") for out in bench.producer.outputs if out.topic == DEAD_LETTERS]
    assert [(letter.offset, letter.reason) for letter in letters] == [(0, "malformed"), (2, "too_large")]
    assert b64decode(letters[0].value or "") == b"\xc1rubbish"
    assert dict(bench.counters.rejects) == {(toys.CALLS, "malformed"): 1, (toys.CALLS, "too_large"): 1}
    await bench.shard.stop()
