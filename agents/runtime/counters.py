"""What one shard counts about itself for ``/metrics``, and the alarm for a source that sends too much rubbish."""

from collections import Counter

import msgspec

from schemas.instants import Instant


class ShardCounters(msgspec.Struct):
    """Totals since the shard was taken over; ``decision_lag_seconds`` belongs to the last judged tick."""

    commits: int = 0
    commit_seconds: float = 0.0
    applied: Counter[str] = msgspec.field(default_factory=Counter)
    rejects: Counter[tuple[str, str]] = msgspec.field(default_factory=Counter)
    bugs: int = 0
    quarantined: int = 0
    gaps_accepted: int = 0
    lost_positions: int = 0
    decision_lag_seconds: float = 0.0
    decision_lag_max_seconds: float = 0.0
    watermark_at: Instant = 0
    ticks_judged: int = 0

    def judged(self, t: Instant, lag_seconds: float) -> None:
        """A tick was judged."""
        self.ticks_judged += 1
        self.watermark_at = t
        self.decision_lag_seconds = lag_seconds
        self.decision_lag_max_seconds = max(self.decision_lag_max_seconds, lag_seconds)


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
