"""What sources sent ahead of the slowest: one state key a record, let go when T and its own watermark have passed it."""

from collections import deque
from collections.abc import Iterator
from typing import Final, Generic, Protocol, TypeVar

import msgspec

from monitor.panes.sources import Source
from monitor.processing import State
from schemas.instants import Instant

HELD: Final = b"h|"
_WIDTH: Final = 8


class Sent(Protocol):
    """What every record says that one shard sends to another: who sent it, and as of which T."""

    @property
    def processor(self) -> str:
        """The processor that sent it."""

    @property
    def partition(self) -> int:
        """Which shard of it."""

    @property
    def t(self) -> Instant:
        """The watermark that covers it."""


Held = TypeVar("Held", bound=Sent)


class Holding(Generic[Held]):
    """Records that wait for their turn, per source in the order in which they came."""

    def __init__(self, state: State, sources: tuple[Source, ...], decoder: msgspec.json.Decoder[Held]) -> None:
        self._held: dict[Source, deque[tuple[int, Held]]] = {source: deque() for source in sources}
        self._next = self._count = 0
        self._unsaved: dict[int, bytes | None] = {}
        for key in sorted(key for key in state if key.startswith(HELD)):
            self._append(int.from_bytes(key[len(HELD) :], "big"), decoder.decode(state[key]))

    def hold(self, record: Held, raw: bytes) -> None:
        """Keep a record until its turn."""
        self._unsaved[self._next] = raw
        self._append(self._next, record)

    def release(self, source: Source, passed_at: Instant) -> Iterator[Held]:
        """Yield and let go what a source sent up to an instant."""
        held = self._held[source]
        while held and held[0][1].t <= passed_at:
            number, record = held.popleft()
            self._count -= 1
            if self._unsaved.pop(number, None) is None:
                self._unsaved[number] = None
            yield record

    def senders(self, t: Instant) -> list[Source]:
        """Return the sources that sent something ahead as of T or earlier, in their order."""
        return [source for source, held in self._held.items() if held and held[0][1].t <= t] if self._count else []

    def count(self) -> int:
        """Return how many records wait for their turn."""
        return self._count

    def changes(self) -> dict[bytes, bytes | None]:
        """Return what the state must hold since the last call; what came and went in between leaves no trace."""
        unsaved, self._unsaved = self._unsaved, {}
        return {HELD + number.to_bytes(_WIDTH, "big"): raw for number, raw in unsaved.items()}

    def _append(self, number: int, record: Held) -> None:
        self._held[record.processor, record.partition].append((number, record))
        self._next = number + 1
        self._count += 1
