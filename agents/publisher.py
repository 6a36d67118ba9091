"""Publish records fast: an idempotent producer that fills batches itself, with back-pressure and every delivery awaited."""

import asyncio
from collections import deque
from collections.abc import Sequence
from types import TracebackType
from typing import Any

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from agents.runtime.connection import client_options, unreachable
from agents.runtime.settings import RuntimeSettings
from agents.runtime.transactions import cached_partition
from monitor.errors import BrokerError
from schemas.instants import Instant

LINGER_SECONDS = 0.01
BATCHES_IN_FLIGHT = 8

Place = tuple[str, int]


class Publisher:
    """Use as ``async with Publisher(settings) as publisher``; topics by logical name. One writer's order per partition is kept."""

    def __init__(self, settings: RuntimeSettings, *, compression: str | None = None) -> None:
        self._settings, self._compression = settings, compression
        self._open: dict[Place, Any] = {}
        self._flight: deque[tuple[Place, int, asyncio.Future[Any]]] = deque()
        self._ends: dict[Place, int] = {}
        self._linger: asyncio.Task[None] | None = None
        self._order = asyncio.Lock()
        self.sent = 0

    async def __aenter__(self) -> "Publisher":
        """Connect; raises BrokerError when no broker answers."""
        self._producer = AIOKafkaProducer(
            **client_options(self._settings),
            enable_idempotence=True,
            compression_type=self._compression,
            max_batch_size=self._settings.producer_batch_bytes,
            linger_ms=0,
        )
        try:
            await self._producer.start()
        except (KafkaError, OSError) as error:
            await self._producer.stop()
            raise unreachable(self._settings, error) from error
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Send what is left, unless an error is on its way, and disconnect."""
        try:
            if kind is None:
                await self.flush()
        finally:
            if self._linger is not None:
                self._linger.cancel()
                await asyncio.gather(self._linger, return_exceptions=True)
            await self._producer.stop()

    async def send(
        self,
        topic: str,
        key: bytes | None,
        value: bytes | None,
        headers: Sequence[tuple[str, bytes]] = (),
        *,
        partition: int | None = None,
        timestamp_at: Instant | None = None,
    ) -> int:
        """Queue one record and return its partition (murmur2 of the key unless given); waits only when too much is under way."""
        if partition is None:
            partition = cached_partition(key or b"", self._settings.partitions)
        place = (topic, partition)
        timestamp = None if timestamp_at is None else timestamp_at // 1000
        fields = list(headers)
        builder = self._open.get(place)
        if builder is not None and builder.append(timestamp=timestamp, key=key, value=value, headers=fields) is not None:
            self.sent += 1
            return partition
        if builder is not None:
            await self._ship(place)
        builder = self._open[place] = self._producer.create_batch()
        if builder.append(timestamp=timestamp, key=key, value=value, headers=fields) is None:
            raise BrokerError(f"a record of {len(value or b'')} bytes for {topic} fits into no batch")
        self.sent += 1
        if self._linger is None or self._linger.done():
            self._raise_late()
            self._linger = asyncio.create_task(self._ship_later())
        return partition

    def _raise_late(self) -> None:
        """A refusal that the background task met belongs to the caller."""
        if self._linger is not None and self._linger.done() and not self._linger.cancelled():
            self._linger.result()

    async def flush(self) -> None:
        """Return when every record is acknowledged; raises BrokerError when one was refused."""
        for place in list(self._open):
            await self._ship(place)
        async with self._order:
            await self._settle(0)
        self._raise_late()

    async def ends(self) -> dict[Place, int]:
        """After a flush: the log position behind the last record written to each partition."""
        await self.flush()
        return dict(self._ends)

    async def _ship_later(self) -> None:
        await asyncio.sleep(LINGER_SECONDS)
        for place in list(self._open):
            await self._ship(place)

    async def _ship(self, place: Place) -> None:
        async with self._order:  # two tasks ship: batches of a partition may not overtake each other
            batch = self._open.pop(place, None)
            if batch is None:
                return
            batch.close()
            topic, partition = place
            count = batch.record_count()
            try:
                delivery = await self._producer.send_batch(batch, self._settings.physical(topic), partition=partition)
            except (KafkaError, AssertionError) as error:
                raise self._refused(place, error) from error
            self._flight.append((place, count, delivery))
            await self._settle(BATCHES_IN_FLIGHT)

    async def _settle(self, leave: int) -> None:
        while len(self._flight) > leave:
            place, count, delivery = self._flight.popleft()
            try:
                metadata = await delivery
            except KafkaError as error:
                raise self._refused(place, error) from error
            self._ends[place] = max(self._ends.get(place, 0), metadata.offset + count)

    def _refused(self, place: Place, error: Exception) -> BrokerError:
        return BrokerError(f"records for {place[0]}, partition {place[1]} were not accepted by {self._settings.bootstrap}: {error!r}")
