"""The runtime on a real broker with workers that are really killed (design §4; R-numbers are the product's, here only mechanism)."""

import asyncio
from pathlib import Path

import msgspec
import pytest
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from agents.publisher import Publisher
from agents.reader import read_topics
from agents.runtime.connection import admin_client
from agents.runtime.exits import Exit
from agents.runtime.settings import RuntimeSettings
from agents.runtime.ticks import encode_tick
from monitor.deadletters import read_dead_letter
from schemas.instants import SECOND
from schemas.ticks import Tick
from schemas.topics import DEAD_LETTERS
from tests.chaos.replay import committed_positions
from tests.runtime import toys
from tests.runtime.harness import Worker, eventually, keys, now_us, opened, toy_topics
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
    assert (letter.reason, letter.topic, letter.partition, letter.key) == ("processor_error", toys.CALLS, 0, b"bad")


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
    """Ticks of long ago with exact fences; another policy's tick stops the worker with both hashes in its last words."""
    settings = msgspec.structs.replace(kafka_settings, clock="external", policy_hash="ours")
    async with toy_topics(settings):
        async with Publisher(settings) as publisher:
            for number in range(8):
                await publisher.send(toys.CALLS, b"k%d" % number, opened("q", SECOND, (number + 1) * SECOND), partition=number % 4)
            for t in (3 * SECOND, 2 * SECOND, 6 * SECOND):
                for partition in range(4):
                    tick = Tick(t, t, {toys.CALLS: 2, toys.CHATS: 0}, "ours")
                    await publisher.send(toys.TICKS, None, encode_tick(tick), partition=partition)
        with Worker(settings, "deadlines", folder=tmp_path) as worker:
            records = await eventually(settings, toys.ALERTS, lambda records: len(records) >= 6)
            async with Publisher(settings) as publisher:
                await publisher.send(toys.TICKS, None, encode_tick(Tick(9 * SECOND, 9 * SECOND, {}, "theirs")), partition=1)
            assert worker.exit_code() == Exit.OTHER_POLICY
            assert "policy theirs" in worker.log()
            assert "policy ours" in worker.log()
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
