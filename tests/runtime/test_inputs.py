"""What upstream may send: every codec, the largest records, rubbish, sources far ahead of each other, logs that lost records."""

import asyncio
from pathlib import Path

import msgspec
import pytest
from aiokafka.admin.records_to_delete import RecordsToDelete
from aiokafka.structs import TopicPartition
from confluent_kafka import Producer

from agents.publisher import Publisher
from agents.runtime.connection import admin_client
from agents.runtime.exits import Exit
from agents.runtime.settings import RuntimeSettings
from agents.runtime.ticks import encode_tick
from agents.runtime.topic_plan import plan_all
from agents.runtime.topics import create_topics, delete_topics
from monitor.deadletters import read_dead_letter
from schemas.instants import SECOND
from schemas.ticks import Tick
from schemas.topics import DEAD_LETTERS
from tests.chaos.replay import committed_positions
from tests.runtime import toys
from tests.runtime.harness import TOY_TOPICS, Worker, eventually, keys, now_us, opened, toy_topics
from tests.runtime.toy_worker import SPECS

pytestmark = [pytest.mark.broker, pytest.mark.slow]

CODECS = ("none", "gzip", "snappy", "lz4", "zstd")
FAR_AHEAD = 1_000_000
LARGEST_VALUE_BYTES = 1_048_588 - 200


def _confluent(settings: RuntimeSettings, codec: str) -> list[bytes]:
    """One batch of fifty keys by librdkafka, as another team would send them."""
    producer = Producer(
        {
            "bootstrap.servers": settings.bootstrap,
            "compression.type": codec,
            "partitioner": "murmur2_random",
            "linger.ms": 50,
            "message.max.bytes": 2_000_000,
        }
    )
    sent = [f"{codec}-{number}".encode() for number in range(50)]
    for key in sent:
        producer.produce(settings.physical(toys.CALLS), key=key, value=opened("q", now_us(), now_us()), headers=[("ce_id", key), ("null", None)])
    assert producer.flush(20) == 0
    return sent


async def test_every_codec_the_largest_record_and_rubbish(kafka_settings: RuntimeSettings, tmp_path: Path) -> None:
    """Compressed batches are read; what the contract refuses becomes a bounded dead letter; the worker lives and judges on."""
    async with toy_topics(kafka_settings):
        sent = [key for codec in CODECS for key in await asyncio.to_thread(_confluent, kafka_settings, codec)]
        async with Publisher(msgspec.structs.replace(kafka_settings, producer_batch_bytes=1_048_576)) as publisher:
            for topic in (toys.CALLS, toys.CHATS):
                await publisher.send(topic, b"large", b"x" * LARGEST_VALUE_BYTES)
                await publisher.flush()
                await publisher.send(topic, b"bad", b"\xc1", [("ce_type", b"nonsense")])
                await publisher.flush()
        with Worker(kafka_settings, "deadlines", folder=tmp_path) as worker:
            alerts = await eventually(kafka_settings, toys.ALERTS, lambda records: len(records) >= len(sent))
            letters = await eventually(kafka_settings, DEAD_LETTERS, lambda records: len(records) >= 4)
            assert worker.terminate() == 0
    assert keys(alerts) == sorted(sent)
    found = sorted((letter.reason, letter.topic, letter.length) for letter in (read_dead_letter(record.value or b"") for record in letters))
    assert found == [
        ("malformed", toys.CALLS, 1),
        ("malformed", toys.CHATS, 1),
        ("too_large", toys.CALLS, LARGEST_VALUE_BYTES),
        ("too_large", toys.CHATS, LARGEST_VALUE_BYTES),
    ]


async def test_a_source_a_million_records_ahead_does_not_stop_the_one_behind(kafka_settings: RuntimeSettings, tmp_path: Path) -> None:
    """The fence of the first tick needs one late call; a million chats beyond it wait in the log, not in memory."""
    settings = msgspec.structs.replace(kafka_settings, clock="external", buffer_limit_bytes=3_000_000)
    note = toys.encode(["note", "q", 0, 0])
    async with toy_topics(settings):
        async with Publisher(settings) as publisher:
            for _ in range(FAR_AHEAD):
                await publisher.send(toys.CHATS, b"c", note, partition=0)
            await publisher.send(toys.TICKS, None, encode_tick(Tick(SECOND, SECOND, {toys.CALLS: 1, toys.CHATS: 0}, "")), partition=0)
        with Worker(settings, "deadlines", folder=tmp_path) as worker:
            await asyncio.sleep(6)
            async with Publisher(settings) as publisher:
                await publisher.send(toys.CALLS, b"late", opened("q", 0, SECOND), partition=0)
            records = await eventually(settings, toys.ALERTS, lambda records: len(records) == 1, within_seconds=20)
            resident_kb = _resident_kb(worker)
            async with Publisher(settings) as publisher:
                tick = Tick(2 * SECOND, 2 * SECOND, {toys.CALLS: 1, toys.CHATS: 60_000}, "")
                await publisher.send(toys.TICKS, None, encode_tick(tick), partition=0)
            for _ in range(200):
                place = (await committed_positions(settings, SPECS["deadlines"])).get(0)
                if place is not None and place.next.get(toys.CHATS) == 60_000:
                    break
                await asyncio.sleep(0.3)
            else:
                raise AssertionError("the second fence was never reached")
    assert keys(records) == [b"late"]
    assert resident_kb < 250_000


def _resident_kb(worker: Worker) -> int:
    lines = Path(f"/proc/{worker.running.pid}/status").read_text().splitlines()
    return int(next(line for line in lines if "VmRSS" in line).split()[1])


async def test_a_truncated_source_is_refused_by_name_and_accepted_only_on_request(kafka_settings: RuntimeSettings, tmp_path: Path) -> None:
    async with toy_topics(kafka_settings):
        await _send(kafka_settings, 0, 20)
        with Worker(kafka_settings, "deadlines", folder=tmp_path) as worker:
            await eventually(kafka_settings, toys.ALERTS, lambda records: len(records) == 20)
            assert worker.terminate() == 0
        await _send(kafka_settings, 20, 50)
        async with admin_client(kafka_settings) as admin:
            await admin.delete_records({TopicPartition(kafka_settings.physical(toys.CALLS), 0): RecordsToDelete(before_offset=45)})
        with Worker(kafka_settings, "deadlines", folder=tmp_path) as worker:
            assert worker.exit_code() == Exit.TRUNCATED
            assert f"{toys.CALLS}, partition 0: positions 20 to 44 are gone" in worker.log()
        with Worker(msgspec.structs.replace(kafka_settings, accept_gap=True), "deadlines", folder=tmp_path) as worker:
            records = await eventually(kafka_settings, toys.ALERTS, lambda records: len(records) >= 25)
            assert "gap accepted" in worker.log()
    assert keys(records) == sorted(b"t%d" % number for number in [*range(20), *range(45, 50)])


async def _send(settings: RuntimeSettings, first: int, end: int) -> None:
    async with Publisher(settings) as publisher:
        for number in range(first, end):
            await publisher.send(toys.CALLS, b"t%d" % number, opened("q", now_us(), now_us()), partition=0)


async def test_a_truncated_tick_topic_loses_nothing(kafka_settings: RuntimeSettings, tmp_path: Path) -> None:
    async with toy_topics(kafka_settings):
        await _send(kafka_settings, 0, 5)
        with Worker(kafka_settings, "deadlines", folder=tmp_path) as worker:
            await eventually(kafka_settings, toys.ALERTS, lambda records: len(records) == 5)
            assert worker.terminate() == 0
        ticks = TopicPartition(kafka_settings.physical(toys.TICKS), 0)
        async with Publisher(kafka_settings) as publisher:
            for number in range(3):
                await publisher.send(toys.TICKS, None, encode_tick(Tick(number, number, {}, "")), partition=0)
            end = (await publisher.ends())[toys.TICKS, 0]
        async with admin_client(kafka_settings) as admin:
            await admin.delete_records({ticks: RecordsToDelete(before_offset=end)})
        await _send(kafka_settings, 5, 10)
        with Worker(kafka_settings, "deadlines", folder=tmp_path):
            records = await eventually(kafka_settings, toys.ALERTS, lambda records: len(records) >= 10)
    assert keys(records) == [b"t%d" % number for number in range(10)]


async def test_a_source_that_was_made_anew_is_another_log(kafka_settings: RuntimeSettings, tmp_path: Path) -> None:
    """The state has applied positions that the new topic does not have yet: going on would skip its first records."""
    async with toy_topics(kafka_settings):
        await _send(kafka_settings, 0, 20)
        with Worker(kafka_settings, "deadlines", folder=tmp_path) as worker:
            await eventually(kafka_settings, toys.ALERTS, lambda records: len(records) == 20)
            assert worker.terminate() == 0
        await delete_topics(kafka_settings, [kafka_settings.physical(toys.CALLS)])
        await asyncio.sleep(1)
        await create_topics(kafka_settings, plan_all(kafka_settings, (), TOY_TOPICS))
        with Worker(kafka_settings, "deadlines", folder=tmp_path) as worker:
            assert worker.exit_code() == Exit.TRUNCATED
            assert "this is another log" in worker.log()


async def test_a_source_of_rubbish_alarms_and_stops_the_worker_where_that_is_asked_for(kafka_settings: RuntimeSettings, tmp_path: Path) -> None:
    settings = msgspec.structs.replace(kafka_settings, bad_minimum=20, bad_share_ratio=0.2)
    async with toy_topics(settings):
        async with Publisher(settings) as publisher:
            for _ in range(40):
                await publisher.send(toys.CHATS, b"k", b"\xc1", partition=2)
        with Worker(msgspec.structs.replace(settings, stop_on_bad_share=True), "deadlines", folder=tmp_path) as worker:
            assert worker.exit_code() == Exit.BAD_SHARE
            assert f"100.0% of the last records of {toys.CHATS}/2 were refused" in worker.log()
        letters = await eventually(settings, DEAD_LETTERS, lambda records: len(records) >= 40)
    assert len(letters) == 40
