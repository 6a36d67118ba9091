"""A running worker as its web pages see it: samples of its processors and of the runtime, by the names of the metric catalogue."""

import platform
from collections.abc import Iterable, Iterator

from agents.runtime.runtime import Runtime
from monitor import __version__
from monitor.contacts.processor import ContactsProcessor
from monitor.metrics.names import MetricName
from monitor.policy.book import Policies
from monitor.processing import Sample
from monitor.web import About


def sample(name: MetricName, value: float, *labels: str) -> Sample:
    """A sample whose name mypy has checked."""
    return Sample(name, labels, value)


class RunningWorker:
    """The view of one worker (``monitor.web.WorkerView``)."""

    def __init__(self, runtime: Runtime, policies: Policies, name: str) -> None:
        self._runtime, self._policies, self._name = runtime, policies, name
        self._keeps_time = runtime.settings.clock == "wall"
        self.partitions = runtime.settings.partitions

    @property
    def about(self) -> About:
        """Who this worker is, and the newest policy that it has read."""
        policy = self._policies.get(self._policies.newest)
        return About(
            application=self._runtime.settings.application_id,
            worker=self._name,
            version=__version__,
            policy=policy.version,
            policy_title=policy.title,
        )

    @property
    def named_queues(self) -> frozenset[str]:
        """The queues that the newest policy names."""
        return frozenset(self._policies.get(self._policies.newest).queues.named)

    def not_ready(self) -> str | None:
        """Why the worker takes no part, else None; a halted shard is no reason: its neighbours serve."""
        ready, reason = self._runtime.ready()
        return None if ready else reason

    def not_alive(self) -> str | None:
        """Why the worker should be restarted, else None."""
        alive, reason = self._runtime.alive()
        return None if alive else reason

    def contacts(self) -> dict[int, ContactsProcessor]:
        """The owned shards of contacts."""
        return {partition: processor for _, partition, processor in self._runtime.shards() if isinstance(processor, ContactsProcessor)}

    def parts(self) -> Iterator[Iterable[Sample]]:
        """Everything that the pages show, shard by shard; a shard that stops meanwhile can still be read."""
        for _, _, processor in self._runtime.shards():
            yield processor.samples()
        yield self._worker()
        yield self._of_runtime()

    def _of_runtime(self) -> Iterator[Sample]:
        for found in self._runtime.samples():
            if self._keeps_time or found.name != "sla_decision_lag_seconds":  # the time of a recorded log is no lag
                yield found

    def _worker(self) -> Iterator[Sample]:
        yield sample("sla_worker_ready", float(self.not_ready() is None))
        yield sample("sla_rebalances_total", self._runtime.health.rebalances)
        about = self.about
        yield sample("sla_policy_info", 1.0, about.policy, about.policy_title)
        waiting = sum(1 for shard in self._runtime.actors() if shard.gate is not None and shard.gate.waits_for)
        yield sample("sla_policy_waiting_shards", waiting)
        yield sample("sla_build_info", 1.0, __version__, platform.python_version())
