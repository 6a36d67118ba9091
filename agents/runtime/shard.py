"""A shard: one actor that owns all state of one processor for one partition (design §4).

Agents hand it slices and never wait; one task applies what may be applied, commits it in one transaction and only then merges
the changes into the state. Nothing is applied while a commit is open. A rebalance stops it after the open commit; what was applied
and not committed is thrown away with the processor object.
"""

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Sequence
from typing import Any

from agents.runtime.acknowledgements import Acknowledgements
from agents.runtime.bugs import Suspicion
from agents.runtime.exits import Exit, leave
from agents.runtime.inbox import Accepted, Inbox
from agents.runtime.order import Arrival, Fences, Judge, Order, Run, Step
from agents.runtime.positions import RESERVED_KEY, read_positions
from agents.runtime.rejects import RejectWatch
from agents.runtime.settings import ProcessorSpec, RuntimeSettings
from agents.runtime.slices import Raw
from agents.runtime.ticks import TickGate
from agents.runtime.wall_clock import wall_clock
from agents.runtime.wiring import Wiring
from monitor.deadletters import dead_letter
from monitor.processing import Adopter, Effects, Processor, Record, Reject
from schemas.instants import SECOND

log = logging.getLogger("sla.runtime")

RUN_RECORDS = 250


class Shard:
    """One shard; made after recovery with the state of its partition. ``halted`` holds the reason when it gave up."""

    def __init__(self, settings: RuntimeSettings, spec: ProcessorSpec, partition: int, wiring: Wiring) -> None:
        self.settings, self.spec, self.partition = settings, spec, partition
        self.name = f"{spec.name}/{partition}"
        self.state, self.counters = wiring.state, wiring.counters
        self._producer, self._flow, self._turns = wiring.producer, wiring.flow, wiring.turns
        self.inbox = Inbox(spec.topics, settings.buffer_limit_bytes)
        self.positions = read_positions(self.state.positions)
        self._base = self.positions.copy()
        self.processor: Processor = spec.factory(partition, self.state.values)
        self._adopted = ""
        self.gate = None if spec.tick_topic is None else TickGate(spec.tick_topic, settings, self.counters, wiring.policies)
        self._order = self._make_order()
        self.rejects = RejectWatch(settings, partition, self.counters)
        self.halted = ""
        self._held: set[str] = set()
        self._journal: list[Step] = []
        self._suspicion = Suspicion()
        self._quarantined: list[Reject] = []
        self._acks = Acknowledgements()
        self._wake = asyncio.Event()
        self._stopping = False
        self._save_due: asyncio.TimerHandle | None = None
        self._save_now = False
        self._task = asyncio.create_task(self._live(), name=f"shard {self.name}")

    def _make_order(self) -> Order:
        if self.gate is None:
            return Arrival(self.spec.sources, self.inbox, self.positions)
        return Fences(self.spec.sources, self.inbox, self.positions, self.gate)

    # -- receiving ----------------------------------------------------------------------------------------------------

    def begin_at(self, topic: str, position: int) -> None:
        """The consumer reads this topic from here."""
        self.inbox[topic].begin_at(position)
        self.positions.reach(topic, position)

    def feed(self, topic: str, event: Any) -> None:
        """Take a slice; never waits."""
        if self._stopping:
            return
        if self.halted:
            self._flow.hold(topic)
            return
        queue, piece = self.inbox[topic], event.message.value
        match queue.accept(piece):
            case Accepted.GAP:
                if queue.read is not None:
                    self._flow.read_again(topic, queue.read)
            case Accepted.TAKEN:
                self._acks.add(topic, piece.next, event)
                event.message.value = None  # the records live in the inbox now
                if queue.full:
                    self._held.add(topic)
                    self._flow.hold(topic)
                self._wake.set()
            case Accepted.SEEN:
                pass

    def policy_came(self) -> None:
        """A policy version was loaded: a tick may have waited for it."""
        self._wake.set()

    def _release_low(self) -> None:
        for topic in [topic for topic in self._held if self.inbox[topic].low]:
            self._held.discard(topic)
            self._flow.release(topic)

    # -- living -------------------------------------------------------------------------------------------------------

    async def stop(self) -> None:
        """Finish the open commit and end; what was not committed is dropped."""
        self._stopping = True
        self._wake.set()
        if self._save_due is not None:
            self._save_due.cancel()
        await self._task

    async def _live(self) -> None:
        try:
            while not self._stopping:
                await self._wake.wait()
                self._wake.clear()
                while not self._stopping and not self.halted and await self._round():
                    pass
        except asyncio.CancelledError:
            raise  # only the end of the event loop cancels
        except BaseException as error:
            leave(Exit.SHARD_FAILED, f"shard {self.name}: {error!r}", trace=True)

    async def _round(self) -> bool:
        """Apply one batch and commit it; False when nothing may be applied now."""
        done = await self._apply_batch()
        self._release_low()
        if self._stopping or self.halted:
            return False
        effects = self._drain()
        if effects or self._save_now:
            await self._commit(effects)
        elif done:
            self._settle()
            self._save_later()
        return done > 0

    async def _apply_batch(self) -> int:
        """Apply until the batch is full or nothing is ready; yields to the event loop in between."""
        done = size = 0
        started = time.perf_counter()
        while done < self.settings.batch_records and size < self.settings.batch_bytes and not self._stopping:
            await self._turns.to_apply()
            waiting = self.inbox.size_bytes
            step = self._order.take(RUN_RECORDS, self._suspicion.suspect)
            if step is None:
                break
            size += waiting - self.inbox.size_bytes
            if self._journal and self._suspicion.covers(step):
                self._order.put_back([step])  # what came before is committed first, then the suspect is tried alone
                break
            self._journal.append(step)
            if not self._perform(step):
                return 1
            done += len(step.raws)
            now = time.perf_counter()
            if now - started > self.settings.stall_limit_seconds:
                self.counters.processing_seconds += now - started
                await asyncio.sleep(0)
                started = time.perf_counter()
        self.counters.processing_seconds += time.perf_counter() - started
        return done

    def _perform(self, step: Step) -> bool:
        """Apply or judge; False when the processor failed and the batch was taken back."""
        at = 0  # where in the step the processor is
        try:
            if step.policy != self._adopted and isinstance(self.processor, Adopter):
                self.processor.adopt(step.policy, step.t)
                self._adopted = step.policy
            if isinstance(step, Run):
                apply, t = self.processor.apply, step.t
                for raw in step.raws:
                    apply(_record(step.topic, raw), t)
                    at += 1
                self.counters.applied += len(step.raws)
            else:
                self._judge(step)
        except Exception as error:
            self._failed(step, step.raws[at], error)
            return False
        self.positions.reach(step.topic, step.raws[-1].offset + 1)
        return True

    def _judge(self, step: Judge) -> None:
        t = step.tick.t
        self.processor.judge(t, step.appended_at)
        self.positions.judged_at = t
        self.counters.judged((wall_clock() - t) / SECOND)

    # -- a bug of the processor ---------------------------------------------------------------------------------------

    def _failed(self, step: Step, raw: Raw, error: Exception) -> None:
        """Take back what is not committed; after enough attempts at one position halt or quarantine."""
        self.counters.bugs += 1
        attempts = self._suspicion.failed(step.topic, raw.offset)
        place = f"{step.topic}/{self.partition} offset {raw.offset}"
        log.error("shard %s: the processor failed at %s (attempt %d): %r", self.name, place, attempts, error, exc_info=error)
        self._order.put_back(self._journal)
        self._journal = []
        self.positions.restore(self._base)
        self.processor = self.spec.factory(self.partition, self.state.values)
        self._adopted = ""
        if attempts < self.settings.bug_attempts:
            return
        if self.settings.on_bug == "quarantine" and isinstance(step, Run):
            self._quarantine(step.topic, error)
        else:
            self._halt(f"the processor fails at {place}: {error!r}")

    def _quarantine(self, topic: str, error: Exception) -> None:
        """Set the suspect aside as a dead letter and go on behind it; records before it come first."""
        step = self._order.take(1, self._suspicion.suspect)
        if step is None or not self._suspicion.covers(step):
            self._order.put_back([] if step is None else [step])
            return  # it fails again when its turn comes, alone
        record = _record(topic, step.raws[0])
        try:
            self.processor.quarantine(record)
        except Exception as second:
            self._order.put_back([step])
            self._halt(f"the processor fails at {topic}/{self.partition} offset {record.offset} and cannot quarantine it: {second!r}")
            return
        self._journal.append(step)
        self._quarantined.append(Reject(record, "processor_error", f"{type(error).__name__}: {error}"))
        self.positions.reach(topic, record.offset + 1)
        self._suspicion.clear()
        self.counters.quarantined += 1

    def _halt(self, reason: str) -> None:
        """Stop this shard alone: pause its partitions, let its inbox go; neighbours go on."""
        self.halted = reason
        log.critical("shard %s is halted: %s", self.name, reason)
        self.inbox.clear()
        self._acks.clear()
        for topic in self.spec.topics:
            self._flow.hold(topic)

    # -- committing ---------------------------------------------------------------------------------------------------

    def _drain(self) -> Effects:
        effects = self.processor.drain()
        if self._quarantined:
            effects.rejects.extend(self._quarantined)
            self._quarantined = []
        return effects

    async def _commit(self, effects: Effects) -> None:
        """One transaction for everything since the last; then, and only then, the state changes."""
        started = time.perf_counter()
        changes = effects.changes
        changes[RESERVED_KEY] = self.positions.encode()
        outputs = [*effects.outputs, *map(dead_letter, effects.rejects)]
        with self._turns.committing():
            self.state.durable = max(await self._producer.commit(outputs, changes), self.state.durable or 0)
        for key, value in changes.items():
            self.state.merge(key, value)
        self.counters.committed(time.perf_counter() - started)
        self.counters.published.update(out.topic for out in outputs)
        self._settle(effects.rejects)
        self._save_now = False
        if self._save_due is not None:
            self._save_due.cancel()
            self._save_due = None
        self._acks.release(self.positions.next)

    def _settle(self, rejects: Sequence[Reject] = ()) -> None:
        """The processor agrees with the committed state: there is nothing to take back."""
        seen: Counter[str] = Counter()
        for step in self._journal:
            if isinstance(step, Run):
                seen[step.topic] += len(step.raws)
        self.rejects.count(seen, rejects)
        self._suspicion.passed(self._journal)
        self._journal = []
        self._base = self.positions.copy()

    def _save_later(self) -> None:
        """Positions that moved without any effect are committed after a while, for lag displays and retention."""
        if self._save_due is None:
            self._save_due = asyncio.get_running_loop().call_later(self.settings.position_commit_seconds, self._save)

    def _save(self) -> None:
        self._save_due = None
        self._save_now = True
        self._wake.set()


def _record(topic: str, raw: Raw) -> Record:
    headers = raw.headers
    for _, value in headers:
        if value is None:  # a null header is legal on Kafka and means nothing to us
            headers = tuple((name, value or b"") for name, value in headers)
            break
    return Record(topic, raw.partition, raw.offset, raw.key, raw.value, headers, raw.timestamp * 1000)
