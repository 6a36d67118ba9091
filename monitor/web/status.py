"""The status page as JSON: the same values as ``/metrics``, arranged for a person or a script."""

from collections.abc import Iterable
from typing import Final

import msgspec

from monitor.metrics.names import MetricName
from monitor.processing import Sample
from monitor.web.view import About
from schemas.instants import SECOND, format_instant

OF_QUEUES: Final[frozenset[MetricName]] = frozenset(
    {
        "sla_queue_waiting_contacts",
        "sla_queue_oldest_wait_seconds",
        "sla_queue_volume_contacts",
        "sla_service_level_ratio",
        "sla_indicator_value",
    }
)
OF_SHARDS: Final[frozenset[MetricName]] = frozenset({"sla_shard_state", "sla_watermark_timestamp_seconds", "sla_decision_lag_seconds"})


class ShardStatus(msgspec.Struct, kw_only=True):
    """One owned shard: its state, the instant it has judged, and how far that is behind the clock."""

    processor: str
    partition: int
    state: str = "unknown"
    t: str | None = None
    decision_lag_seconds: float | None = None


class QueueStatus(msgspec.Struct, kw_only=True):
    """One queue: who waits now, and ``service_level.<window>.<definition>.<seconds>`` as shares 0-1."""

    waiting: int = 0
    oldest_wait_seconds: float | None = None
    offered: dict[str, int] = {}
    service_level: dict[str, dict[str, dict[str, float]]] = {}
    indicators: dict[str, dict[str, float]] = {}


class Status(msgspec.Struct, kw_only=True):
    """The whole page; ``lag`` is records per topic that owned shards have not applied."""

    about: About
    ready: bool
    reason: str | None
    shards: list[ShardStatus]
    lag: dict[str, int]
    breaches_open: int
    objectives_breached: list[str]
    dead_letters: int
    queues: dict[str, QueueStatus]


def status_of(about: About, not_ready: str | None, samples: Iterable[Sample]) -> Status:
    """Arrange the samples of one moment."""
    status = Status(
        about=about,
        ready=not_ready is None,
        reason=not_ready,
        shards=[],
        lag={},
        breaches_open=0,
        objectives_breached=[],
        dead_letters=0,
        queues={},
    )
    shards: dict[tuple[str, str], ShardStatus] = {}
    for sample in samples:
        if sample.name in OF_QUEUES:
            _queue(status.queues, sample)
        elif sample.name in OF_SHARDS:
            _shard(shards, sample)
        else:
            _total(status, sample)
    status.shards = [shards[key] for key in sorted(shards, key=lambda key: (key[0], int(key[1])))]
    status.queues = dict(sorted(status.queues.items()))
    status.objectives_breached.sort()
    return status


def _total(status: Status, sample: Sample) -> None:
    match sample.name:
        case "sla_breaches_open":
            status.breaches_open += int(sample.value)
        case "sla_events_rejected_total":
            status.dead_letters += int(sample.value)
        case "sla_source_lag_records":
            status.lag[sample.labels[0]] = status.lag.get(sample.labels[0], 0) + int(sample.value)
        case "sla_objective_breached" if sample.value:
            status.objectives_breached.append(" ".join(filter(None, sample.labels)))
        case _:
            return


def _shard(shards: dict[tuple[str, str], ShardStatus], sample: Sample) -> None:
    processor, partition, *rest = sample.labels
    shard = shards.setdefault((processor, partition), ShardStatus(processor=processor, partition=int(partition)))
    if sample.name == "sla_shard_state":
        shard.state = rest[0] if sample.value else shard.state
    elif sample.name == "sla_decision_lag_seconds":
        shard.decision_lag_seconds = sample.value
    elif sample.value:
        shard.t = format_instant(int(sample.value * SECOND))


def _queue(queues: dict[str, QueueStatus], sample: Sample) -> None:
    name, *rest = sample.labels
    queue = queues.setdefault(name, QueueStatus())
    match sample.name, rest:
        case "sla_queue_waiting_contacts", []:
            queue.waiting = int(sample.value)
        case "sla_queue_oldest_wait_seconds", []:
            queue.oldest_wait_seconds = sample.value
        case "sla_queue_volume_contacts", [window]:
            queue.offered = {**queue.offered, window: int(sample.value)}
        case "sla_service_level_ratio", [definition, threshold, window]:
            queue.service_level.setdefault(window, {}).setdefault(definition, {})[threshold] = sample.value
        case "sla_indicator_value", [indicator, window]:
            queue.indicators.setdefault(window, {})[indicator] = sample.value
        case _:
            return
