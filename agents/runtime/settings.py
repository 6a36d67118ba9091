"""What a worker is told: where Kafka is, which processors it runs, and every limit of the runtime (design §4)."""

from collections.abc import Callable
from typing import Literal

import msgspec

from monitor.errors import SettingsError
from monitor.processing import Processor, State


class ProcessorSpec(msgspec.Struct, frozen=True, kw_only=True):
    """One processor to run: its logical source topics in the order in which a shard applies them, and how a shard is made.

    ``tick_topic`` is the logical topic of its ticks, None for a processor that has no clock of its own; ``outputs`` are the
    logical topics it writes to (verified before the start).
    """

    name: str
    sources: tuple[str, ...]
    tick_topic: str | None
    factory: Callable[[int, State], Processor]
    outputs: tuple[str, ...] = ()

    @property
    def topics(self) -> tuple[str, ...]:
        """Every logical topic that a shard reads."""
        return self.sources if self.tick_topic is None else (*self.sources, self.tick_topic)


class Security(msgspec.Struct, frozen=True, kw_only=True):
    """How to reach a protected broker; all empty means plain text. Paths name PEM files."""

    tls: bool = False
    ca_file: str = ""
    cert_file: str = ""
    key_file: str = ""
    sasl_mechanism: Literal["", "PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = ""
    sasl_username: str = ""
    sasl_password: str = ""


class RuntimeSettings(msgspec.Struct, frozen=True, kw_only=True):
    """All settings of a worker; the defaults suit a small cluster. Durations are seconds."""

    bootstrap: str = "127.0.0.1:9092"
    security: Security = Security()
    application_id: str = "sla-monitor"
    topic_prefix: str = ""
    partitions: int = 4
    replication_factor: int = 1
    clock: Literal["wall", "external"] = "wall"
    verdict_delay_seconds: float = 0.5
    tick_interval_seconds: float = 0.25
    tick_tolerance_seconds: float = 60.0
    on_bug: Literal["stop", "quarantine"] = "stop"
    bug_attempts: int = 3
    buffer_limit_bytes: int = 32 * 1024 * 1024
    batch_records: int = 4000
    batch_bytes: int = 8 * 1024 * 1024
    stall_limit_seconds: float = 0.02
    position_commit_seconds: float = 5.0
    bad_share_ratio: float = 0.05
    bad_minimum: int = 100
    stop_on_bad_share: bool = False
    accept_gap: bool = False
    session_timeout_seconds: float = 15.0
    heartbeat_interval_seconds: float = 3.0
    rebalance_timeout_seconds: float = 30.0
    drain_seconds: float = 12.0
    recovery_limit_seconds: float = 300.0
    membership: Literal["static", "dynamic"] = "dynamic"
    instance_id: str = ""
    transaction_timeout_seconds: float = 5.0
    commit_limit_seconds: float = 30.0
    producer_batch_bytes: int = 900_000
    poll_records: int = 4000

    def physical(self, topic: str) -> str:
        """The name of a logical topic on this cluster."""
        return self.topic_prefix + topic

    def changelog(self, processor: str) -> str:
        """The topic that holds a processor's state; Faust names it after application and table."""
        return f"{self.application_id}-{processor}-changelog"

    def transactional_id(self, processor: str, partition: int) -> str:
        """The fencing identity of one shard: whoever starts it last owns the shard."""
        return f"{self.application_id}-{processor}-{partition}"


def check_settings(settings: RuntimeSettings, specs: tuple[ProcessorSpec, ...]) -> None:
    """Refuse what can never work; raises SettingsError with one sentence."""
    if not specs:
        raise SettingsError("no processor to run: give at least one")
    topics = [topic for spec in specs for topic in spec.topics]
    twice = sorted({topic for topic in topics if topics.count(topic) > 1})
    if twice:
        raise SettingsError(f"topic {twice[0]} is read by two processors of one worker: give each its own topic")
    if settings.membership == "static" and not settings.instance_id:
        raise SettingsError("static membership needs an instance id that stays the same across restarts of this worker")
    if settings.heartbeat_interval_seconds * 3 > settings.session_timeout_seconds:
        raise SettingsError("the session timeout must be at least three heartbeat intervals")
    if settings.drain_seconds >= settings.rebalance_timeout_seconds:
        raise SettingsError("the drain limit must be below the rebalance timeout, else a slow commit loses the membership")
