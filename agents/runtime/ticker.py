"""The writer of ticks: every interval one tick for each timed shard that this worker owns (design §4).

First the clock is read, then the broker is asked for the end of every source partition (read_uncommitted ListOffsets, one request
per broker for all shards together): so the fence covers everything that was published before the clock was read. A worker that
lost a partition while it was frozen can still write one old tick; its T is not above the last judged one and is skipped. Each
tick names the newest policy version that this worker has read. A fence that came long after its clock was read is thrown away:
it covers events that look far ahead of T and would be taken for skewed (P37).
"""

import asyncio
import logging
import time
from collections.abc import Callable

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.errors import KafkaError
from aiokafka.structs import TopicPartition

from agents.runtime.connection import client_options
from agents.runtime.exits import Exit, leave
from agents.runtime.settings import RuntimeSettings
from agents.runtime.shard import Shard
from agents.runtime.ticks import encode_tick
from agents.runtime.wall_clock import wall_clock
from monitor.policy.book import Policies
from schemas.instants import SECOND, seconds_of
from schemas.ticks import Tick

log = logging.getLogger("sla.runtime")

ANSWER_SECONDS = 10.0
FENCE_SECONDS = 2.0
"""How old a clock may be when its fence is known: less than the skew that is allowed to sources (``limits.future``, 5 s)."""


class Ticker:
    """One task per worker; ``targets`` names the timed shards that are owned and running now."""

    def __init__(self, settings: RuntimeSettings, targets: Callable[[], list[Shard]], policies: Policies) -> None:
        self._settings, self._targets, self._policies = settings, targets, policies
        self._task: asyncio.Task[None] | None = None
        self.rounds = 0
        self.fence_seconds = 0.0
        self.failures = 0

    def start(self) -> None:
        """Begin; does nothing when time comes from elsewhere."""
        if self._settings.clock == "wall" and self._task is None:
            self._task = asyncio.create_task(self._run(), name="ticker")

    async def stop(self) -> None:
        """End; no tick is written afterwards."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    async def _run(self) -> None:
        options = client_options(self._settings)
        offsets = AIOKafkaConsumer(**options, isolation_level="read_uncommitted", enable_auto_commit=False)
        producer = AIOKafkaProducer(**options, enable_idempotence=True, linger_ms=0)
        try:
            await offsets.start()
            await producer.start()
            await self._beat(offsets, producer)
        except Exception as error:
            leave(Exit.CRASHED, f"no ticks can be written any more: {error!r}", trace=True)  # silence would stop time
        finally:
            await producer.stop()
            await offsets.stop()

    async def _beat(self, offsets: AIOKafkaConsumer, producer: AIOKafkaProducer) -> None:
        interval = self._settings.tick_interval_seconds
        due = time.monotonic()
        while True:
            due = max(due + interval, time.monotonic())
            await asyncio.sleep(due - time.monotonic())
            shards = self._targets()
            if not shards:
                continue
            try:
                await self._round(shards, offsets, producer)
                self.rounds += 1
            except (KafkaError, TimeoutError, OSError) as error:
                self.failures += 1
                log.warning("no tick could be written: %r", error)

    async def _round(self, shards: list[Shard], offsets: AIOKafkaConsumer, producer: AIOKafkaProducer) -> None:
        clock_at, policy = wall_clock(), self._policies.newest
        started = time.monotonic()
        physical = self._settings.physical
        sources = {(shard, topic): TopicPartition(physical(topic), shard.partition) for shard in shards for topic in shard.spec.sources}
        async with asyncio.timeout(ANSWER_SECONDS):
            ends = await offsets.end_offsets(list(sources.values()))
        self.fence_seconds += time.monotonic() - started
        if (late_us := wall_clock() - clock_at) > FENCE_SECONDS * SECOND:
            raise TimeoutError(f"the fence came {seconds_of(late_us)} s after the clock was read")
        t = clock_at - int(self._settings.verdict_delay_seconds * SECOND)
        owned = set(self._targets())
        deliveries = []
        for shard in shards:
            if shard not in owned or shard.spec.tick_topic is None:
                continue
            fence = {topic: ends[sources[shard, topic]] for topic in shard.spec.sources}
            tick = Tick(clock_at, t, fence, policy)
            topic = self._settings.physical(shard.spec.tick_topic)
            deliveries.append(await producer.send(topic, encode_tick(tick), partition=shard.partition))
        done, late = await asyncio.wait(deliveries, timeout=ANSWER_SECONDS) if deliveries else ((), ())
        if late:
            raise TimeoutError(f"{len(late)} ticks were not accepted within {ANSWER_SECONDS} s")
        for delivery in done:
            delivery.result()
