"""What the shards of one processor count together for as long as the worker lives; rebalances do not reset it."""

from bisect import bisect_left
from collections import Counter
from typing import Final

COMMIT_EDGES_SECONDS: Final = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0)


class ProcessorCounters:
    """Totals of one processor in this worker."""

    def __init__(self) -> None:
        self.applied = 0
        self.processing_seconds = 0.0
        self.published: Counter[str] = Counter()
        self.rejects: Counter[tuple[str, str]] = Counter()
        self.ticks_refused: Counter[str] = Counter()
        self.ticks_skipped = 0
        self.ticks_judged = 0
        self.gaps_accepted: Counter[str] = Counter()
        self.lost_positions = 0
        self.bugs = 0
        self.quarantined = 0
        self.commits = 0
        self.commit_seconds = 0.0
        self.commit_buckets = [0] * (len(COMMIT_EDGES_SECONDS) + 1)
        self.decision_lag_max_seconds = 0.0

    def committed(self, seconds: float) -> None:
        """A transaction was committed."""
        self.commits += 1
        self.commit_seconds += seconds
        self.commit_buckets[bisect_left(COMMIT_EDGES_SECONDS, seconds)] += 1

    def judged(self, lag_seconds: float) -> None:
        """A tick was judged this long after its T."""
        self.ticks_judged += 1
        self.decision_lag_max_seconds = max(self.decision_lag_max_seconds, lag_seconds)
