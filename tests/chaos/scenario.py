"""What the chaos harness needs to know about the processors that it disturbs; the toys and the real product each give one."""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import msgspec

from agents.publisher import Publisher
from agents.runtime.settings import ProcessorSpec, RuntimeSettings
from monitor.processing import Record
from schemas.instants import Instant
from schemas.topics import TopicSpec


class Expected(msgspec.Struct):
    """Known outcomes of what was published: the identity of every alert that must come, and of those that must never come."""

    alerts: set[str]
    quiet: set[str]


class Scenario(Protocol):
    """One pair of processors, their topics, their traffic and the meaning of their outputs."""

    name: str
    specs: tuple[ProcessorSpec, ...]
    topics: tuple[TopicSpec, ...]
    alert_topic: str
    counter_topics: tuple[str, ...]

    def command(self, settings: RuntimeSettings, folder: Path) -> Sequence[str]:
        """The command line of one worker."""

    async def publish(self, publisher: Publisher, now: Instant) -> None:
        """Send one step of traffic (called about every 100 ms)."""

    def settled_at(self) -> Instant:
        """The T after which every known outcome has been decided."""

    def expected(self) -> Expected:
        """What has to come of everything published so far."""

    def identity(self, record: Record) -> str:
        """What an alert record is about, as in ``Expected``; empty for a record that is no first alert."""
