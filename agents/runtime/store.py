"""State: one dict of bytes per partition behind a Faust table, which gives it a changelog topic and recovery.

The reserved key with the positions is kept apart, so that a processor sees its own keys only. Changes are merged here by the
shard after its transaction is committed, never before.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, cast

from faust.stores.base import Store
from faust.tables.table import Table
from faust.types import TP, EventT

from agents.runtime.positions import RESERVED_KEY
from agents.runtime.slices import Slice


class PartitionState:
    """Committed state of one shard; ``durable`` is the last changelog position that it reflects."""

    def __init__(self) -> None:
        self.values: dict[bytes, bytes] = {}
        self.positions: bytes | None = None
        self.durable: int | None = None
        self.size_bytes = 0
        self.recovered = 0

    def merge(self, key: bytes, value: bytes | None) -> None:
        """Take one committed change; None deletes."""
        if key == RESERVED_KEY:
            self.positions = value
            return
        old = self.values.get(key)
        if old is not None:
            self.size_bytes -= len(key) + len(old)
        if value is None:
            self.values.pop(key, None)
        else:
            self.values[key] = value
            self.size_bytes += len(key) + len(value)


class PartitionStore(Store[bytes, bytes]):  # type: ignore[misc]  # Faust is untyped
    """Faust's view of the state of every owned partition of one processor."""

    def __post_init__(self) -> None:
        """Start empty."""
        self.partitions: dict[int, PartitionState] = {}

    @property
    def changelog(self) -> str:
        """The physical topic behind this store."""
        return str(self.table.changelog_topic.get_topic_name())

    def partition(self, number: int) -> PartitionState:
        """The state of one partition, made when it is first asked for."""
        return self.partitions.setdefault(number, PartitionState())

    def persisted_offset(self, tp: TP) -> int | None:
        """Recovery goes on behind this changelog position."""
        state = self.partitions.get(tp.partition)
        return None if state is None else state.durable

    def apply_changelog_batch(self, batch: Iterable[EventT[Any]], to_key: Callable[[Any], Any], to_value: Callable[[Any], Any]) -> None:
        """Take slices of the changelog; those of another topic are left over from an earlier assignment and dropped."""
        changelog = self.changelog
        for event in batch:
            message = event.message
            if message.topic != changelog:
                continue
            state = self.partition(message.partition)
            if state.durable is not None and message.offset <= state.durable:
                continue
            merge = state.merge
            piece = cast(Slice, message.value)
            for record in piece:
                merge(record.key or b"", record.value)
            state.recovered += len(piece)
            state.durable = message.offset

    async def on_recovery_completed(self, active_tps: set[TP], standby_tps: set[TP]) -> None:
        """Forget the partitions that are owned no more."""
        owned = {tp.partition for tp in active_tps}
        for number in [number for number in self.partitions if number not in owned]:
            del self.partitions[number]

    async def need_active_standby_for(self, tp: TP) -> bool:
        """State is rebuilt from the changelog; there are no standbys."""
        return False

    async def backup_partition(self, *_args: Any, **_kwargs: Any) -> None:
        """The changelog is the backup."""

    def restore_backup(self, *_args: Any, **_kwargs: Any) -> None:
        """The changelog is the backup."""

    def reset_state(self) -> None:
        """Nothing on disk to reset."""

    def _clear(self) -> None:
        self.partitions.clear()

    def clear(self) -> None:
        """Forget everything."""
        self.partitions.clear()

    def __getitem__(self, key: bytes) -> bytes:
        raise KeyError(key)

    def __setitem__(self, key: bytes, value: bytes) -> None:
        raise TypeError("state changes only through a shard's commit")

    def __delitem__(self, key: bytes) -> None:
        raise TypeError("state changes only through a shard's commit")

    def __iter__(self) -> Iterator[bytes]:
        return iter(())

    def __len__(self) -> int:
        return sum(len(state.values) for state in self.partitions.values())

    def __contains__(self, key: object) -> bool:
        return False


class StateTable(Table[bytes, bytes]):  # type: ignore[misc]  # Faust is untyped
    """A table that nobody writes to through Faust: shards commit its changelog themselves."""

    def _new_store(self) -> PartitionStore:
        return PartitionStore("memory://", self.app, self, table_name=self.name)
