"""Policy versions on a real topic: who appends holds the topic, so several that start together write what each of them needs once."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from agents.policies import append_policy, read_policies
from agents.reader import read_topics
from agents.runtime.settings import RuntimeSettings
from agents.runtime.topic_plan import plan_topic
from agents.runtime.topics import create_topics, delete_topics
from monitor.policy.book import Policies
from schemas.policies import PolicyRecord
from schemas.topics import POLICIES, TOPICS

pytestmark = pytest.mark.broker


@pytest.fixture
async def policies_topic(kafka_settings: RuntimeSettings) -> AsyncIterator[RuntimeSettings]:
    plan = plan_topic(kafka_settings, next(spec for spec in TOPICS if spec.name == POLICIES))
    await create_topics(kafka_settings, [plan])
    yield kafka_settings
    await delete_topics(kafka_settings, [plan.name])


async def append(settings: RuntimeSettings, version: str) -> Policies:
    record = PolicyRecord(version=version, yaml="clocks: {}")
    return await append_policy(settings, lambda known: None if version in known else record)


async def test_four_that_start_together_with_one_policy_write_it_once(policies_topic: RuntimeSettings) -> None:
    books = await asyncio.gather(*(append(policies_topic, "v1") for _ in range(4)))
    assert all("v1" in book for book in books)
    assert [record.key for record in (await read_topics(policies_topic, [POLICIES]))[POLICIES]] == [b"v1"]


async def test_three_that_start_together_with_policies_of_their_own_write_all_of_them(policies_topic: RuntimeSettings) -> None:
    await asyncio.gather(*(append(policies_topic, version) for version in ("v1", "v2", "v3")))
    known = await read_policies(policies_topic)
    assert all(version in known for version in ("v1", "v2", "v3"))
