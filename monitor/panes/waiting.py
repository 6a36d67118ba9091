"""The contacts that wait in one place, and what a scope shows of all its places together."""

from collections.abc import Sequence
from heapq import heappop, heappush
from typing import Final

import msgspec

from monitor.panes.where import Series
from schemas.instants import SECOND, Instant

_SLACK: Final = 64


class Shown(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What a presence record says of one scope; the state keeps the last one sent."""

    waiting: int
    oldest_at: Instant | None
    beyond: dict[int, int]


NOBODY: Final = Shown(0, None, {})


class Crowd:
    """What the places of one scope told it: sums, and a heap of the longest waits of places that may be out of date."""

    __slots__ = ("beyond", "kinds", "oldest", "waiting")

    def __init__(self) -> None:
        self.waiting = 0
        self.kinds: dict[tuple[int, ...], int] = {}
        self.beyond: dict[int, int] = {}
        self.oldest: list[tuple[Instant, int]] = []

    def shown(self, places: Sequence["Place"]) -> Shown:
        """Return what the scope shows; it shows the Y values of the places in which somebody waits."""
        if not self.waiting:
            self.oldest.clear()
            return NOBODY
        within = {each for kind, waiting in self.kinds.items() if waiting for each in kind}
        return Shown(self.waiting, self._oldest_at(places), {each: self.beyond.get(each, 0) for each in sorted(within)})

    def _oldest_at(self, places: Sequence["Place"]) -> Instant | None:
        oldest = self.oldest
        if len(oldest) > _SLACK + 2 * len(places):
            oldest[:] = sorted({(since, number) for since, number in oldest if places[number].told_oldest == since})
        while oldest and places[oldest[0][1]].told_oldest != oldest[0][0]:
            heappop(oldest)
        return oldest[0][0] if oldest else None


class Place:
    """The contacts that wait in one place; ``told_…`` is what its scopes were told last."""

    __slots__ = ("_told_beyond", "_told_waiting", "beyond", "number", "oldest", "series", "told_oldest", "waiting", "within")

    def __init__(self, number: int, crowds: dict[Series, Crowd], within: tuple[int, ...]) -> None:
        self.number, self.series, self.within = number, crowds, within
        self.waiting: dict[str, Instant] = {}
        self.beyond = [0] * len(within)
        self.told_oldest: Instant | None = None
        self._told_waiting = 0
        self._told_beyond = [0] * len(within)
        self.oldest: list[tuple[Instant, str]] = []

    def enter(self, contact: str, queued_at: Instant, passed_at: Instant) -> int:
        """Let a contact wait; returns how many Y it has passed. The heap is made anew when most of it are contacts who left."""
        self.waiting[contact] = queued_at
        if len(self.oldest) > 2 * len(self.waiting) + _SLACK:
            self.oldest = sorted((since, each) for each, since in self.waiting.items())
        else:
            heappush(self.oldest, (queued_at, contact))
        return self._count(queued_at, passed_at, 1)

    def leave(self, contact: str, passed_at: Instant) -> bool:
        """Let a contact wait no more; False if it did not wait here."""
        queued_at = self.waiting.pop(contact, None)
        if queued_at is None:
            return False
        self._count(queued_at, passed_at, -1)
        return True

    def pass_on(self) -> None:
        """Tell the scopes what changed since they were told last."""
        more, kind = len(self.waiting) - self._told_waiting, self.within
        changed = [(kind[i], now - told) for i, (now, told) in enumerate(zip(self.beyond, self._told_beyond, strict=True)) if now != told]
        oldest_at = self._oldest_at()
        moved = oldest_at if oldest_at != self.told_oldest else None
        for crowd in self.series.values():
            crowd.waiting += more
            crowd.kinds[kind] = crowd.kinds.get(kind, 0) + more
            for within, count in changed:
                crowd.beyond[within] = crowd.beyond.get(within, 0) + count
            if moved is not None:
                heappush(crowd.oldest, (moved, self.number))
        self.told_oldest, self._told_waiting, self._told_beyond = oldest_at, len(self.waiting), self.beyond.copy()

    def _count(self, queued_at: Instant, passed_at: Instant, sign: int) -> int:
        passed = 0
        for within in self.within:
            if queued_at + within * SECOND >= passed_at:
                break
            self.beyond[passed] += sign
            passed += 1
        return passed

    def _oldest_at(self) -> Instant | None:
        while self.oldest:
            queued_at, contact = self.oldest[0]
            if self.waiting.get(contact) == queued_at:
                return queued_at
            heappop(self.oldest)
        return None
