"""Every setting of the service: its environment variable is ``SLA_`` and the field's name in capitals; the description is its reference."""

from typing import Annotated, Final, Literal

import msgspec

Positive = Annotated[float, msgspec.Meta(gt=0)]
Count = Annotated[int, msgspec.Meta(ge=1)]
Port = Annotated[int, msgspec.Meta(ge=1, le=65535)]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=128, pattern=r"^[A-Za-z0-9._-]+$")]
Prefix = Annotated[str, msgspec.Meta(max_length=64, pattern=r"^[A-Za-z0-9._-]*$")]
Ratio = Annotated[float, msgspec.Meta(ge=0, le=1)]

SecurityProtocol = Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"]
SaslMechanism = Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"]

DEFAULT_BOOTSTRAP: Final = "127.0.0.1:9092"
SECRETS: Final = frozenset({"customer_hash_key", "kafka_sasl_password"})


def about(text: str) -> msgspec.Meta:
    """The description of a setting, kept with its type so that the reference is generated from it."""
    return msgspec.Meta(description=text)


class KafkaSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How to reach the broker."""

    kafka: Annotated[str | None, about("bootstrap servers, host:port[,host:port]; unset: 127.0.0.1:9092, and tests and demo start a broker")] = None
    kafka_security_protocol: Annotated[SecurityProtocol, about("how clients talk to the broker")] = "PLAINTEXT"
    kafka_ssl_ca: Annotated[str | None, about("file with the certificate authorities to trust; unset: those of the system")] = None
    kafka_ssl_certificate: Annotated[str | None, about("file with the client certificate, where the broker asks for one")] = None
    kafka_ssl_key: Annotated[str | None, about("file with the key of the client certificate")] = None
    kafka_sasl_mechanism: Annotated[SaslMechanism, about("how the client proves who it is, with the SASL protocols")] = "SCRAM-SHA-512"
    kafka_sasl_username: Annotated[str | None, about("user name for SASL")] = None
    kafka_sasl_password: Annotated[str | None, about("password for SASL (secret)")] = None
    application: Annotated[Name, about("consumer group and first part of every transactional id; its state lives under this name")] = "sla-monitor"
    topic_prefix: Annotated[Prefix, about("put before every topic name, so that several installations share a broker")] = ""
    partitions: Annotated[Count, about("partitions of every topic; fixed for the life of an application name")] = 4
    replication: Annotated[Count, about("copies of every topic that `sla-monitor topics` creates")] = 1

    @property
    def bootstrap(self) -> str:
        """The servers to connect to."""
        return self.kafka or DEFAULT_BOOTSTRAP


class JudgingSettings(KafkaSettings, frozen=True, kw_only=True):
    """Policy, time and what happens to bad input."""

    policy: Annotated[str | None, about("policy that a worker publishes if sla.policies lacks it; unset: the newest there, else default.yaml")] = None
    clock: Annotated[Literal["wall", "external"], about("external: ticks come from a publisher with --drive-clock")] = "wall"
    tick_seconds: Annotated[Positive, about("time between two ticks of a shard")] = 0.25
    verdict_delay_seconds: Annotated[Annotated[float, msgspec.Meta(ge=0)], about("how long a verdict waits for events on their way")] = 0.5
    tick_tolerance_seconds: Annotated[Positive, about("a tick further from the broker's own time is refused; wall clock only")] = 60.0
    on_bug: Annotated[Literal["stop", "quarantine"], about("a record that the processor itself fails on: halt its shard, or set it aside")] = "stop"
    bug_attempts: Annotated[Count, about("tries at one record before on_bug decides")] = 3
    bad_share_ratio: Annotated[Ratio, about("share of refused records of a source above which an alarm is raised")] = 0.05
    bad_share_minimum: Annotated[Count, about("records of a source before that share means anything")] = 100
    bad_share_stops: Annotated[bool, about("whether a bad share above the limit also halts the shard")] = False
    customer_hash_key: Annotated[str | None, about("key of the hash of customer keys, where the policy says hash_here (secret, R80)")] = None
    accept_gap: Annotated[bool, about("go on although a source was truncated before it was read; what is gone is reported")] = False


class WorkerSettings(JudgingSettings, frozen=True, kw_only=True):
    """One worker process."""

    worker: Annotated[Name | None, about("name of this worker: static membership, a restart then moves no partition; unset: dynamic")] = None
    session_timeout_seconds: Annotated[Positive, about("silence after which a worker counts as dead and its partitions move")] = 15.0
    heartbeat_seconds: Annotated[Positive, about("time between two signs of life")] = 3.0
    rebalance_timeout_seconds: Annotated[Positive, about("time a worker has to finish its work when partitions move")] = 30.0
    drain_seconds: Annotated[Positive, about("longest a commit may take when partitions move; beyond it the worker exits")] = 12.0
    transaction_timeout_seconds: Annotated[Positive, about("when the broker aborts the open transaction of a frozen worker")] = 5.0
    inbox_bytes: Annotated[Count, about("bytes waiting in one shard before its partitions are paused")] = 32 * 1024 * 1024
    recovery_limit_seconds: Annotated[Positive, about("assignment or recovery longer than this makes the worker unhealthy")] = 300.0
    web_host: Annotated[str, about("address of /metrics, /healthz, /readyz; localhost unless told")] = "127.0.0.1"
    web_port: Annotated[Port, about("port of /metrics, /healthz, /readyz")] = 9108
    metric_queues: Annotated[Count, about("most queues with series of their own; the rest is counted as `other`")] = 500
    language: Annotated[Literal["en", "zh"], about("language in which commands explain; what is published follows the policy's own")] = "en"
    workers: Annotated[str, about("addresses of workers to ask, comma-separated; empty: the one on this machine at SLA_WEB_PORT")] = ""
    log_level: Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR"], about("what is logged, to standard error")] = "INFO"
    log_format: Annotated[Literal["text", "json"], about("one line of text or one JSON object for each message")] = "text"


class Settings(WorkerSettings, frozen=True, kw_only=True):
    """All settings. Made by ``monitor.settings.load``; nothing else reads the environment. Here: development broker, recorded logs, downloads."""

    kafka_version: Annotated[str, msgspec.Meta(pattern=r"^\d+\.\d+\.\d+$"), about("Apache Kafka that `sla-monitor broker` runs")] = "3.9.1"
    broker_port: Annotated[Port, about("port of `sla-monitor broker`")] = 9092
    fault_file: Annotated[str | None, about("for tests only: a JSON file that tells a worker to delay its commits")] = None
    data: Annotated[str | None, about("folder of the recorded logs; unset: ../shared/data")] = None

    def __repr__(self) -> str:
        """The settings that differ from their defaults; a secret is never shown."""
        shown = (
            f"{name}={'***' if name in SECRETS else repr(getattr(self, name))}"
            for name, default in zip(self.__struct_fields__, self.__struct_defaults__, strict=True)
            if getattr(self, name) != default
        )
        return f"Settings({', '.join(shown)})"
