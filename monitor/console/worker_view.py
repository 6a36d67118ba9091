"""A running worker as its web pages see it: samples of its processors and of the runtime, by the names of the metric catalogue."""

import platform
from collections.abc import Iterable, Iterator

from agents.runtime.lags import lags
from agents.runtime.runtime import Runtime
from agents.runtime.shard import Shard
from agents.runtime.wall_clock import wall_clock
from monitor import __version__
from monitor.metrics.lifetime import translated
from monitor.metrics.names import MetricName
from monitor.policy.model import Policy
from monitor.processing import Sample
from monitor.web import About
from schemas.instants import SECOND


def sample(name: MetricName, value: float, *labels: str, suffix: str = "") -> Sample:
    """A sample whose name mypy has checked."""
    return Sample(name + suffix, labels, value)


class RunningWorker:
    """The view of one worker (``monitor.web.WorkerView``)."""

    def __init__(self, runtime: Runtime, policy: Policy, name: str) -> None:
        self._runtime, self._policy = runtime, policy
        self.about = About(
            application=runtime.settings.application_id,
            worker=name,
            version=__version__,
            policy=policy.version,
            policy_title=policy.title,
        )

    def not_ready(self) -> str | None:
        """Why the worker takes no part, else None; a halted shard is no reason: its neighbours serve."""
        ready, reason = self._runtime.ready()
        return None if ready else reason

    def not_alive(self) -> str | None:
        """Why the worker should be restarted, else None."""
        alive, reason = self._runtime.alive()
        return None if alive else reason

    def samples(self) -> Iterator[Sample]:
        """Everything that ``/metrics`` shows of this worker."""
        queues: set[str] = set()
        for found in translated(self._processors()):
            if found.name == "sla_contacts_total":
                queues.add(found.labels[0])
            yield found
        named = self._policy.queues.named
        yield sample("sla_queues_unknown", len(queues - named.keys()) if named else 0)
        yield from self._worker()
        for shard in self._runtime.actors():
            yield from shard_samples(shard, self._runtime.settings.clock == "wall")
        for lag in lags(self._runtime):
            yield sample("sla_source_lag_records", lag.behind, lag.topic, str(lag.partition))
            yield sample("sla_stable_offset_lag_records", lag.hidden, lag.topic, str(lag.partition))

    def _processors(self) -> Iterable[Sample]:
        for shard in self._runtime.actors():
            if not shard.halted:
                yield from shard.processor.samples()

    def _worker(self) -> Iterator[Sample]:
        health = self._runtime.health
        yield sample("sla_worker_ready", float(self.not_ready() is None))
        yield sample("sla_recovery_seconds", health.recovery_seconds)
        yield sample("sla_rebalances_total", health.rebalances)
        yield sample("sla_policy_info", 1.0, self._policy.version, self._policy.title)
        yield sample("sla_build_info", 1.0, __version__, platform.python_version())


def shard_samples(shard: Shard, keeps_time: bool) -> Iterator[Sample]:
    """What the runtime knows of one shard; its lag behind the clock only where the clock is the wall's."""
    processor, partition, counters = shard.spec.name, str(shard.partition), shard.counters
    place = (processor, partition)
    for state in ("running", "halted"):
        yield sample("sla_shard_state", float((state == "halted") == bool(shard.halted)), *place, state)
    judged_at = shard.positions.judged_at
    if shard.gate is not None and judged_at:
        yield sample("sla_watermark_timestamp_seconds", judged_at / SECOND, *place)
        if keeps_time:
            yield sample("sla_decision_lag_seconds", max(0, wall_clock() - judged_at) / SECOND, *place)
    yield sample("sla_shard_inbox_bytes", shard.inbox.size_bytes, *place)
    yield sample("sla_state_bytes", shard.state.size_bytes, *place)
    yield sample("sla_state_entries", len(shard.state.values), *place)
    yield sample("sla_recovered_records", shard.state.recovered, processor)
    yield sample("sla_commit_seconds", counters.commit_seconds, processor, suffix="_sum")
    yield sample("sla_commit_seconds", counters.commits, processor, suffix="_count")
    yield sample("sla_ticks_judged_total", counters.ticks_judged, processor)
    yield sample("sla_processor_failures_total", counters.bugs, processor)
    yield sample("sla_quarantined_records_total", counters.quarantined, processor)
    yield sample("sla_gaps_accepted_total", counters.gaps_accepted, processor)
    yield sample("sla_lost_records_total", counters.lost_positions, processor)
    for topic, count in counters.applied.items():
        yield sample("sla_records_applied_total", count, processor, topic)
    for (reason, topic), count in counters.rejects.items():
        yield sample("sla_events_rejected_total", count, topic, reason)
    for topic in shard.spec.sources:
        yield sample("sla_bad_share_ratio", shard.bad_share.ratio(topic), topic)
    if shard.gate is not None:
        for reason, count in shard.gate.refused.items():
            yield sample("sla_ticks_refused_total", count, reason)
