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


class _Standing:
    """Where one source stands: its watermark, and when the tick behind it was appended."""

    __slots__ = ("appended_at", "moved", "t")

    def __init__(self) -> None:
        self.t: Instant = _UNSEEN
        self.appended_at: Instant = 0
        self.moved = False


class _Turn:
    """A T that waits to be judged: when the tick behind it was appended, and the policy versions that its watermarks name."""

    __slots__ = ("appended_at", "is_saved", "names")

    def __init__(self, appended_at: Instant, names: tuple[str, ...] = (), *, is_saved: bool = False) -> None:
        self.appended_at, self.names, self.is_saved = appended_at, names, is_saved


class Sources:
    """The expected sources of one shard, their watermarks, and every T that waits to be judged."""

    def __init__(self, state: State, sources: tuple[Source, ...], external_clock: bool) -> None:
        self.all = sources
        self.reached_at: Instant = _UNSEEN
        self.appended_at: Instant = 0
        """When the tick behind the T reached was appended, as the first source to pass it says."""
        self.named: tuple[str, ...] = ()
        """The policy versions that the watermarks of the T reached name."""
        self._external_clock = external_clock
        self._standings = {source: _Standing() for source in sources}
        self._first_at: Instant = _UNSEEN
        self._highest_at, self._highest_appended_at = _UNSEEN, 0
        self._order: list[Instant] = []
        self._turns: dict[Instant, _Turn] = {}
        self._unsaved: dict[Instant, None] = {}
        self._head = b""
        self._load(state)
        self._low = self._at_low = 0
        self._find_low()

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
        t, standing = mark.t, self._standings[mark.processor, mark.partition]
        before = standing.t
        if t <= before:
            return
        standing.t, standing.appended_at, standing.moved = t, mark.appended_at, True
        if before == self._low:
            self._at_low -= 1
            if not self._at_low:
                self._find_low()
        self._rise(t, mark.appended_at)
        if t > self.reached_at:
            turn = self._turns.get(t)
            if turn is None:
                turn = self._turns[t] = _Turn(mark.appended_at)
                heappush(self._order, t)
                self._unsaved[t] = None
            if mark.policy and mark.policy not in turn.names:
                turn.names += (mark.policy,)
                self._unsaved[t] = None

    def mark_of(self, source: Source) -> Instant:
        """Return the watermark of one source, -1 while it was never heard of."""
        return self._standings[source].t

    def may_move(self) -> bool:
        """Whether any T may be judged now; most watermarks are not the last one that a T waits for."""
        if not self._order:
            return False
        return self._order[0] <= self._low or (not self._external_clock and self._order[0] <= self._limit())

    def turns(self, may_judge: Callable[[tuple[str, ...]], bool] = lambda _names: True) -> Iterator[Instant]:
        """Yield every T that may be judged now, ascending; each is reached when it is yielded.

        ``named`` are then the policy versions that its watermarks name; a T for whose names ``may_judge`` is false waits.
        """
        limit = self._limit() if self._order else _UNSEEN
        while self._order and self._order[0] <= limit and may_judge(self._turns[self._order[0]].names):
            t = heappop(self._order)
            turn = self._turns.pop(t)
            self.named, self.appended_at = turn.names, turn.appended_at
            if turn.is_saved:
                self._unsaved[t] = None
            else:  # one that was never saved leaves no trace
                del self._unsaved[t]
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
        behind_at = self._highest_at - STUCK_US
        if self._external_clock or self._low >= behind_at or self._highest_appended_at - self._highest_at > STUCK_US:
            return []
        return [source for source in self.all if max(self._standings[source].t, self._first_at - 1) < behind_at]

    def changes(self) -> dict[bytes, bytes | None]:
        """Return what the state must hold since the last call."""
        changes: dict[bytes, bytes | None] = {}
        for t in self._unsaved:
            turn = self._turns.get(t)
            changes[_turn_key(t)] = None if turn is None else turn.appended_at.to_bytes(_WIDTH, "big") + ",".join(turn.names).encode()
            if turn is not None:
                turn.is_saved = True
        for source, standing in self._standings.items():
            if standing.moved:
                changes[MARK + source_text(source).encode()] = _encoder.encode((standing.t, standing.appended_at))
                standing.moved = False
        head = _encoder.encode((self.reached_at, self._first_at))
        if head != self._head and self._first_at != _UNSEEN:
            changes[HEAD] = self._head = head
        self._unsaved = {}
        return changes

    def _rise(self, t: Instant, appended_at: Instant) -> None:
        """Remember the highest watermark, and the first of all."""
        if t > self._highest_at:
            self._highest_at, self._highest_appended_at = t, appended_at
        elif t == self._highest_at and appended_at > self._highest_appended_at:
            self._highest_appended_at = appended_at
        if self._first_at == _UNSEEN:
            self._first_at = t

    def _find_low(self) -> None:
        """Find the lowest watermark and how many sources stand there: asked again only when the last of them has moved on."""
        at = [standing.t for standing in self._standings.values()]
        self._low = min(at)
        self._at_low = at.count(self._low)

    def _limit(self) -> Instant:
        stuck = self.stuck()
        return min(each.t for source, each in self._standings.items() if source not in stuck) if stuck else self._low

    def _load(self, state: State) -> None:
        if HEAD in state:
            self.reached_at, self._first_at = _pair.decode(state[HEAD])
        for source, standing in self._standings.items():
            value = state.get(MARK + source_text(source).encode())
            if value is not None:
                standing.t, standing.appended_at = _pair.decode(value)
                self._highest_at, self._highest_appended_at = max((self._highest_at, self._highest_appended_at), (standing.t, standing.appended_at))
        for key, value in state.items():
            if key.startswith(TURN):
                names = tuple(value[_WIDTH:].decode().split(",")) if len(value) > _WIDTH else ()
                turn = _Turn(int.from_bytes(value[:_WIDTH], "big"), names, is_saved=True)
                self._turns[int.from_bytes(key[len(TURN) :], "big")] = turn
        self._order = list(self._turns)
        heapify(self._order)


def _turn_key(t: Instant) -> bytes:
    return TURN + t.to_bytes(_WIDTH, "big")
