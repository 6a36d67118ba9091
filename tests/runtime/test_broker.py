"""The development broker, and workers whose broker goes away."""

import asyncio
from pathlib import Path

import msgspec
import pytest

from agents.broker import LocalBroker, cache_folder, find_jars, free_port, kafka_version
from agents.publisher import Publisher
from agents.runtime.settings import RuntimeSettings
from monitor.errors import BrokerError
from tests.runtime import toys
from tests.runtime.harness import Worker, eventually, keys, now_us, opened, toy_topics

pytestmark = [pytest.mark.broker, pytest.mark.slow]


async def _open(settings: RuntimeSettings, *names: bytes) -> None:
    async with Publisher(settings) as publisher:
        for name in names:
            await publisher.send(toys.CALLS, name, opened("q", now_us(), now_us()))


async def test_a_worker_outlives_its_broker_or_ends_in_time(kafka_settings: RuntimeSettings, tmp_path: Path) -> None:
    """A broker that crashes and returns loses nothing; SIGTERM while it is away ends within ten seconds."""
    own = LocalBroker(tmp_path / "broker", free_port())
    await asyncio.to_thread(own.start)
    settings = msgspec.structs.replace(kafka_settings, bootstrap=own.bootstrap)
    try:
        async with toy_topics(settings):
            with Worker(settings, "deadlines", folder=tmp_path) as worker:
                await _open(settings, b"before")
                await eventually(settings, toys.ALERTS, lambda records: len(records) == 1)
                with pytest.raises(BrokerError, match="is in use"):
                    await asyncio.to_thread(LocalBroker(tmp_path / "other", own.port).start)
                await asyncio.to_thread(own.kill)
                await asyncio.sleep(1)
                code = await asyncio.to_thread(worker.terminate, 10)
                assert code == 0
            await asyncio.to_thread(own.start)
            with Worker(settings, "deadlines", folder=tmp_path):
                await _open(settings, b"after")
                records = await eventually(settings, toys.ALERTS, lambda records: len(records) >= 2)
            assert keys(records) == [b"after", b"before"]
    finally:
        await asyncio.to_thread(own.stop)
    assert own.process.returncode in (0, 143)


@pytest.mark.parametrize(("program", "call"), [("java", "start"), ("mvn", "jars")], ids=["without Java", "without Maven"])
def test_what_is_missing_is_named(program: str, call: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    broker = LocalBroker(tmp_path, free_port())
    action = broker.start if call == "start" else lambda: find_jars("3.9.1")
    with pytest.raises(BrokerError, match=rf"{program} is not installed.*SLA_KAFKA"):
        action()


def test_the_version_is_a_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SLA_KAFKA_VERSION", raising=False)
    assert kafka_version() == "3.9.1"
    monkeypatch.setenv("SLA_KAFKA_VERSION", "4.1.0")
    assert kafka_version() == "4.1.0"
    assert cache_folder("4.1.0").name == "kafka-4.1.0"
