"""What the chaos harness needs to know about the processors that it disturbs; the toys and the real product each give one."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import msgspec

from agents.publisher import Publisher
from agents.runtime.settings import ProcessorSpec, RuntimeSettings
from monitor.policy.book import Policies
from monitor.processing import Record
from schemas.instants import Instant
from schemas.topics import TopicSpec
from tests.chaos.versions import Versions


class Expected(msgspec.Struct):
    """Known outcomes of what was published: the identity of every alert that must come, and of those that must never come.

    ``endings`` gives, by name, how the last thing said must begin; ``unknown`` counts what has no known outcome.
    """

    alerts: set[str]
    quiet: set[str]
    endings: dict[str, str] = {}
    unknown: int = 0


class Scenario(Protocol):
    """Some processors, their topics, their traffic and the meaning of their outputs; ``versions`` is None without policies."""

    name: str
    specs: tuple[ProcessorSpec, ...]
    topics: tuple[TopicSpec, ...]
    alert_topic: str
    counter_topics: tuple[str, ...]

    @property
    def versions(self) -> Versions | None:
        """The policy versions that are published."""

    @property
    def counts(self) -> Counter[str]:
        """What people did."""

    def specs_under(self, policies: Policies) -> tuple[ProcessorSpec, ...]:
        """The processors with these policy versions."""

    def command(self, settings: RuntimeSettings, folder: Path) -> Sequence[str]:
        """The command line of one worker."""

    async def begin(self, settings: RuntimeSettings) -> None:
        """Put in place what has to be there before the first worker."""

    async def operate(self, settings: RuntimeSettings, stop: asyncio.Event) -> None:
        """What people do while everything breaks, until ``stop`` is set."""

    async def publish(self, publisher: Publisher, now: Instant) -> None:
        """Send one step of traffic (called about every 100 ms)."""

    def settled_at(self) -> Instant:
        """The T after which every known outcome has been decided."""

    def expected(self) -> Expected:
        """What has to come of everything published so far."""

    def identity(self, record: Record) -> str:
        """What an alert record is about, as in ``Expected``; empty for a record that is no first alert."""

    def ending(self, record: Record) -> tuple[str, str] | None:
        """Name and content of a record whose last one counts, as in ``Expected.endings``."""
