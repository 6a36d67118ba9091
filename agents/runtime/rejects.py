"""Watch what is refused: count by reason and source, and speak up when a source sends too much rubbish (design §4)."""

import logging
from collections import Counter
from collections.abc import Mapping, Sequence

from agents.runtime.counters import ProcessorCounters
from agents.runtime.exits import Exit, leave
from agents.runtime.settings import RuntimeSettings
from monitor.processing import Reject

log = logging.getLogger("sla.runtime")


class BadShare:
    """The share of refused records of each source over its last records, old ones fading; with a minimum before it speaks."""

    def __init__(self, limit_ratio: float, minimum: int) -> None:
        self._limit_ratio, self._minimum = limit_ratio, minimum
        self._seen: Counter[str] = Counter()
        self._bad: Counter[str] = Counter()
        self.alarmed: set[str] = set()

    def ratio(self, topic: str) -> float:
        """The present share of refused records."""
        return self._bad[topic] / self._seen[topic] if self._seen[topic] else 0.0

    def update(self, topic: str, seen: int, bad: int) -> bool:
        """Count; True at the moment at which the source starts to alarm."""
        self._seen[topic] += seen
        self._bad[topic] += bad
        above = self._seen[topic] >= self._minimum and self.ratio(topic) > self._limit_ratio
        if self._seen[topic] >= 10 * self._minimum:
            self._seen[topic] //= 2
            self._bad[topic] //= 2
        started = above and topic not in self.alarmed
        if above:
            self.alarmed.add(topic)
        else:
            self.alarmed.discard(topic)
        return started


class RejectWatch:
    """What one shard refuses."""

    def __init__(self, settings: RuntimeSettings, partition: int, counters: ProcessorCounters) -> None:
        self.share = BadShare(settings.bad_share_ratio, settings.bad_minimum)
        self._stop = settings.stop_on_bad_share
        self._partition, self._counters = partition, counters

    def count(self, seen: Mapping[str, int], rejects: Sequence[Reject]) -> None:
        """These many records of each source are behind us; of them these were refused, and their dead letters are committed."""
        bad: Counter[str] = Counter()
        for reject in rejects:
            self._counters.rejects[reject.record.topic, reject.reason] += 1
            bad[reject.record.topic] += 1
        for topic in sorted(seen.keys() | bad.keys()):
            self._update(topic, seen.get(topic, 0), bad[topic])

    def _update(self, topic: str, seen: int, bad: int) -> None:
        if not self.share.update(topic, seen, bad):
            return
        text = f"{self.share.ratio(topic):.1%} of the last records of {topic}/{self._partition} were refused: see sla.dead-letters for the reasons"
        if self._stop:
            leave(Exit.BAD_SHARE, text)
        log.error("%s", text)
