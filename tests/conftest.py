"""Fixtures for everything that needs Kafka: one broker for the session, names of its own for every test."""

import os
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from agents.broker import LocalBroker, free_port
from agents.runtime.settings import RuntimeSettings


@pytest.fixture(scope="session")
def bootstrap() -> Iterator[str]:
    """The broker that SLA_KAFKA names, else one of our own for this session."""
    named = os.environ.get("SLA_KAFKA")
    if named:
        yield named
        return
    with tempfile.TemporaryDirectory(prefix="sla-broker-") as folder:
        broker = LocalBroker(Path(folder), free_port())
        broker.start()
        try:
            yield broker.bootstrap
        finally:
            broker.stop()


@pytest.fixture
def kafka_settings(bootstrap: str) -> RuntimeSettings:
    """Settings with a topic prefix and an application id that no other test has, and short timeouts."""
    run = uuid.uuid4().hex[:10]
    return RuntimeSettings(
        bootstrap=bootstrap,
        application_id=f"test-{run}",
        topic_prefix=f"{run}.",
        verdict_delay_seconds=0.2,
        session_timeout_seconds=6,
        heartbeat_interval_seconds=1.5,
        rebalance_timeout_seconds=15,
        drain_seconds=8,
        position_commit_seconds=1,
    )
