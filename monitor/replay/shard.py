"""One shard of a replay: a processor, its committed state, and the commit that merges the one into the other."""

from collections.abc import Callable, Iterator

from monitor.processing import Adopter, Effects, Output, Processor, Record, Reject, State, merge_changes
from schemas.instants import Instant

Factory = Callable[[int, State], Processor]


class ReplayShard:
    """Drives one processor exactly as the runtime does, with a dict for the changelog."""

    def __init__(self, factory: Factory, partition: int) -> None:
        self.partition = partition
        self.state: dict[bytes, bytes] = {}
        self._factory = factory
        self.processor = factory(partition, self.state)
        self._adopted = ""

    def step(self, records: list[Record], t: Instant, version: str = "") -> None:
        """Take over the policy version that the tick names, apply what precedes its fence, then judge T."""
        if version != self._adopted and isinstance(self.processor, Adopter):
            self.processor.adopt(version, t)
            self._adopted = version
        apply = self.processor.apply
        for record in records:
            apply(record, t)
        self.processor.judge(t, t)

    def commit(self) -> tuple[list[Output], list[Reject]]:
        """Take the effects: merge the changes into the state, give outputs and rejects."""
        effects: Effects = self.processor.drain()
        merge_changes(self.state, effects.changes)
        return effects.outputs, effects.rejects

    def restart(self) -> None:
        """Forget everything but the committed state, as a worker does that takes the shard over."""
        self.processor = self._factory(self.partition, self.state)
        self._adopted = ""

    def state_items(self) -> Iterator[tuple[bytes, bytes]]:
        """The committed state in order of its keys."""
        return iter(sorted(self.state.items()))
