"""Create and verify topics: a list of named differences, and one clear sentence where a worker may not start."""

import asyncio
import logging
from collections.abc import Sequence
from typing import Any

import msgspec
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import KafkaError, for_code

from agents.runtime.connection import admin_client, unreachable
from agents.runtime.settings import ProcessorSpec, RuntimeSettings
from agents.runtime.topic_plan import TopicPlan, plan_topic, plan_worker
from monitor.errors import BrokerError
from schemas.topics import TOPICS, TopicSpec

log = logging.getLogger("sla.runtime")

ALREADY_EXISTS = 36
MISSING = "exists"
KNOWN_TRIES = 100
KNOWN_PAUSE_SECONDS = 0.1


class Difference(msgspec.Struct, frozen=True):
    """One way in which a topic is not as planned; ``what`` is ``exists``, ``partitions`` or the name of a setting."""

    topic: str
    what: str
    expected: str
    found: str
    fatal: bool

    def __str__(self) -> str:
        if self.what == MISSING:
            return f"topic {self.topic} is missing"
        return f"topic {self.topic}: {self.what} is {self.found}, expected {self.expected}"


async def create_topics(settings: RuntimeSettings, plans: Sequence[TopicPlan]) -> list[str]:
    """Create what is missing; returns the names that were created. Existing topics are left as they are."""
    async with admin_client(settings) as admin:
        new = [NewTopic(plan.name, plan.partitions, settings.replication_factor, topic_configs=plan.config) for plan in plans]
        response = await _ask(settings, admin.create_topics(new))
    created = []
    for name, code, text in response.topic_errors:
        if code == 0:
            created.append(name)
        elif code != ALREADY_EXISTS:
            raise BrokerError(f"topic {name} could not be created: {text or for_code(code).__name__}")
    await _until_known(settings, [plan for plan in plans if plan.name in created])
    return created


async def _until_known(settings: RuntimeSettings, plans: Sequence[TopicPlan]) -> None:
    """A created topic is the controller's first; wait until the broker that clients ask knows it too."""
    async with admin_client(settings) as admin:
        for _ in range(KNOWN_TRIES):
            counts = await _partition_counts(settings, admin, plans)
            if all(counts.get(plan.name) for plan in plans):
                return
            await asyncio.sleep(KNOWN_PAUSE_SECONDS)
    raise BrokerError(f"{settings.bootstrap} does not show the topics that it has created; try again")


async def differences(settings: RuntimeSettings, plans: Sequence[TopicPlan]) -> list[Difference]:
    """Every way in which the topics are not as planned, in the order of the plans."""
    async with admin_client(settings) as admin:
        counts = await _partition_counts(settings, admin, plans)
        there = [plan for plan in plans if counts.get(plan.name)]
        configs = await _configs(settings, admin, there)
    found: list[Difference] = []
    for plan in plans:
        count = counts.get(plan.name, 0)
        if not count:
            found.append(Difference(plan.name, MISSING, "yes", "no", True))
            continue
        if count != plan.partitions:
            found.append(Difference(plan.name, "partitions", str(plan.partitions), str(count), True))
        found.extend(_config_differences(plan, configs.get(plan.name, {})))
    return found


def _config_differences(plan: TopicPlan, actual: dict[str, str]) -> list[Difference]:
    found = []
    for key, expected in plan.config.items():
        value = actual.get(key, "")
        enough = key in ("max.message.bytes", "retention.ms") and value.lstrip("-").isdigit() and _at_least(int(value), int(expected))
        if value != expected and not enough:
            found.append(Difference(plan.name, key, expected, value, key in plan.strict))
    return found


def _at_least(value: int, expected: int) -> bool:
    """Sizes and retentions may be larger; -1 is for ever."""
    return value == -1 or (expected != -1 and value >= expected)


async def require_topics(settings: RuntimeSettings, specs: Sequence[ProcessorSpec], table: Sequence[TopicSpec] = TOPICS) -> None:
    """Raise BrokerError unless a worker can run these processors; lesser differences are logged."""
    await _require(settings, plan_worker(settings, specs, table))


async def require_written_topics(settings: RuntimeSettings, topics: Sequence[str], table: Sequence[TopicSpec] = TOPICS) -> None:
    """Raise BrokerError unless a publisher can write to these topics of the table."""
    await _require(settings, [plan_topic(settings, spec) for spec in table if spec.name in topics])


async def _require(settings: RuntimeSettings, plans: Sequence[TopicPlan]) -> None:
    found = await differences(settings, plans)
    fatal = [difference for difference in found if difference.fatal]
    missing = [difference.topic for difference in fatal if difference.what == MISSING]
    if missing:
        raise BrokerError(f"topics are missing at {settings.bootstrap}: {', '.join(missing)}; create them with: sla-monitor topics --create")
    if fatal:
        raise BrokerError("; ".join(map(str, fatal)) + "; see: sla-monitor topics")
    for difference in found:
        log.warning("%s", difference)


async def delete_topics(settings: RuntimeSettings, names: Sequence[str]) -> None:
    """Delete topics that exist; used by tests and the demo to leave nothing behind."""
    async with admin_client(settings) as admin:
        await _ask(settings, admin.delete_topics(list(names)))


async def _ask(settings: RuntimeSettings, request: Any) -> Any:
    try:
        return await request
    except (KafkaError, OSError) as error:
        raise unreachable(settings, error) from error


async def _partition_counts(settings: RuntimeSettings, admin: AIOKafkaAdminClient, plans: Sequence[TopicPlan]) -> dict[str, int]:
    described = await _ask(settings, admin.describe_topics([plan.name for plan in plans]))
    return {topic["topic"]: len(topic["partitions"]) for topic in described if topic["error_code"] == 0}


async def _configs(settings: RuntimeSettings, admin: AIOKafkaAdminClient, plans: Sequence[TopicPlan]) -> dict[str, dict[str, str]]:
    if not plans:
        return {}
    resources = [ConfigResource(ConfigResourceType.TOPIC, plan.name) for plan in plans]
    answers = await _ask(settings, admin.describe_configs(resources))
    return {resource[3]: {entry[0]: entry[1] for entry in resource[4]} for answer in answers for resource in answer.resources}
