"""The Faust application: one table per processor, one agent per topic that hands slices to shards, and nothing else."""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any, cast

import faust

from agents.runtime.connection import faust_credentials
from agents.runtime.consumer import SliceTransport
from agents.runtime.prerequisites import check_installation
from agents.runtime.runtime import Runtime
from agents.runtime.settings import ProcessorSpec, RuntimeSettings, check_settings
from agents.runtime.store import PartitionStore, StateTable
from monitor.policy.book import Policies

RAW: dict[str, Any] = {"key_type": bytes, "value_type": bytes, "key_serializer": "raw", "value_serializer": "raw"}
QUIET = ("faust", "aiokafka", "mode", "kafka")
SLICES_WAITING = 64


class MonitorApp(faust.App):  # type: ignore[misc]  # Faust is untyped
    """A Faust app that knows the owner of its shards and leaves no directories behind."""

    hooks: Runtime

    def _create_directories(self) -> None:
        """State is in memory and in the changelogs: nothing is written to disk."""


def make_app(settings: RuntimeSettings, specs: Sequence[ProcessorSpec], policies: Policies | None = None) -> MonitorApp:
    """Build the application of one worker; raises SettingsError for settings that can never work. Its ticks name the newest of ``policies``."""
    check_settings(settings, tuple(specs))
    check_installation()
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)  # a log call per record costs CPU even when it prints nothing
    app = MonitorApp(settings.application_id, **_options(settings))
    app.transport = SliceTransport(app.conf.broker_consumer, app)
    runtime = app.hooks = Runtime(app, settings, tuple(specs), policies or Policies())
    for spec in specs:
        table = StateTable(app, name=spec.name, partitions=settings.partitions, key_type=bytes, value_type=bytes, recovery_buffer_size=4)
        app.tables.add(table)
        runtime.stores[spec.name] = cast(PartitionStore, table.data)
        table.on_recover(_rebuilder(runtime, spec.name))
        for topic in spec.topics:
            source = app.topic(settings.physical(topic), **RAW)
            app.agent(source, name=f"{spec.name}.{topic}")(_feeder(runtime, spec, topic))
    return app


def _options(settings: RuntimeSettings) -> dict[str, Any]:
    broker = "kafka://" + settings.bootstrap.replace(",", ";")
    return {
        "broker": broker,
        "broker_credentials": faust_credentials(settings),
        "store": "memory://",
        "autodiscover": False,
        "topic_partitions": settings.partitions,
        "topic_replication_factor": settings.replication_factor,
        "topic_disable_leader": True,
        "table_standby_replicas": 0,
        "stream_wait_empty": False,
        "stream_buffer_maxsize": SLICES_WAITING,
        "stream_recovery_delay": 0.0,
        "broker_session_timeout": settings.session_timeout_seconds,
        "broker_heartbeat_interval": settings.heartbeat_interval_seconds,
        "broker_rebalance_timeout": settings.rebalance_timeout_seconds,
        "broker_commit_interval": 1.0,
        "broker_max_poll_records": settings.poll_records,
        "consumer_group_instance_id": settings.instance_id if settings.membership == "static" else None,
        "web_enabled": False,
        "worker_redirect_stdouts": False,
        "producer_acks": -1,
    }


def _feeder(runtime: Runtime, spec: ProcessorSpec, topic: str) -> Callable[[Any], Awaitable[None]]:
    async def feed(stream: Any) -> None:
        events: AsyncIterator[Any] = stream.noack().events()
        async for event in events:
            runtime.feed(spec, topic, event)

    return feed


def _rebuilder(runtime: Runtime, name: str) -> Callable[[], Awaitable[None]]:
    async def rebuild() -> None:
        await runtime.rebuild(name)

    return rebuild
