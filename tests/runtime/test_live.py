"""The runtime on a real broker with workers that are really killed (design §4; R-numbers are the product's, here only mechanism)."""

import asyncio
import json
import time
from base64 import b64encode
from pathlib import Path
from typing import Any

import msgspec
import pytest
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from confluent_kafka.admin import AdminClient

from agents.publisher import Publisher
from agents.reader import read_topics
from agents.runtime.connection import admin_client
from agents.runtime.exits import Exit
from agents.runtime.settings import RuntimeSettings
from agents.runtime.ticks import encode_tick
from monitor.deadletters import read_dead_letter
from monitor.metrics.catalogue import SAMPLES
from schemas.instants import SECOND
from schemas.ticks import Tick
from schemas.topics import DEAD_LETTERS
from tests.chaos.replay import committed_positions
from tests.live.log import lag
from tests.runtime import toys
from tests.runtime.harness import WAIT_SECONDS, Worker, eventually, keys, now_us, opened, toy_topics
from tests.runtime.toy_worker import SPECS

pytestmark = [pytest.mark.broker, pytest.mark.slow]

OPEN_SECONDS = 3600


async def publish(settings: RuntimeSettings, names: list[bytes], due_in_seconds: float = 0.0, topic: str = toys.CALLS) -> None:
    async with Publisher(settings) as publisher:
        for name in names:
            now = now_us()
            await publisher.send(topic, name, opened("q", now, now + int(due_in_seconds * SECOND)))


def names(prefix: str, count: int) -> list[bytes]:
    return [f"{prefix}{number}".encode() for number in range(count)]


async def test_killed_restarted_and_ended_in_order_every_alert_comes_once(kafka_settings: RuntimeSettings, tmp_path: Path) -> None:
    async with toy_topics(kafka_settings):
        first, second, third = names("a", 100), names("b", 100), names("c", 100)
        with Worker(kafka_settings, "deadlines", folder=tmp_path) as worker:
            await publish(kafka_settings, first)
            await eventually(kafka_settings, toys.ALERTS, lambda records: len(records) == 100)
            await publish(kafka_settings, second, due_in_seconds=2)
            worker.kill()
            await publish(kafka_settings, third, topic=toys.CHATS)
        with Worker(kafka_settings, "deadlines", folder=tmp_path) as worker:
            records = await eventually(kafka_settings, toys.ALERTS, lambda records: len(records) >= 300)
            assert worker.terminate(within_seconds=10) == 0
    assert keys(records) == sorted(first + second + third)


async def test_who_comes_back_tells_the_group_what_was_applied_before(kafka_settings: RuntimeSettings, tmp_path: Path) -> None:
    """A worker may die between a commit and its word to the group; lag displays would show that lag until the next event."""
    async with toy_topics(kafka_settings):
        with Worker(kafka_settings, "deadlines", folder=tmp_path) as worker:
            await publish(kafka_settings, names("a", 100))
            await eventually(kafka_settings, toys.ALERTS, lambda records: len(records) == 100)
            assert worker.terminate() == 0
        await _forget_group(kafka_settings)
        assert _lag(kafka_settings) == 100
        with Worker(kafka_settings, "deadlines", folder=tmp_path):
            until = time.monotonic() + WAIT_SECONDS
            while await asyncio.to_thread(_lag, kafka_settings):
                assert time.monotonic() < until, "the group was never told"
                await asyncio.sleep(0.3)


async def _forget_group(settings: RuntimeSettings) -> None:
    group = settings.application_id
    admin = AdminClient({"bootstrap.servers": settings.bootstrap})
    await asyncio.to_thread(admin.delete_consumer_groups([group])[group].result, WAIT_SECONDS)


def _lag(settings: RuntimeSettings) -> int:
    return lag(settings.bootstrap, settings.application_id, [settings.physical(toys.CALLS)], settings.partitions)


async def test_a_survivor_takes_over_and_the_thawed_owner_does_no_harm(kafka_settings: RuntimeSettings, tmp_path: Path) -> None:
    async with toy_topics(kafka_settings):
        before, after = names("a", 40), names("b", 40)
        with Worker(kafka_settings, "deadlines", folder=tmp_path) as frozen:
            await publish(kafka_settings, before)
            await eventually(kafka_settings, toys.ALERTS, lambda records: len(records) == 40)
            frozen.freeze()
            with Worker(kafka_settings, "deadlines", folder=tmp_path) as survivor:
                await publish(kafka_settings, after)
                await eventually(kafka_settings, toys.ALERTS, lambda records: len(records) == 80)
                frozen.thaw()
                await asyncio.sleep(3)
                records = (await read_topics(kafka_settings, [toys.ALERTS]))[toys.ALERTS]
                assert survivor.running.poll() is None
    assert keys(records) == sorted(before + after)


async def test_a_static_member_comes_back_without_a_rebalance(kafka_settings: RuntimeSettings, tmp_path: Path) -> None:
    settings = msgspec.structs.replace(kafka_settings, membership="static", instance_id="w1", session_timeout_seconds=30)
    async with toy_topics(settings):
        with Worker(settings, "deadlines", folder=tmp_path) as worker:
            await publish(settings, names("a", 20))
            await eventually(settings, toys.ALERTS, lambda records: len(records) == 20)
            worker.kill()
        await publish(settings, names("b", 20))
        with Worker(settings, "deadlines", folder=tmp_path):
            records = await eventually(settings, toys.ALERTS, lambda records: len(records) >= 40, within_seconds=25)
    assert keys(records) == sorted(names("a", 20) + names("b", 20))


async def test_a_halted_shard_leaves_its_neighbours_alone_and_quarantine_goes_on(kafka_settings: RuntimeSettings, tmp_path: Path) -> None:
    async with toy_topics(kafka_settings):
        with Worker(kafka_settings, "deadlines", folder=tmp_path) as worker:
            async with Publisher(kafka_settings) as publisher:
                await publisher.send(toys.CALLS, b"bad", toys.encode(["boom", "q", 0, 0]), partition=0)
            await worker.logged("shard deadlines/0 is halted")
            async with Publisher(kafka_settings) as publisher:
                for partition in range(4):
                    for number in range(10):
                        await publisher.send(toys.CALLS, b"p%d-%d" % (partition, number), opened("q", now_us(), now_us()), partition=partition)
            await eventually(kafka_settings, toys.ALERTS, lambda records: len(records) == 30)
            assert worker.terminate() == 0
        quarantine = msgspec.structs.replace(kafka_settings, on_bug="quarantine")
        with Worker(quarantine, "deadlines", folder=tmp_path):
            alerts = await eventually(quarantine, toys.ALERTS, lambda records: len(records) == 40)
            letters = await eventually(quarantine, DEAD_LETTERS, lambda records: len(records) == 1)
    assert len({record.key for record in alerts}) == 40
    letter = read_dead_letter(letters[0].value or b"")
    assert (letter.reason, letter.topic, letter.partition, letter.key) == ("processor_error", toys.CALLS, 0, b64encode(b"bad").decode())


async def test_a_failed_batch_leaves_state_positions_and_outputs_unchanged(kafka_settings: RuntimeSettings, tmp_path: Path) -> None:
    """R-runtime: ``commit_transaction`` returns normally although a batch in it was refused."""
    async with toy_topics(kafka_settings):
        await _limit(kafka_settings, 60)
        with Worker(kafka_settings, "deadlines", folder=tmp_path) as worker:
            await publish(kafka_settings, names("key-", 50))
            assert worker.exit_code() == Exit.COMMIT_FAILED
            assert "the outcome of a commit is not certain" in worker.log()
        assert (await read_topics(kafka_settings, [toys.ALERTS]))[toys.ALERTS] == []
        before = await committed_positions(kafka_settings, SPECS["deadlines"])
        assert all(place.next.get(toys.CALLS, 0) == 0 for place in before.values())
        await _limit(kafka_settings, 1_048_588)
        with Worker(kafka_settings, "deadlines", folder=tmp_path):
            records = await eventually(kafka_settings, toys.ALERTS, lambda records: len(records) >= 50)
    assert keys(records) == sorted(names("key-", 50))


async def _limit(settings: RuntimeSettings, max_bytes: int) -> None:
    name = settings.physical(toys.ALERTS)
    async with admin_client(settings) as admin:
        await admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, name, {"max.message.bytes": str(max_bytes)})])


async def test_with_an_external_clock_time_is_what_the_ticks_say(kafka_settings: RuntimeSettings, tmp_path: Path) -> None:
    """Ticks of long ago with exact fences; one that names a policy which nobody published waits and says so."""
    settings = msgspec.structs.replace(kafka_settings, clock="external")
    async with toy_topics(settings):
        async with Publisher(settings) as publisher:
            for number in range(8):
                await publisher.send(toys.CALLS, b"k%d" % number, opened("q", SECOND, (number + 1) * SECOND), partition=number % 4)
            for t in (3 * SECOND, 2 * SECOND, 6 * SECOND):
                for partition in range(4):
                    tick = Tick(t, t, {toys.CALLS: 2, toys.CHATS: 0}, "")
                    await publisher.send(toys.TICKS, None, encode_tick(tick), partition=partition)
        with Worker(settings, "deadlines", folder=tmp_path) as worker:
            records = await eventually(settings, toys.ALERTS, lambda records: len(records) >= 6)
            async with Publisher(settings) as publisher:
                await publisher.send(toys.TICKS, None, encode_tick(Tick(9 * SECOND, 9 * SECOND, {}, "theirs")), partition=1)
            await worker.logged("waits for policy theirs")
    assert keys(records) == names("k", 6)


async def test_ticks_far_from_the_brokers_time_are_refused_and_nothing_fires_early(kafka_settings: RuntimeSettings, tmp_path: Path) -> None:
    async with toy_topics(kafka_settings):
        far = now_us() + OPEN_SECONDS * SECOND
        async with Publisher(kafka_settings) as publisher:
            await publisher.send(toys.CALLS, b"later", opened("q", now_us(), far - SECOND), partition=0)
            await publisher.send(toys.CALLS, b"now", opened("q", now_us(), now_us()), partition=0)
            await publisher.send(toys.TICKS, None, encode_tick(Tick(far, far, {toys.CALLS: 2, toys.CHATS: 0}, "")), partition=0)
        with Worker(kafka_settings, "deadlines", folder=tmp_path) as worker:
            records = await eventually(kafka_settings, toys.ALERTS, lambda records: len(records) >= 1)
            await worker.logged("tick refused (clock)")
    assert keys(records) == [b"now"]


async def test_a_commit_delayed_across_a_rebalance_lands_before_the_group_is_joined_again(kafka_settings: RuntimeSettings, tmp_path: Path) -> None:
    """Without the drain the rebuilt state would miss the commit in flight (runtime facts, §2.8)."""
    fault = tmp_path / "fault.json"
    delayed = {"SLA_FAULT_FILE": str(fault)}
    async with toy_topics(kafka_settings):
        with Worker(kafka_settings, folder=tmp_path, environment=delayed) as worker:
            await publish(kafka_settings, names("a", 20))
            await eventually(kafka_settings, toys.ALERTS, lambda records: len(records) == 20)
            fault.write_text('{"commit_delay_seconds": 2.5}')
            await publish(kafka_settings, names("b", 60))
            await asyncio.sleep(1)
            with Worker(kafka_settings, folder=tmp_path, environment=delayed):
                await publish(kafka_settings, names("c", 60), topic=toys.CHATS)
                await asyncio.sleep(6)
                fault.unlink()
                records = await eventually(kafka_settings, toys.ALERTS, lambda records: len(records) >= 140)
            assert worker.running.poll() is None
    assert keys(records) == sorted(names("a", 20) + names("b", 60) + names("c", 60))


async def test_a_worker_says_when_it_is_ready_what_it_owns_and_how_it_is(kafka_settings: RuntimeSettings, tmp_path: Path) -> None:
    status_file = tmp_path / "status.json"

    async def status(condition: str) -> dict[str, Any]:
        for _ in range(600):
            if status_file.exists():
                said: dict[str, Any] = json.loads(status_file.read_text())
                if condition in str(said["ready"][1]):
                    return said
            await asyncio.sleep(0.05)
        raise AssertionError(f"the worker never said: {condition}")

    async def settled(sample: list[Any]) -> None:
        for _ in range(200):
            if sample in json.loads(status_file.read_text())["samples"]:
                return
            await asyncio.sleep(0.05)
        raise AssertionError(f"never seen: {sample}")

    async with toy_topics(kafka_settings):
        with Worker(kafka_settings, folder=tmp_path, environment={"TOY_STATUS_FILE": str(status_file)}) as worker:
            early = await status("re")
            assert early["ready"][0] is False
            assert early["alive"][0] is True
            await publish(kafka_settings, names("a", 40))
            await eventually(kafka_settings, toys.ALERTS, lambda records: len(records) == 40)
            await settled(["sla_records_published_total", [toys.ALERTS], 40])
            said = await status("ok")
            assert said["ready"] == [True, "ok"]
            assert said["shards"] == [[name, partition] for name in ("deadlines", "totals") for partition in range(4)]
            values = {(name, *labels): value for name, labels, value in said["samples"]}
            assert {name for name, _, _ in said["samples"]} <= set(SAMPLES)
            assert values["sla_records_applied_total", "deadlines"] == 40
            assert values["sla_records_published_total", toys.ALERTS] == 40
            assert values["sla_shard_state", "deadlines", "0", "running"] == 1
            assert 0 < values["sla_decision_lag_seconds", "deadlines", "0"] < 5
            assert values["sla_state_entries", "deadlines", "0"] > 0
            assert values["sla_source_lag_records", toys.CALLS, "1"] == 0
            await settled(["sla_stable_offset_lag_records", [toys.PANES, "1"], 0])  # more than 0 while a transaction is open
            assert values["sla_commit_seconds_count", "deadlines"] == values["sla_commit_seconds_bucket", "deadlines", "+Inf"] > 0
            assert 0 < said["fence_seconds"] < 1
            assert worker.terminate() == 0
