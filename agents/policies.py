"""Policy versions on ``sla.policies``: read whole before a worker is ready, followed while it lives, appended one at a time.

All of them lie in one partition: their order there is their order. Who appends holds the topic's transactional id, so of two that
start with new policies at the same moment one is fenced, waits a moment of random length, reads what the other wrote and decides anew.
"""

import asyncio
import logging
import random
from collections.abc import AsyncIterator, Callable
from typing import Final

import msgspec
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.errors import KafkaConnectionError, KafkaError

from agents.runtime.connection import client_options, free_consumer, unreachable
from agents.runtime.exits import Exit, leave
from agents.runtime.settings import RuntimeSettings
from agents.runtime.topics import require_written_topics
from monitor.errors import BrokerError
from monitor.policy.book import Policies
from schemas.policies import PolicyRecord
from schemas.topics import POLICIES

log = logging.getLogger("sla.runtime")

PARTITION: Final = 0
"""The one partition that holds every version."""

TRIES: Final = 8
STAND_BACK_SECONDS: Final = 0.5
"""How long who was fenced waits at most after the first attempt; the n-th waits up to n times as long."""

_WAIT_MS: Final = 500
_decoder: Final = msgspec.json.Decoder(PolicyRecord)

Decide = Callable[[Policies], PolicyRecord | None]
"""Given all versions so far, the one to append, or None."""


class PolicyFollower:
    """Keeps ``policies`` as the topic has them; ``on_new`` is called after each version that came."""

    def __init__(self, settings: RuntimeSettings, policies: Policies) -> None:
        self._settings, self.policies = settings, policies
        self._task: asyncio.Task[None] | None = None
        self.on_new: Callable[[], None] = lambda: None

    async def start(self) -> None:
        """Return when everything that was there is read; go on reading in the background."""
        read = asyncio.Event()
        self._task = asyncio.create_task(self._follow(read), name="policies")
        waiting = asyncio.create_task(read.wait())
        await asyncio.wait({self._task, waiting}, return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        if self._task.done():
            self._task.result()

    async def stop(self) -> None:
        """Read no more."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _follow(self, read: asyncio.Event) -> None:
        try:
            async for record in _versions(self._settings, read):
                if self.policies.add(record) and read.is_set():
                    usable = self.policies.usable(record.version)
                    log.info("policy %s (%s) was published", record.version, record.title or "no title")
                    if not usable:
                        log.error("policy %s cannot be used by this program: %s", record.version, self.policies.why_not(record.version))
                    self.on_new()
        except (KafkaError, OSError) as error:
            if not read.is_set():
                raise
            leave(Exit.CRASHED, f"policies can be followed no more: {error!r}", trace=True)  # a tick may name one that never comes


async def read_policies(settings: RuntimeSettings) -> Policies:
    """Every version that is on the topic now."""
    policies, read = Policies(), asyncio.Event()
    async for record in _versions(settings, read, once=True):
        policies.add(record)
    return policies


async def append_policy(settings: RuntimeSettings, decide: Decide) -> Policies:
    """Append what ``decide`` asks for, if anything, and return all versions; nobody else appends between its reading and its writing."""
    await require_written_topics(settings, (POLICIES,))
    known, refused = await read_policies(settings), KafkaError()
    for attempt in range(TRIES):
        if decide(known) is None:
            return known
        producer = AIOKafkaProducer(**client_options(settings), transactional_id=f"{settings.application_id}-policies")
        try:
            await producer.start()
            known = await read_policies(settings)
            record = decide(known)
            if record is None:
                return known
            async with producer.transaction():
                await producer.send_and_wait(settings.physical(POLICIES), encode_policy(record), record.version.encode(), PARTITION)
            known.add(record)
            return known
        except (KafkaConnectionError, OSError) as error:
            raise unreachable(settings, error) from error
        except KafkaError as error:
            refused = error  # fenced: somebody else appends; or uncertain: what the topic holds then decides
        finally:
            await producer.stop()
            _settle(producer)
        await asyncio.sleep(random.uniform(0, STAND_BACK_SECONDS * (attempt + 1)))  # noqa: S311 - several that start together must not fence each other for ever
        known = await read_policies(settings)
    raise BrokerError(f"the policy was not accepted by {settings.bootstrap} in {TRIES} attempts, the last with {refused!r}; try again") from refused


def _settle(producer: AIOKafkaProducer) -> None:
    """aiokafka leaves the error of a transaction in futures that nobody awaits; asyncio would log each as forgotten."""
    unsent = [batch._drain_waiter for batches in producer._message_accumulator._batches.values() for batch in batches]
    for outcome in (producer._txn_manager.wait_for_transaction_end(), *unsent):
        if outcome is not None and outcome.done():
            outcome.exception()


def encode_policy(record: PolicyRecord) -> bytes:
    """A record as it stands on the topic."""
    return msgspec.json.encode(record)


async def _versions(settings: RuntimeSettings, read: asyncio.Event, *, once: bool = False) -> AsyncIterator[PolicyRecord]:
    """The versions in order; ``read`` is set when the end of now is reached, with ``once`` that is all."""
    place = TopicPartition(settings.physical(POLICIES), PARTITION)
    async with free_consumer(settings, committed=True) as consumer:
        consumer.assign([place])
        await consumer.seek_to_beginning(place)
        end = (await consumer.end_offsets([place]))[place]
        while True:
            if not read.is_set() and await consumer.position(place) >= end:
                read.set()
                if once:
                    return
            for record in await _batch(consumer):
                yield record


async def _batch(consumer: AIOKafkaConsumer) -> list[PolicyRecord]:
    found = []
    for batch in (await consumer.getmany(timeout_ms=_WAIT_MS)).values():
        for raw in batch:
            if raw.value is None:
                continue  # a tombstone by hand: what runs under the version still needs it
            try:
                found.append(_decoder.decode(raw.value))
            except msgspec.DecodeError as error:
                log.error("sla.policies offset %d holds no policy: %s", raw.offset, error)
    return found
