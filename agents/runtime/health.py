"""Readiness and liveness of a worker, from what it knows about its assignment and recovery."""

import time
from collections.abc import Callable, Sequence


class Health:
    """Watches the time from the start, or from a revocation, until the shards run."""

    def __init__(self, limit_seconds: float, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._limit_seconds, self._monotonic = limit_seconds, monotonic
        self._waiting_since: float | None = monotonic()
        self.rebalances = 0
        self.recovery_seconds = 0.0

    def rebalance_started(self) -> None:
        """The group is about to be joined again."""
        self.rebalances += 1
        if self._waiting_since is None:
            self._waiting_since = self._monotonic()

    def recovered(self) -> None:
        """The shards run."""
        if self._waiting_since is not None:
            self.recovery_seconds = self._monotonic() - self._waiting_since
            self._waiting_since = None

    def ready(self, rebalancing: bool, recovered: bool, halted: Sequence[tuple[str, str]]) -> tuple[bool, str]:
        """Ready with a reason; a halted shard degrades and is named, but its neighbours still serve."""
        if rebalancing:
            return False, "rebalancing"
        if not recovered:
            return False, "recovering state from the changelogs"
        if halted:
            return True, "degraded: " + "; ".join(f"shard {name} is halted: {reason}" for name, reason in halted)
        return True, "ok"

    def alive(self) -> tuple[bool, str]:
        """False when assignment and recovery have taken longer than the limit."""
        if self._waiting_since is None:
            return True, "ok"
        waited = self._monotonic() - self._waiting_since
        if waited <= self._limit_seconds:
            return True, f"assignment and recovery have taken {waited:.0f} s"
        return False, f"assignment and recovery have taken {waited:.0f} s, more than {self._limit_seconds:.0f} s"
