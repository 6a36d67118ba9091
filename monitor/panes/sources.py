"""How far each source of a shard without ticks is: what may be judged, and who is stuck (design §4, watermarks between stages).

Queue shards and customers shards use the same rule.
"""

from collections.abc import Callable, Iterator
from heapq import heapify, heappop, heappush
from typing import Final

import msgspec

from monitor.processing import State
from schemas.instants import SECOND, Instant
from schemas.panes import Watermark

STUCK_US: Final = 60 * SECOND
MARK: Final = b"w|"
TURN: Final = b"t|"
HEAD: Final = b"T"

_UNSEEN: Final = -1
_WIDTH: Final = 8
_encoder = msgspec.msgpack.Encoder()
_pair = msgspec.msgpack.Decoder(tuple[int, int])


Source = tuple[str, int]
"""A shard that feeds this one: processor and partition."""


def source_text(source: Source) -> str:
    """Return a source as the end of a key."""
    return f"{source[0]}|{source[1]}"


def shards_of(processors: tuple[str, ...], partitions: int) -> frozenset[Source]:
    """Return every shard of some processors: the sources that another one expects, by configuration and not by discovery."""
    return frozenset((processor, partition) for processor in processors for partition in range(partitions))


class Sources:
    """The expected sources of one shard, their watermarks, and every T that waits to be judged."""

    def __init__(self, state: State, sources: tuple[Source, ...], external_clock: bool) -> None:
        self.all = sources
        self.reached_at: Instant = _UNSEEN
        self.appended_at: Instant = 0
        """When the tick behind the T reached was appended, as the first source to pass it says."""
        self._external_clock = external_clock
        self._marks: dict[Source, Instant] = dict.fromkeys(sources, _UNSEEN)
        self._first_at: Instant = _UNSEEN
        self._highest: tuple[Instant, Instant] = (_UNSEEN, 0)
        self._appended: dict[Source, Instant] = {}
        self._turns: list[Instant] = []
        self._waiting: dict[Instant, Instant] = {}
        self._added: dict[Instant, None] = {}
        self._dropped: dict[Instant, None] = {}
        self._names: dict[Instant, tuple[str, ...]] = {}
        self._renamed: dict[Instant, None] = {}
        self.named: tuple[str, ...] = ()
        self._moved: dict[Source, None] = {}
        self._head = b""
        self._load(state)
        self._low = min(self._marks.values())

    @property
    def low_at(self) -> Instant:
        """The lowest watermark of all sources, -1 while one was never heard of."""
        return self._low

    @property
    def first_at(self) -> Instant:
        """Where the first watermark of any source stood, -1 before it: nothing was seen earlier."""
        return self._first_at

    def mark(self, mark: Watermark) -> None:
        """Take a watermark: its source has sent everything as of its T. One that goes back changes nothing."""
        source = (mark.processor, mark.partition)
        before = self._marks[source]
        if mark.t <= before:
            return
        self._marks[source], self._appended[source] = mark.t, mark.appended_at
        self._moved[source] = None
        if mark.t >= self._highest[0]:
            self._highest = max(self._highest, (mark.t, mark.appended_at))
        if self._first_at == _UNSEEN:
            self._first_at = mark.t
        if before == self._low:
            self._low = min(self._marks.values())
        if mark.t > self.reached_at and mark.t not in self._waiting:
            self._waiting[mark.t] = mark.appended_at
            heappush(self._turns, mark.t)
            self._added[mark.t] = None
        if mark.policy and mark.t > self.reached_at and mark.policy not in (names := self._names.get(mark.t, ())):
            self._names[mark.t] = (*names, mark.policy)
            self._renamed[mark.t] = None

    def mark_of(self, source: Source) -> Instant:
        """Return the watermark of one source, -1 while it was never heard of."""
        return self._marks[source]

    def may_move(self) -> bool:
        """Whether any T may be judged now; most watermarks are not the last one that a T waits for."""
        if not self._turns:
            return False
        return self._turns[0] <= self._low or (not self._external_clock and self._turns[0] <= self._limit())

    def turns(self, may_judge: Callable[[tuple[str, ...]], bool] = lambda _names: True) -> Iterator[Instant]:
        """Yield every T that may be judged now, ascending; each is reached when it is yielded.

        ``named`` are then the policy versions that its watermarks name; a T for whose names ``may_judge`` is false waits.
        """
        limit = self._limit() if self._turns else _UNSEEN
        while self._turns and self._turns[0] <= limit and may_judge(self._names.get(self._turns[0], ())):
            t = heappop(self._turns)
            self.named = self._names.pop(t, ())
            self._renamed.pop(t, None)
            self.appended_at = self._waiting.pop(t)
            if t in self._added:  # one that was never saved leaves no trace
                del self._added[t]
            else:
                self._dropped[t] = None
            self.reached_at = t
            yield t

    def is_complete(self) -> bool:
        """Whether every source has passed the T reached: nothing is judged without one of them."""
        return self._low >= self.reached_at

    def stuck(self) -> list[Source]:
        """Return the sources that are judged without: more than 60 s behind the highest, while that is at real time.

        Real time is the LogAppendTime that comes in the watermark. A source never heard of counts as standing where the first
        watermark of any source stood. With an external clock nobody is stuck.
        """
        highest, highest_at = self._highest
        behind_at = highest - STUCK_US
        if self._external_clock or self._low >= behind_at or highest_at - highest > STUCK_US:
            return []
        return [source for source in self.all if max(self._marks[source], self._first_at - 1) < behind_at]

    def changes(self) -> dict[bytes, bytes | None]:
        """Return what the state must hold since the last call."""
        changes: dict[bytes, bytes | None] = {_turn_key(t): self._turn(t) for t in self._added | self._renamed}
        changes |= {_turn_key(t): None for t in self._dropped}
        for source in self._moved:
            changes[MARK + source_text(source).encode()] = _encoder.encode((self._marks[source], self._appended[source]))
        head = _encoder.encode((self.reached_at, self._first_at))
        if head != self._head and self._first_at != _UNSEEN:
            changes[HEAD] = self._head = head
        self._added, self._dropped, self._moved, self._renamed = {}, {}, {}, {}
        return changes

    def _turn(self, t: Instant) -> bytes:
        return self._waiting[t].to_bytes(_WIDTH, "big") + ",".join(self._names.get(t, ())).encode()

    def _limit(self) -> Instant:
        stuck = self.stuck()
        return min(t for source, t in self._marks.items() if source not in stuck) if stuck else self._low

    def _load(self, state: State) -> None:
        if HEAD in state:
            self.reached_at, self._first_at = _pair.decode(state[HEAD])
        for source in self.all:
            value = state.get(MARK + source_text(source).encode())
            if value is not None:
                self._marks[source], self._appended[source] = _pair.decode(value)
                self._highest = max(self._highest, (self._marks[source], self._appended[source]))
        for key, value in state.items():
            if key.startswith(TURN):
                t = int.from_bytes(key[len(TURN) :], "big")
                self._waiting[t] = int.from_bytes(value[:_WIDTH], "big")
                if len(value) > _WIDTH:
                    self._names[t] = tuple(value[_WIDTH:].decode().split(","))
        self._turns = list(self._waiting)
        heapify(self._turns)


def _turn_key(t: Instant) -> bytes:
    return TURN + t.to_bytes(_WIDTH, "big")
