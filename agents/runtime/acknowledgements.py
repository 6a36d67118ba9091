"""Slices that Faust waits for: acknowledged when the commit that covers them has returned. Group offsets feed lag displays only."""

from collections.abc import Mapping
from typing import Any


class Acknowledgements:
    """The open slices of one shard."""

    def __init__(self) -> None:
        self._waiting: list[tuple[str, int, Any]] = []

    def add(self, topic: str, position: int, event: Any) -> None:
        """A slice that ends at this position was received."""
        self._waiting.append((topic, position, event))

    def release(self, committed: Mapping[str, int]) -> None:
        """Acknowledge what is committed."""
        still = []
        for topic, position, event in self._waiting:
            if position <= committed.get(topic, 0):
                event.ack()
            else:
                still.append((topic, position, event))
        self._waiting = still

    def clear(self) -> None:
        """Forget them."""
        self._waiting.clear()
