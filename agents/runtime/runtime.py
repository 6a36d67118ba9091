"""The runtime of one worker: which shards it owns, how they come to rest and to life around a rebalance, and what it can tell.

On revocation every shard finishes its open commit and stops before the group is joined again. On assignment the producers of all
shards start in parallel, which fences earlier owners, before recovery reads the end of the changelogs. Shards are made only when
their table is recovered.
"""

import asyncio
import logging
from typing import Any

from faust.types import TP

from agents.runtime.counters import ProcessorCounters
from agents.runtime.exits import Exit, leave
from agents.runtime.health import Health
from agents.runtime.samples import shard_samples, worker_samples
from agents.runtime.settings import ProcessorSpec, RuntimeSettings
from agents.runtime.shard import Shard
from agents.runtime.store import PartitionStore
from agents.runtime.ticker import Ticker
from agents.runtime.transactions import ShardProducer
from agents.runtime.turns import Turns
from agents.runtime.wall_clock import wall_clock
from agents.runtime.wiring import Wiring
from monitor.policy.book import Policies
from monitor.processing import Processor, Sample

log = logging.getLogger("sla.runtime")

ShardKey = tuple[str, int]


class Runtime:
    """Owns the shards of a worker; made by ``agents.app.make_app`` and reachable as ``app.hooks``."""

    def __init__(self, app: Any, settings: RuntimeSettings, specs: tuple[ProcessorSpec, ...], policies: Policies) -> None:
        self.app, self.settings, self.policies = app, settings, policies
        self.specs = {spec.name: spec for spec in specs}
        self.stores: dict[str, PartitionStore] = {}
        self.health = Health(settings.recovery_limit_seconds)
        self.ticker = Ticker(settings, self.timed_shards, policies)
        self.counters = {spec.name: ProcessorCounters() for spec in specs}
        self._shards: dict[ShardKey, Shard] = {}
        self._turns = Turns()
        self._producers: dict[ShardKey, ShardProducer] = {}
        self._changelogs = {settings.changelog(name) for name in self.specs}
        self._topics = {settings.physical(topic): (spec, topic) for spec in specs for topic in spec.topics}
        self._errands: set[asyncio.Task[None]] = set()
        self._stopping = False

    # -- what a worker can be asked -----------------------------------------------------------------------------------

    def shards(self) -> list[tuple[str, int, Processor]]:
        """Every owned shard that is alive: processor name, partition, the processor itself; halted ones included."""
        return [(name, partition, shard.processor) for (name, partition), shard in sorted(self._shards.items())]

    def actors(self) -> list[Shard]:
        """The shards themselves, for samples and tests."""
        return [shard for _, shard in sorted(self._shards.items())]

    def ready(self) -> tuple[bool, str]:
        """Whether this worker does its part, and why not."""
        return self.health.ready(bool(self.app.rebalancing), bool(self.app.tables.actives_ready), self.halted())

    def alive(self) -> tuple[bool, str]:
        """False when an assignment or a recovery has taken too long: a restart is the cure."""
        if self.app.tables.actives_ready and not self.app.rebalancing:
            self.health.recovered()  # a worker without partitions has nothing to seek
        return self.health.alive()

    def samples(self) -> list[Sample]:
        """The runtime's values for ``/metrics``; quick, reads memory only."""
        actors = self.actors()
        return [*shard_samples(actors, wall_clock(), self._ends), *worker_samples(self.counters, actors, self.health)]

    def _ends(self, topic: str, partition: int) -> tuple[int | None, int | None]:
        ends: tuple[int | None, int | None] = self.app.consumer.log_ends(TP(self.settings.physical(topic), partition))
        return ends

    def halted(self) -> list[tuple[str, str]]:
        """Name and reason of every halted shard."""
        return [(shard.name, shard.halted) for shard in self.actors() if shard.halted]

    def timed_shards(self) -> list[Shard]:
        """The shards that need ticks from this worker now."""
        if self.app.rebalancing or self._stopping or not self.app.tables.actives_ready:
            return []
        return [shard for shard in self.actors() if shard.gate is not None and not shard.halted]

    def policy_came(self) -> None:
        """A policy version was loaded: shards whose next tick names it go on."""
        for shard in self.actors():
            shard.policy_came()

    # -- the flow of slices -------------------------------------------------------------------------------------------

    def feed(self, spec: ProcessorSpec, topic: str, event: Any) -> None:
        """Hand a slice to its shard; slices of an earlier assignment are dropped, they come again."""
        if event.message.generation_id != self.app.consumer_generation_id:
            return
        shard = self._shards.get((spec.name, event.message.partition))
        if shard is not None:
            shard.feed(topic, event)

    def run_errand(self, work: Any) -> None:
        """Keep a small task alive until it is done."""
        task = asyncio.ensure_future(work)
        self._errands.add(task)
        task.add_done_callback(self._errands.discard)

    # -- rebalances (agents.runtime.hooks.Hooks) ----------------------------------------------------------------------

    async def before_revoked(self) -> None:
        """Bring every shard to rest, within the drain limit."""
        self.health.rebalance_started()
        await self._drain()

    async def _drain(self) -> None:
        shards, self._shards = list(self._shards.values()), {}
        try:
            async with asyncio.timeout(self.settings.drain_seconds):
                await asyncio.gather(*(shard.stop() for shard in shards))
        except TimeoutError:
            leave(Exit.DRAIN_TIMED_OUT, f"a commit is still open after {self.settings.drain_seconds} s")

    async def before_assigned(self, partitions: set[int]) -> None:
        """Own exactly these partitions, with producers started now: a worker that was frozen may have been fenced without knowing."""
        await self._drain()
        if self._stopping:
            return
        old, self._producers = list(self._producers.values()), {}
        await asyncio.gather(*(producer.stop() for producer in old))
        fresh = {(name, partition): ShardProducer(self.settings, name, partition) for name in self.specs for partition in sorted(partitions)}
        await asyncio.gather(*(producer.start() for producer in fresh.values()))
        self._producers = fresh

    def is_changelog(self, topic: str) -> bool:
        """True for the topics that recovery reads."""
        return topic in self._changelogs

    async def rebuild(self, name: str) -> None:
        """Make the shards of one processor from its recovered table; may run twice for one assignment."""
        try:
            await self._rebuild(self.specs[name])
        except BaseException as error:
            leave(Exit.SHARD_FAILED, f"the shards of {name} could not be made: {error!r}", trace=True)

    async def _rebuild(self, spec: ProcessorSpec) -> None:
        for partition in self._owned(spec):
            key = (spec.name, partition)
            old = self._shards.pop(key, None)
            if old is not None:
                await old.stop()
            producer = self._producers.get(key)
            if producer is None or self._stopping:
                continue  # a newer assignment is on its way
            state = self.stores[spec.name].partition(partition)
            wiring = Wiring(state, producer, PartitionFlow(self, partition), self.counters[spec.name], self._turns, self.policies)
            self._shards[key] = Shard(self.settings, spec, partition, wiring)

    def _owned(self, spec: ProcessorSpec) -> list[int]:
        """The partitions assigned to this worker, the same for every topic that meets in a shard."""
        assigned = self.app.assignor.assigned_actives()
        owned = [{tp.partition for tp in assigned if tp.topic == self.settings.physical(topic)} for topic in spec.topics]
        if any(partitions != owned[0] for partitions in owned):
            raise RuntimeError(f"the topics of {spec.name} were assigned apart from each other: {owned}")
        return sorted(owned[0])

    def _shard(self, tp: TP) -> tuple[Shard | None, str]:
        spec, topic = self._topics[tp.topic]
        return self._shards.get((spec.name, tp.partition)), topic

    def position(self, tp: TP) -> int | None:
        """The next position of an input, from the state of its shard."""
        shard, topic = self._shard(tp)
        return None if shard is None else shard.positions.next.get(topic)

    def begin_at(self, tp: TP, position: int) -> None:
        """Tell the shard where its input starts."""
        shard, topic = self._shard(tp)
        if shard is not None:
            shard.begin_at(topic, position)
        self.health.recovered()

    def truncated(self, tp: TP, position: int, first: int) -> int:
        """A lost tick loses nothing; a lost source record is refused, or accepted by an operator and counted."""
        shard, topic = self._shard(tp)
        if shard is not None and topic == shard.spec.tick_topic:
            return first
        missing = f"topic {tp.topic}, partition {tp.partition}: positions {position} to {first - 1} are gone from the log before they were applied"
        if not self.settings.accept_gap:
            leave(Exit.TRUNCATED, f"{missing}; restore the log, or start once with --accept-gap to go on without these {first - position} records")
        log.error("gap accepted: %s", missing)
        if shard is not None:
            shard.counters.gaps_accepted[topic] += 1
            shard.counters.lost_positions += first - position
        return first

    def ahead_of_log(self, tp: TP, position: int, end: int) -> None:
        """The topic was deleted and made anew, or the state belongs to another cluster."""
        leave(
            Exit.TRUNCATED,
            f"topic {tp.topic}, partition {tp.partition} ends at {end}, but the state has applied up to {position}: this is another log; "
            "use a new application id for it",
        )

    # -- the end ------------------------------------------------------------------------------------------------------

    async def stop(self) -> None:
        """Bring everything to rest: no tick, no commit is open afterwards; what was committed is acknowledged."""
        self._stopping = True
        await self.ticker.stop()
        await self._drain()
        producers, self._producers = list(self._producers.values()), {}
        await asyncio.gather(*(producer.stop() for producer in producers))


class PartitionFlow:
    """A shard's view of the consumer: its topics of its partition."""

    def __init__(self, runtime: Runtime, partition: int) -> None:
        self._runtime, self._partition = runtime, partition

    def _tp(self, topic: str) -> TP:
        return TP(self._runtime.settings.physical(topic), self._partition)

    def hold(self, topic: str) -> None:
        """Pause the partition at the consumer."""
        self._runtime.app.consumer.on_buffer_full(self._tp(topic))

    def release(self, topic: str) -> None:
        """Resume it."""
        self._runtime.app.consumer.on_buffer_drop(self._tp(topic))

    def read_again(self, topic: str, position: int) -> None:
        """Seek back to what the shard expects."""
        log.info("%s/%d is read again from %d", topic, self._partition, position)
        self._runtime.run_errand(self._runtime.app.consumer.restart_at(self._tp(topic), position))
