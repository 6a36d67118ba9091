"""What the consumer asks of whoever owns the shards; the consumer itself knows slices, positions and Faust, nothing else."""

from typing import Protocol

from faust.types import TP


class Hooks(Protocol):
    """Answers of the shard owner. Every method may end the process instead of returning."""

    async def before_revoked(self) -> None:
        """Bring every shard to rest: afterwards nothing of ours is in flight."""

    async def before_assigned(self, partitions: set[int]) -> None:
        """Own these partitions: fence every earlier owner before any state is read."""

    def is_changelog(self, topic: str) -> bool:
        """True for the topics that recovery reads."""

    def position(self, tp: TP) -> int | None:
        """The next position to apply according to the state; None when the state has none."""

    def begin_at(self, tp: TP, position: int) -> None:
        """This partition is now read from here."""

    def truncated(self, tp: TP, position: int, first: int) -> int:
        """The log starts at ``first``, after our position: accept and return where to go on, or end the process."""

    def ahead_of_log(self, tp: TP, position: int, end: int) -> None:
        """Our position lies behind the end of the log: it is another log. Ends the process."""
