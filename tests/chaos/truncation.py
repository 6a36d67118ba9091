"""A source that lost records which were never applied: the worker names them and stops; only an operator lets it go on."""

import asyncio
import re
import subprocess
import time
import uuid
from pathlib import Path

import msgspec
from aiokafka.admin.records_to_delete import RecordsToDelete
from aiokafka.structs import TopicPartition

from agents.publisher import Publisher
from agents.runtime.connection import admin_client
from agents.runtime.exits import Exit
from agents.runtime.settings import RuntimeSettings
from agents.runtime.topic_plan import plan_all
from agents.runtime.topics import create_topics, delete_topics
from tests.chaos.replay import committed_positions
from tests.chaos.scenario import Scenario
from tests.runtime.harness import now_us

APPLIED_STEPS, LOST_STEPS = 30, 60


async def truncate_source(base: RuntimeSettings, scenario: Scenario, folder: Path) -> int:
    """Delete records before they are applied; returns how often the worker refused to go on silently (1, or 0 when it did not)."""
    run = uuid.uuid4().hex[:8]
    settings = msgspec.structs.replace(base, application_id=f"truncated-{run}", topic_prefix=f"truncated-{run}.")
    plans = plan_all(settings, [spec.name for spec in scenario.specs], scenario.topics)
    await create_topics(settings, plans)
    try:
        return await _truncate(settings, scenario, folder)
    finally:
        await delete_topics(settings, [plan.name for plan in plans])


async def _truncate(settings: RuntimeSettings, scenario: Scenario, folder: Path) -> int:
    spec = scenario.specs[0]
    await scenario.begin(settings)
    async with Publisher(settings) as publisher:
        await _publish(publisher, scenario, APPLIED_STEPS)
        worker = _start(settings, scenario, folder)
        try:
            await _applied(settings, scenario, await publisher.ends())
        finally:
            worker.terminate()
            await asyncio.to_thread(worker.wait, 20)
        await _publish(publisher, scenario, LOST_STEPS)
        ends = await publisher.ends()
    topic, partition = max((place for place in ends if place[0] in spec.sources), key=lambda place: ends[place])
    applied = (await committed_positions(settings, spec))[partition].next[topic]
    assert applied < ends[topic, partition], "nothing was left to lose"
    async with admin_client(settings) as admin:
        await admin.delete_records({TopicPartition(settings.physical(topic), partition): RecordsToDelete(before_offset=ends[topic, partition])})
    refused = _start(settings, scenario, folder)
    code = await asyncio.to_thread(refused.wait, 60)
    text = (folder / "truncated.log").read_text()
    named = re.search(rf"{re.escape(topic)}, partition {partition}: positions {applied} to {ends[topic, partition] - 1} are gone", text)
    return int(code == Exit.TRUNCATED and named is not None)


async def _publish(publisher: Publisher, scenario: Scenario, steps: int) -> None:
    for _ in range(steps):
        await scenario.publish(publisher, now_us())
    await publisher.flush()


async def _applied(settings: RuntimeSettings, scenario: Scenario, ends: dict[tuple[str, int], int]) -> None:
    until = time.monotonic() + 60
    spec = scenario.specs[0]
    while time.monotonic() < until:
        positions = await committed_positions(settings, spec)
        if all(partition in positions and positions[partition].next.get(topic, 0) >= end for (topic, partition), end in ends.items()):
            return
        await asyncio.sleep(0.5)
    raise AssertionError("the worker did not apply what was published within 60 s")


def _start(settings: RuntimeSettings, scenario: Scenario, folder: Path) -> "subprocess.Popen[bytes]":
    with (folder / "truncated.log").open("ab") as log:
        return subprocess.Popen(scenario.command(settings, folder), stdout=log, stderr=log)
