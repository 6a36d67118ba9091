"""The contacts of one shard: decoded on touch, encoded once a drain, and the heap of who is due next.

The heap is derived: rebuilt from the state, entries deleted lazily. It always holds an entry at or before a contact's
``next_at``; an entry that comes up too early is pushed again.
"""

from collections.abc import Callable, Iterator
from heapq import heapify, heappop, heappush
from typing import Final

from monitor.contacts.cycles import due
from monitor.contacts.fold import waiting
from monitor.contacts.kept import codec
from monitor.contacts.kept.contact import NOTHING, Contact, Summary, View
from monitor.contacts.saying.verdicts import has_news
from monitor.contacts.versions import Versions
from monitor.processing import State
from schemas.instants import Instant

CACHED: Final = 4_000
"""Decoded contacts of one generation; two generations are kept at most beside those not yet drained."""

SEVERITIES: Final = ("critical", "warning", "info")

Refold = Callable[[Contact, Instant], View]


class Shelf:
    """Finds, keeps and schedules contacts."""

    def __init__(self, versions: Versions, state: State, refold: Refold) -> None:
        self._versions, self._state, self._refold = versions, state, refold
        self._young: dict[bytes, Contact] = {}
        self._old: dict[bytes, Contact] = {}
        self._touched: dict[bytes, Contact] = {}
        self._dirty: dict[bytes, Contact | None] = {}
        self._heap: list[tuple[Instant, bytes]] = []
        self.tally: dict[tuple[str, str], int] = {}
        self.waiting: list[tuple[bytes, Summary]] = []
        self.untold: list[bytes] = []
        for key, value in state.items():
            if key[:3] in codec.FAMILY_OF:
                self._load(key, value)
        heapify(self._heap)

    @property
    def next_due_at(self) -> Instant | None:
        """The earliest entry of the heap."""
        return self._heap[0][0] if self._heap else None

    def get(self, key: bytes) -> Contact | None:
        """The contact under a key, ready to fold into; None if it is not kept."""
        contact = self._young.get(key)
        if contact is not None:
            return contact
        if key in self._touched:
            return self._touched[key]
        if key in self._dirty:
            return self._dirty[key]
        contact = self._old.get(key)
        if contact is None:
            value = self._state.get(key)
            if value is None:
                return None
            contact, fired_at = codec.read(key, value)
            if fired_at is not None:
                contact.view = self._refold(contact, fired_at)
            contact.shown = waiting(contact.view)
        self._young[key] = contact
        return contact

    def peek(self, key: bytes) -> Contact | None:
        """The contact under a key for reading only: nothing is cached, so that a look never changes what is kept."""
        known = self._young.get(key) or self._touched.get(key)
        if known is not None:
            return known
        if key in self._dirty:
            return self._dirty[key]
        known = self._old.get(key)
        value = self._state.get(key) if known is None else None
        if value is None:
            return known
        contact, fired_at = codec.read(key, value)
        if fired_at is not None:
            contact.view = self._refold(contact, fired_at)
        return contact

    def upcoming(self, until: Instant) -> Iterator[bytes]:
        """Keys of all contacts that something is due for up to ``until``, each once, in no order.

        Entries are lower bounds of what is due, so no contact is missed; the heap is copied first, and may change meanwhile.
        """
        heap = self._heap.copy()
        seen: set[bytes] = set()
        places = [0]
        while places:
            place = places.pop()
            if place >= len(heap) or heap[place][0] > until:
                continue
            places += (2 * place + 1, 2 * place + 2)
            key = heap[place][1]
            if key not in seen:
                seen.add(key)
                yield key

    def has_clocks(self, key: bytes) -> bool:
        """Whether a clock of the contact runs, as far as is known without reading all of it; True for one in memory."""
        if key in self._young or key in self._touched or key in self._dirty or key in self._old:
            return True
        value = self._state.get(key)
        return value is not None and codec.read_head(value).known.running > 0

    def put(self, key: bytes, contact: Contact) -> None:
        """A contact changed, or is new: ``settle`` schedules it, the next drain keeps it."""
        self._touched[key] = contact

    def settle(self, t: Instant) -> dict[bytes, Contact]:
        """Schedule all contacts touched since the last call, and give them; of clocks that simply run there is nothing to publish.

        One that comes under another policy version is judged all the same: whether it was settled before T depends on commits.
        """
        touched, self._touched = self._touched, {}
        versions, limits = self._versions, self._versions.policy.limits
        for key, contact in touched.items():
            if contact.publish_at and contact.publish_at <= t and not has_news(contact) and not (versions.several and versions.moves(contact, t)):
                contact.publish_at = 0
            contact.next_at = due.next_at(contact, limits)
            if not contact.pushed_at or contact.next_at < contact.pushed_at:
                contact.pushed_at = contact.next_at
                heappush(self._heap, (contact.next_at, key))
        self._dirty |= touched
        self._young |= touched
        return touched

    def keys(self) -> set[bytes]:
        """The keys of all contacts that are kept, those not yet committed too."""
        found = {key for key in self._state if key[:3] in codec.FAMILY_OF}
        for key, contact in self._dirty.items():
            if contact is None:
                found.discard(key)
            else:
                found.add(key)
        return found | self._touched.keys()

    def of_contact(self, name: str) -> list[tuple[bytes, Contact]]:
        """The contacts of this id, in every family."""
        keys = [prefix + name.encode() for prefix in codec.FAMILY_OF]
        return [(key, contact) for key in keys if (contact := self.get(key)) is not None]

    def is_packed(self, key: bytes) -> bool:
        """Whether a contact is closed and nobody holds it decoded."""
        if key in self._young or key in self._touched or key in self._dirty or key in self._old:
            return False
        value = self._state.get(key)
        return value is not None and codec.read_head(value).packed

    def forget(self, key: bytes, known: Summary) -> None:
        """Let a contact go for good."""
        self._count(key, known, NOTHING)
        self._dirty[key] = None
        self._touched.pop(key, None)
        self._young.pop(key, None)
        self._old.pop(key, None)

    def due(self, t: Instant) -> list[bytes]:
        """Take the keys of all contacts that are due at T, sorted; closed ones that may go are forgotten on the way."""
        heap = self._heap
        if not heap or heap[0][0] > t:
            return []
        popped: dict[bytes, None] = {}
        while heap and heap[0][0] <= t:
            popped[heappop(heap)[1]] = None
        return [key for key in sorted(popped) if self._is_due(key, t)]

    def changes(self) -> dict[bytes, bytes | None]:
        """What the state must hold since the last call."""
        changes: dict[bytes, bytes | None] = {}
        for key, contact in self._dirty.items():
            changes[key] = None if contact is None else self._write(key, contact)
        self._dirty = {}
        if len(self._young) > CACHED:
            self._old, self._young = self._young, {}
        return changes

    def _is_due(self, key: bytes, t: Instant) -> bool:
        contact = self._young.get(key) or (self._dirty[key] if key in self._dirty else self._old.get(key))
        if contact is not None:
            contact.pushed_at = 0
            if contact.next_at <= t:
                return True
            contact.pushed_at = contact.next_at
            heappush(self._heap, (contact.next_at, key))
            return False
        value = None if key in self._dirty else self._state.get(key)
        if value is None:
            return False
        head = codec.read_head(value)
        if head.next_at > t:
            heappush(self._heap, (head.next_at, key))
            return False
        if head.packed:
            self.forget(key, head.known)
            return False
        found = self.get(key)
        if found is not None:
            found.pushed_at = 0  # its entry was just taken off the heap
        return True

    def _write(self, key: bytes, contact: Contact) -> bytes:
        short = due.summary(contact, self._versions.family_of(contact))
        if short != contact.summary:
            self._count(key, contact.summary, short)
            contact.summary = short
        if contact.view.closed_at and not (contact.publish_at or short.running or short.unjudged or short.untold):
            return codec.write_packed(contact)
        return codec.write_living(contact)

    def _load(self, key: bytes, value: bytes) -> None:
        head = codec.read_head(value)
        self._heap.append((head.next_at, key))
        self._count(key, NOTHING, head.known)
        if head.known.waiting_at is not None or head.known.node:
            self.waiting.append((key, head.known))
        if head.known.untold:
            self.untold.append(key)

    def _count(self, key: bytes, before: Summary, after: Summary) -> None:
        family = codec.FAMILY_OF[key[:3]]
        if after.kept != before.kept:
            self._tally(family, "kept", after.kept - before.kept)
        if after.open != before.open:
            self._tally(family, "open", after.open - before.open)
        if after.running != before.running:
            self._tally(family, "running", after.running - before.running)
        if after.unjudged != before.unjudged:
            self._tally(family, "unjudged", after.unjudged - before.unjudged)
        if after.breached != before.breached:
            for name, is_now, was in zip(SEVERITIES, after.breached, before.breached, strict=True):
                self._tally(family, name, is_now - was)

    def _tally(self, family: str, name: str, change: int) -> None:
        self.tally[family, name] = self.tally.get((family, name), 0) + change
