"""What one event of a backlog costs, part by part: many slices between two emissions, as after an outage (design §11).

    python -m tests.bench.backlog_fold [EVENTS]

Prints ``name: value`` lines in µs of CPU per event. The parts are measured in the processor itself: ``decode`` and ``contacts`` in
``apply``, ``panes_at_drain`` and ``presence_at_drain`` in ``drain``, ``panes_at_emission`` and ``presence_at_emission`` in ``judge``,
``encode`` is the rest of the drain. Bookings are part of ``contacts``.
"""

import gc
import sys
import time
from collections.abc import Callable
from typing import Final, TypeVar

from monitor.contacts import processor as processor_module
from monitor.contacts.processor import ContactsProcessor
from monitor.processing import Record, merge_changes
from schemas.cloudevents import encode_event
from schemas.instants import HOUR, SECOND, Instant
from schemas.partition import partition_of
from schemas.topics import CALLS
from tests.bench.policies import bench_policy
from tests.bench.stream import call_stream

PARTITIONS: Final = 4
SLICE: Final = 4_000
SLICES_PER_TICK: Final = 5
END_AT: Final[Instant] = 493_200 * HOUR

Result = TypeVar("Result")


class Stopwatches:
    """CPU seconds by part; what is measured inside another part counts there only."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = {}
        self._inner = 0.0

    def timed(self, part: str, function: Callable[..., Result]) -> Callable[..., Result]:
        """Return the function with its own time added to a part."""

        def measured(*arguments: object) -> Result:
            before, begun = self._inner, time.process_time()
            self._inner = 0.0
            try:
                return function(*arguments)
            finally:
                took = time.process_time() - begun
                self.spent[part] = self.spent.get(part, 0.0) + took - self._inner
                self._inner = before + took

        return measured


class Shard:
    """One contacts shard with its committed state."""

    def __init__(self, partition: int, watches: Stopwatches | None) -> None:
        self.state: dict[bytes, bytes] = {}
        self.processor = ContactsProcessor(partition, self.state, bench_policy(), PARTITIONS)
        if watches is None:
            return
        emission = self.processor._emission  # a benchmark may look inside
        for book, name in ((emission.ledger, "panes"), (emission.presence, "presence")):
            book.emit = watches.timed(f"{name}_at_emission", book.emit)  # type: ignore[method-assign]
            book.changes = watches.timed(f"{name}_at_drain", book.changes)  # type: ignore[method-assign]
        self.processor.drain = watches.timed("encode", self.processor.drain)  # type: ignore[method-assign]
        self.processor.judge = watches.timed("judge", self.processor.judge)  # type: ignore[method-assign]

    def take(self, records: list[Record], t: Instant) -> int:
        """Apply one slice and commit; returns how many records go out."""
        apply = self.processor.apply
        for record in records:
            apply(record, t)
        return self.commit()

    def commit(self) -> int:
        """Merge the changes into the state."""
        effects = self.processor.drain()
        merge_changes(self.state, effects.changes)
        return len(effects.outputs) + len(effects.changes)


def backlog(count: int) -> list[list[list[Record]]]:
    """The stream in slices, by partition."""
    slices: list[list[list[Record]]] = []
    for number, event in enumerate(call_stream(count, END_AT)):
        if number % SLICE == 0:
            slices.append([[] for _ in range(PARTITIONS)])
        key, value, headers = encode_event(event)
        partition = partition_of(key, PARTITIONS)
        slices[-1][partition].append(Record(CALLS, partition, number, key, value, headers, event.at))
    return slices


def run(slices: list[list[list[Record]]], watches: Stopwatches | None) -> tuple[float, int]:
    """CPU seconds of the whole fold, and how many records it asks the broker to take."""
    shards = [Shard(partition, watches) for partition in range(PARTITIONS)]
    gc.collect()
    gc.freeze()
    t, written, begun = END_AT, 0, time.process_time()
    for number, parts in enumerate(slices, 1):
        for shard, records in zip(shards, parts, strict=True):
            written += shard.take(records, t)
        if number % SLICES_PER_TICK == 0:
            t += SECOND
            for shard in shards:
                shard.processor.judge(t, t)
    written += sum(shard.commit() for shard in shards)
    return time.process_time() - begun, written


def main() -> None:
    """Print the whole, then its parts from a second run with stopwatches."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    slices = backlog(count)
    whole, written = run(slices, None)
    print(f"fold_cpu_us_per_event: {whole / count * 1e6:.1f}")
    print(f"records_out_per_event: {written / count:.2f}")
    watches = Stopwatches()
    processor_module.decode_event = watches.timed("decode", processor_module.decode_event)  # type: ignore[attr-defined]
    measured, _ = run(slices, watches)
    parts = watches.spent | {"contacts": measured - sum(watches.spent.values())}
    for part, seconds in sorted(parts.items()):
        print(f"{part}_us_per_event: {seconds / count * 1e6:.1f}")


if __name__ == "__main__":
    main()
