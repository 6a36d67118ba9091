"""How every topic of an application has to be: partitions and settings, as design §4 fixes them."""

from collections.abc import Sequence
from typing import Final

import msgspec

from agents.runtime.settings import ProcessorSpec, RuntimeSettings
from schemas.topics import TOPICS, TopicSpec

MAX_MESSAGE_BYTES: Final = 1_048_588

CHANGELOG_CONFIG: Final = {
    "cleanup.policy": "compact",
    "segment.bytes": str(64 * 1024 * 1024),
    "segment.ms": str(10 * 60 * 1000),
    "min.cleanable.dirty.ratio": "0.1",
    "delete.retention.ms": str(10 * 60 * 1000),
    "max.message.bytes": str(MAX_MESSAGE_BYTES),
}


class TopicPlan(msgspec.Struct, frozen=True):
    """One topic under its name on the cluster. ``strict`` names the settings without which the results would be wrong."""

    name: str
    partitions: int
    config: dict[str, str]
    strict: frozenset[str]


def plan_topic(settings: RuntimeSettings, spec: TopicSpec) -> TopicPlan:
    """The plan of a topic of the topic table."""
    config = {
        "cleanup.policy": spec.cleanup,
        "max.message.bytes": str(MAX_MESSAGE_BYTES),
        "message.timestamp.type": "LogAppendTime" if spec.log_append_time else "CreateTime",
        "retention.ms": "-1" if spec.retention_seconds is None else str(spec.retention_seconds * 1000),
    }
    strict = {"max.message.bytes"} | ({"message.timestamp.type"} if spec.log_append_time else set())
    return TopicPlan(settings.physical(spec.name), settings.partitions, config, frozenset(strict))


def plan_changelog(settings: RuntimeSettings, processor: str) -> TopicPlan:
    """The plan of a processor's state topic: read as state, not as history."""
    return TopicPlan(settings.changelog(processor), settings.partitions, dict(CHANGELOG_CONFIG), frozenset({"cleanup.policy", "max.message.bytes"}))


def plan_all(settings: RuntimeSettings, processors: Sequence[str], table: Sequence[TopicSpec] = TOPICS) -> list[TopicPlan]:
    """Every topic of an application."""
    return [*(plan_topic(settings, spec) for spec in table), *(plan_changelog(settings, name) for name in processors)]


def plan_worker(settings: RuntimeSettings, specs: Sequence[ProcessorSpec], table: Sequence[TopicSpec] = TOPICS) -> list[TopicPlan]:
    """What the given processors read, write and keep; topics outside the table are planned by their partitions alone."""
    known = {spec.name: spec for spec in table}
    plans = []
    for name in dict.fromkeys(topic for spec in specs for topic in (*spec.topics, *spec.outputs)):
        if name in known:
            plans.append(plan_topic(settings, known[name]))
        else:
            plans.append(TopicPlan(settings.physical(name), settings.partitions, {}, frozenset()))
    return [*plans, *(plan_changelog(settings, spec.name) for spec in specs)]
