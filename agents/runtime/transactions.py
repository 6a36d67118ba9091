"""One Kafka transaction per commit: outputs, changed state and input positions together, or nothing at all.

Each shard has a producer of its own; starting it fences whoever owned the shard before and aborts what that owner left open.
``commit_transaction`` returns normally although a batch inside failed, so every delivery is awaited before it is called. A
failed or unknown outcome ends the process.
"""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from aiokafka import AIOKafkaProducer
from aiokafka.errors import InvalidProducerEpoch, KafkaError, ProducerFenced

from agents.runtime import faults
from agents.runtime.connection import client_options
from agents.runtime.exits import Exit, leave
from agents.runtime.settings import RuntimeSettings
from monitor.processing import Output
from schemas.partition import partition_of

RETRY_BACKOFF_MS = 5

Row = tuple[bytes | None, bytes | None, list[tuple[str, bytes]]]
cached_partition = lru_cache(maxsize=65_536)(partition_of)


class OutputRefused(Exception):
    """A record that does not fit into any batch."""


class ShardProducer:
    """The transactional producer of one shard."""

    def __init__(self, settings: RuntimeSettings, processor: str, partition: int) -> None:
        self._settings = settings
        self._name = f"{processor}/{partition}"
        self._partition = partition
        self._changelog = settings.changelog(processor)
        self._producer = AIOKafkaProducer(
            **client_options(settings),
            transactional_id=settings.transactional_id(processor, partition),
            transaction_timeout_ms=int(settings.transaction_timeout_seconds * 1000),
            max_batch_size=settings.producer_batch_bytes,
            linger_ms=0,
            retry_backoff_ms=RETRY_BACKOFF_MS,
        )

    async def start(self) -> None:
        """Fence the earlier owner; when this returns, nothing of its is open any more."""
        await self._producer.start()

    async def stop(self) -> None:
        """Close the connections; an open transaction is aborted by the next owner or by its timeout."""
        await self._producer.stop()

    async def commit(self, outputs: Iterable[Output], changes: Mapping[bytes, bytes | None]) -> int:
        """Publish all of it atomically and return the last changelog position written; ends the process unless that is certain.

        A commit that gets no answer within ``commit_limit_seconds`` is not certain either: its neighbours wait for it.
        """
        try:
            async with asyncio.timeout(self._settings.commit_limit_seconds):
                await self._producer.begin_transaction()
                futures = await self._send(outputs, changes)
                done = await asyncio.gather(*futures)
                await faults.before_commit()
                await self._producer.commit_transaction()
        except (ProducerFenced, InvalidProducerEpoch):
            leave(Exit.FENCED, f"shard {self._name} belongs to another worker now; nothing of the open commit was published")
        except (KafkaError, OutputRefused, AssertionError, OSError) as error:
            leave(Exit.COMMIT_FAILED, f"shard {self._name}: the outcome of a commit is not certain ({error!r}); restarting rebuilds the state")
        position: int = max(meta.offset + count - 1 for meta, count in done if meta.topic == self._changelog)
        return position

    async def _send(self, outputs: Iterable[Output], changes: Mapping[bytes, bytes | None]) -> list[Any]:
        rows: defaultdict[tuple[str, int], list[Row]] = defaultdict(list)
        physical, count = self._settings.physical, self._settings.partitions
        for out in outputs:
            partition = cached_partition(out.key, count) if out.partition is None else out.partition
            rows[physical(out.topic), partition].append((out.key, out.value, list(out.headers)))
        rows[self._changelog, self._partition].extend((key, value, []) for key, value in changes.items())
        futures = []
        for (topic, partition), records in rows.items():
            for batch in self._batches(records):
                futures.append(_counted(await self._producer.send_batch(batch, topic, partition=partition), batch.record_count()))
        return futures

    def _batches(self, records: list[Row]) -> Iterable[Any]:
        at = 0
        while at < len(records):
            batch = self._producer.create_batch()
            first = at
            while at < len(records):
                key, value, headers = records[at]
                if batch.append(timestamp=None, key=key, value=value, headers=headers) is None:
                    break
                at += 1
            if at == first:
                raise OutputRefused(f"a record of {len(records[at][1] or b'')} bytes fits into no batch")
            batch.close()
            yield batch


async def _counted(delivery: Any, count: int) -> tuple[Any, int]:
    return await delivery, count
