"""The runtime's own values for ``/metrics``, by the names and label orders of the metric catalogue."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

from agents.runtime.counters import COMMIT_EDGES_SECONDS, ProcessorCounters
from agents.runtime.health import Health
from agents.runtime.shard import Shard
from monitor.processing import Sample
from schemas.instants import SECOND, Instant

Ends = Callable[[str, int], tuple[int | None, int | None]]
"""Logical topic and partition to (high watermark, last stable offset), None where not known yet."""


def shard_samples(shards: Sequence[Shard], now: Instant, ends: Ends) -> Iterable[Sample]:
    """Values of owned shards."""
    for shard in shards:
        place = (shard.spec.name, str(shard.partition))
        if shard.gate is not None and shard.positions.judged_at:
            yield Sample("sla_watermark_timestamp_seconds", place, shard.positions.judged_at / SECOND)
            yield Sample("sla_decision_lag_seconds", place, max(0.0, (now - shard.positions.judged_at) / SECOND))
        yield Sample("sla_shard_state", (*place, "halted" if shard.halted else "running"), 1)
        yield Sample("sla_shard_inbox_bytes", place, shard.inbox.size_bytes)
        yield Sample("sla_state_bytes", place, shard.state.size_bytes)
        yield Sample("sla_state_entries", place, len(shard.state.values))
        yield from _source_samples(shard, ends)


def _source_samples(shard: Shard, ends: Ends) -> Iterable[Sample]:
    for topic in shard.spec.sources:
        yield Sample("sla_bad_share_ratio", (topic,), shard.rejects.share.ratio(topic))
        end, stable = ends(topic, shard.partition)
        place = (topic, str(shard.partition))
        if end is not None:
            yield Sample("sla_source_lag_records", place, max(0, end - shard.positions.next.get(topic, 0)))
            if stable is not None:
                yield Sample("sla_stable_offset_lag_records", place, max(0, end - stable))


def worker_samples(counters: Mapping[str, ProcessorCounters], shards: Sequence[Shard], health: Health) -> Iterable[Sample]:
    """Totals of this worker and its last recovery."""
    rejects: Counter[tuple[str, ...]] = Counter()
    published: Counter[tuple[str, ...]] = Counter()
    refused: Counter[tuple[str, ...]] = Counter()
    gaps: Counter[tuple[str, ...]] = Counter()
    for name, totals in counters.items():
        yield Sample("sla_records_applied_total", (name,), totals.applied)
        yield Sample("sla_processing_seconds_sum", (name,), totals.processing_seconds)
        yield Sample("sla_processing_seconds_count", (name,), totals.applied)
        yield from _commit_samples(name, totals)
        rejects.update(totals.rejects)
        published.update({(topic,): count for topic, count in totals.published.items()})
        refused.update({(reason,): count for reason, count in totals.ticks_refused.items()})
        gaps.update({(topic,): count for topic, count in totals.gaps_accepted.items()})
    yield from _totals("sla_events_rejected_total", rejects)
    yield from _totals("sla_records_published_total", published)
    yield from _totals("sla_ticks_refused_total", refused)
    yield from _totals("sla_gaps_accepted_total", gaps)
    yield Sample("sla_recovery_seconds", (), health.recovery_seconds)
    yield Sample("sla_recovered_records", (), sum(shard.state.recovered for shard in shards))


def _totals(name: str, counter: "Counter[tuple[str, ...]]") -> Iterable[Sample]:
    return (Sample(name, labels, count) for labels, count in sorted(counter.items()))


def _commit_samples(name: str, totals: ProcessorCounters) -> Iterable[Sample]:
    cumulative = 0
    for edge, count in zip([*map(str, COMMIT_EDGES_SECONDS), "+Inf"], totals.commit_buckets, strict=True):
        cumulative += count
        yield Sample("sla_commit_seconds_bucket", (name, edge), cumulative)
    yield Sample("sla_commit_seconds_sum", (name,), totals.commit_seconds)
    yield Sample("sla_commit_seconds_count", (name,), totals.commits)
