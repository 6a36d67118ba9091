"""The toys as a chaos scenario: keys that are never closed must alert once, keys closed long before their deadline never."""

import asyncio
import random
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec

from agents.publisher import Publisher
from agents.runtime.settings import ProcessorSpec, RuntimeSettings
from monitor.policy.book import Policies
from monitor.processing import Record
from schemas.instants import SECOND, Instant
from schemas.topics import TopicSpec
from tests.chaos.scenario import Expected
from tests.chaos.versions import Versions
from tests.runtime import toys
from tests.runtime.harness import TOY_TOPICS
from tests.runtime.toy_worker import SPECS

KEYS_A_STEP = 6
FAR_SECONDS = 3600


class ToyScenario:
    """Two source topics, a timed and an untimed processor."""

    name = "toys"
    specs: tuple[ProcessorSpec, ...] = (SPECS["deadlines"], SPECS["totals"])
    topics: tuple[TopicSpec, ...] = TOY_TOPICS
    alert_topic = toys.ALERTS
    counter_topics: tuple[str, ...] = (toys.PANES, toys.TOTALS)

    versions: Final[Versions | None] = None

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._number = 0
        self._open: list[tuple[str, bytes, str]] = []
        self._alerts: set[str] = set()
        self._quiet: set[str] = set()
        self._settled_at = 0
        self.counts: Counter[str] = Counter()

    def specs_under(self, policies: Policies) -> tuple[ProcessorSpec, ...]:
        """The toys know no policies."""
        return self.specs

    async def begin(self, settings: RuntimeSettings) -> None:
        """Nothing is needed."""

    async def operate(self, settings: RuntimeSettings, stop: asyncio.Event) -> None:
        """Nobody works with toys."""

    def command(self, settings: RuntimeSettings, folder: Path) -> Sequence[str]:
        return [sys.executable, "-m", "tests.runtime.toy_worker", msgspec.json.encode(settings).decode()]

    async def publish(self, publisher: Publisher, now: Instant) -> None:
        for _ in range(KEYS_A_STEP):
            self._number += 1
            topic = self._random.choice((toys.CALLS, toys.CHATS))
            key, queue = b"key-%06d" % self._number, f"q{self._random.randrange(8)}"
            if self._random.random() < 0.6:
                due = now + self._random.randrange(SECOND // 4, 6 * SECOND)
                self._alerts.add(key.decode())
                self._settled_at = max(self._settled_at, due)
            else:
                due = now + FAR_SECONDS * SECOND
                self._quiet.add(key.decode())
                self._open.append((topic, key, queue))
            await publisher.send(topic, key, toys.encode(["open", queue, now, due]))
            if self._random.random() < 0.3:
                await publisher.send(topic, key, toys.encode(["note", queue, now, due]))
        if len(self._open) > 20:
            topic, key, queue = self._open.pop(self._random.randrange(len(self._open)))
            await publisher.send(topic, key, toys.encode(["close", queue, now, now + FAR_SECONDS * SECOND]))

    def settled_at(self) -> Instant:
        return self._settled_at + 2 * SECOND

    def expected(self) -> Expected:
        return Expected(self._alerts, self._quiet)

    def identity(self, record: Record) -> str:
        return (record.key or b"").decode()

    def ending(self, record: Record) -> tuple[str, str] | None:
        """An alert of a toy is the last that is said."""
        return None
