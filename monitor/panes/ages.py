"""Which panes there are in which slot, and which slots T has closed (design §6: every resolution is forgotten at its age)."""

from collections.abc import Hashable, Iterable, Iterator
from heapq import heappop, heappush
from typing import Generic, TypeVar

from monitor.panes.slots import closes_at
from schemas.instants import Instant
from schemas.panes import Resolution

Item = TypeVar("Item", bound=Hashable)


class Ages(Generic[Item]):
    """Items by resolution and slot, in the order in which they came."""

    def __init__(self) -> None:
        self._slots: dict[tuple[Resolution, Instant], dict[Item, None]] = {}
        self._closing: list[tuple[Instant, Resolution, Instant]] = []

    def remember(self, resolution: Resolution, slot_at: Instant, item: Item) -> None:
        """Put an item into its slot."""
        slot = (resolution, slot_at)
        held = self._slots.get(slot)
        if held is None:
            held = self._slots[slot] = {}
            heappush(self._closing, (closes_at(resolution, slot_at), resolution, slot_at))
        held[item] = None

    def forget(self, resolution: Resolution, slot_at: Instant, item: Item) -> None:
        """Take an item out of its slot."""
        held = self._slots.get((resolution, slot_at))
        if held is not None:
            held.pop(item, None)

    def items(self, resolution: Resolution, slot_at: Instant) -> Iterable[Item]:
        """Return what lies in a slot."""
        return self._slots.get((resolution, slot_at), {})

    def slots(self, resolution: Resolution) -> Iterator[tuple[Instant, Iterable[Item]]]:
        """Yield every slot of a resolution with what lies in it."""
        for (each, slot_at), items in self._slots.items():
            if each == resolution:
                yield slot_at, items

    def close(self, t: Instant) -> list[tuple[Resolution, Instant, Item]]:
        """Return and drop everything in slots that T has closed."""
        closed: list[tuple[Resolution, Instant, Item]] = []
        while self._closing and self._closing[0][0] <= t:
            _, resolution, slot_at = heappop(self._closing)
            closed += ((resolution, slot_at, item) for item in self._slots.pop((resolution, slot_at), {}))
        return closed
