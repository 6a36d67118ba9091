"""Topics: created as planned, every difference named, and a worker that does not start on wrong ones."""

import asyncio

import msgspec
import pytest
from aiokafka.admin import NewTopic

from agents.broker import free_port
from agents.publisher import Publisher
from agents.reader import follow, read_topics
from agents.runtime.connection import admin_client
from agents.runtime.settings import RuntimeSettings
from agents.runtime.topic_plan import plan_all
from agents.runtime.topics import create_topics, delete_topics, differences, require_topics
from monitor.errors import BrokerError
from schemas.topics import TOPICS
from tests.runtime import toys
from tests.runtime.harness import TOY_TOPICS, toy_topics
from tests.runtime.toy_worker import SPECS

pytestmark = pytest.mark.broker


async def test_created_topics_are_as_planned(kafka_settings: RuntimeSettings) -> None:
    plans = plan_all(kafka_settings, ("contacts", "queues"))
    try:
        assert await differences(kafka_settings, plans) != []
        created = await create_topics(kafka_settings, plans)
        assert sorted(created) == sorted(plan.name for plan in plans)
        assert len(plans) == len(TOPICS) + 2
        await asyncio.sleep(0.5)
        assert await differences(kafka_settings, plans) == []
        assert await create_topics(kafka_settings, plans) == []
    finally:
        await delete_topics(kafka_settings, [plan.name for plan in plans])


async def test_every_difference_is_named(kafka_settings: RuntimeSettings) -> None:
    settings = kafka_settings
    plans = plan_all(settings, ("contacts",))
    calls, ticks = settings.physical("sla.calls"), settings.physical("sla.contacts-ticks")
    async with admin_client(settings) as admin:
        await admin.create_topics(
            [
                NewTopic(calls, 3, 1, topic_configs={"max.message.bytes": "1000", "retention.ms": "-1"}),
                NewTopic(ticks, 4, 1, topic_configs={"retention.ms": "1000"}),
                NewTopic(settings.changelog("contacts"), 4, 1),
            ]
        )
    await asyncio.sleep(0.5)
    try:
        texts = [str(difference) for difference in await differences(settings, plans)]
        assert f"topic {calls}: partitions is 3, expected 4" in texts
        assert f"topic {calls}: max.message.bytes is 1000, expected 1048588" in texts
        assert f"topic {ticks}: message.timestamp.type is CreateTime, expected LogAppendTime" in texts
        assert f"topic {ticks}: retention.ms is 1000, expected 86400000" in texts
        assert f"topic {settings.changelog('contacts')}: cleanup.policy is delete, expected compact" in texts
        assert f"topic {settings.physical('sla.alerts')} is missing" in texts
        assert not any(text.startswith(f"topic {calls}: retention") for text in texts)
    finally:
        await delete_topics(settings, [calls, ticks, settings.changelog("contacts")])


async def test_a_worker_is_told_in_one_sentence_what_is_missing_or_wrong(kafka_settings: RuntimeSettings) -> None:
    specs = list(SPECS.values())
    with pytest.raises(BrokerError, match=r"topics are missing at .*toy\.calls.*sla-monitor topics --create"):
        await require_topics(kafka_settings, specs, TOY_TOPICS)
    async with toy_topics(kafka_settings):
        await require_topics(kafka_settings, specs, TOY_TOPICS)
        with pytest.raises(BrokerError, match="partitions is 4, expected 8"):
            await require_topics(msgspec.structs.replace(kafka_settings, partitions=8), specs, TOY_TOPICS)


async def test_an_unreachable_broker_is_one_sentence() -> None:
    settings = RuntimeSettings(bootstrap=f"127.0.0.1:{free_port()}")
    with pytest.raises(BrokerError, match=r"no Kafka broker answers at 127\.0\.0\.1"):
        await require_topics(settings, list(SPECS.values()))
    with pytest.raises(BrokerError, match="no Kafka broker answers"):
        async with Publisher(settings):
            pass


async def test_what_is_published_is_read_back_in_order(kafka_settings: RuntimeSettings) -> None:
    async with toy_topics(kafka_settings):
        async with Publisher(kafka_settings) as publisher:
            for number in range(3000):
                await publisher.send(
                    toys.CALLS, b"k%d" % (number % 7), b"%d" % number, [("h", b"v")], timestamp_at=1_600_000_000_000_000 + number * 1000
                )
            ends = await publisher.ends()
        records = (await read_topics(kafka_settings, [toys.CALLS]))[toys.CALLS]
        assert sum(ends.values()) == len(records) == 3000
        for key in {record.key for record in records}:
            values = [int(record.value or b"") for record in records if record.key == key]
            assert values == sorted(values)
        assert records[0].headers == (("h", b"v"),)
        assert records[0].timestamp_at == 1_600_000_000_000_000 + int(records[0].value or b"") * 1000
        seen = 0
        async for _ in follow(kafka_settings, [toys.CALLS]):
            seen += 1
            if seen == 3000:
                break


async def test_a_record_that_the_topic_refuses_is_an_error_of_the_publisher(kafka_settings: RuntimeSettings) -> None:
    async with toy_topics(kafka_settings):
        big = msgspec.structs.replace(kafka_settings, producer_batch_bytes=2_000_000)
        with pytest.raises(BrokerError, match="were not accepted"):
            async with Publisher(big) as publisher:
                await publisher.send(toys.CALLS, b"k", b"x" * 1_500_000)
        with pytest.raises(BrokerError, match="is missing"):
            await read_topics(kafka_settings, ["nowhere"])
