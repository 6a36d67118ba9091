"""In which order a shard applies its inputs: by the fences of its ticks, or, without ticks, in topic order as they come.

Both hand out steps: a run of records of one topic, or a tick to judge. The order depends on the logs alone: all records before
a tick's fence, in the fixed order of the topics and then by offset, before the tick; nothing beyond it.
"""

from typing import Protocol

import msgspec

from agents.runtime.inbox import Inbox
from agents.runtime.positions import Positions
from agents.runtime.slices import Raw
from agents.runtime.ticks import TickGate
from schemas.instants import Instant
from schemas.ticks import Tick


class Run(msgspec.Struct):
    """Records of one topic to apply at ``t``; ``policy`` is the version that the tick behind them names."""

    topic: str
    raws: list[Raw]
    t: Instant
    policy: str = ""


class Judge(msgspec.Struct):
    """A tick whose fence was reached."""

    topic: str
    raws: list[Raw]
    tick: Tick
    appended_at: Instant

    @property
    def t(self) -> Instant:
        """The T of the tick."""
        return self.tick.t

    @property
    def policy(self) -> str:
        """The version that the tick names."""
        return self.tick.policy


Step = Run | Judge


class Suspect(msgspec.Struct, frozen=True):
    """The position at which the processor failed: it is tried alone."""

    topic: str
    offset: int


class Order(Protocol):
    """The next step of a shard."""

    def take(self, limit: int, suspect: Suspect | None) -> Step | None:
        """Up to ``limit`` records, or a tick; None when nothing may be applied now. A suspect comes in a run of its own."""

    def put_back(self, steps: list[Step]) -> None:
        """Return steps that were handed out last, oldest first, to be taken again."""


def _bounded(topic: str, end: int | None, first: int, limit: int, suspect: Suspect | None) -> tuple[int | None, int]:
    """Narrow a run so that it stops before the suspect, or holds it alone."""
    if suspect is None or suspect.topic != topic or (end is not None and suspect.offset >= end):
        return end, limit
    if first == suspect.offset:
        return end, 1
    return (suspect.offset if first < suspect.offset else end), limit


class Arrival:
    """Without ticks: whatever waits, topic by topic."""

    def __init__(self, sources: tuple[str, ...], inbox: Inbox, positions: Positions) -> None:
        self._sources, self._inbox, self._positions = sources, inbox, positions

    def take(self, limit: int, suspect: Suspect | None) -> Step | None:
        """The next waiting records."""
        for topic in self._sources:
            queue = self._inbox[topic]
            if queue.records:
                end, count = _bounded(topic, None, queue.records[0].offset, limit, suspect)
                return Run(topic, queue.take(end, count), 0)
            if queue.read is not None:
                self._positions.reach(topic, queue.read)
        return None

    def put_back(self, steps: list[Step]) -> None:
        """Return steps, oldest first."""
        for step in reversed(steps):
            self._inbox[step.topic].put_back(step.raws)


class Fences:
    """With ticks: each is a barrier."""

    def __init__(self, sources: tuple[str, ...], inbox: Inbox, positions: Positions, gate: TickGate) -> None:
        self._sources, self._inbox, self._positions, self._gate = sources, inbox, positions, gate
        self._tick: Judge | None = None
        self._at = 0

    def take(self, limit: int, suspect: Suspect | None) -> Step | None:
        """Records before the fence of the next tick, then the tick."""
        judge = self._tick
        if judge is None:
            judge = self._tick = self._next_tick()
            self._at = 0
        if judge is None or not (self._at or self._gate.may_go(judge.tick)):
            return None
        while self._at < len(self._sources):
            topic = self._sources[self._at]
            end = judge.tick.fence.get(topic, 0)
            queue = self._inbox[topic]
            if queue.records and queue.records[0].offset < end:
                stop, count = _bounded(topic, end, queue.records[0].offset, limit, suspect)
                return Run(topic, queue.take(stop, count), judge.t, judge.policy)
            if (queue.read or 0) < end:
                return None  # what is missing flows: an empty queue is never paused
            self._positions.reach(topic, end)
            self._at += 1
        self._tick = None
        return judge

    def _next_tick(self) -> Judge | None:
        queue = self._inbox[self._gate.topic]
        while queue.records:
            (raw,) = queue.take(None, 1)
            tick = self._gate.admit(raw, self._positions.judged_at)
            if tick is not None:
                return Judge(self._gate.topic, [raw], tick, raw.timestamp * 1000)
            self._positions.reach(self._gate.topic, raw.offset + 1)
        if queue.read is not None:
            self._positions.reach(self._gate.topic, queue.read)
        return None

    def put_back(self, steps: list[Step]) -> None:
        """Return steps, oldest first, and the tick that waits for its fence."""
        if self._tick is not None:
            steps = [*steps, self._tick]
            self._tick = None
        self._at = 0
        for step in reversed(steps):
            self._inbox[step.topic].put_back(step.raws)
