"""Where a shard is: the next position of every input and the last T that was judged, kept in its own state."""

import msgspec

from monitor.errors import StateError
from schemas.instants import Instant

RESERVED_KEY = b"\x00positions"


class Positions(msgspec.Struct, array_like=True):
    """Saved with every commit under a reserved state key; topics by logical name. ``judged_at`` never goes back."""

    next: dict[str, int]
    judged_at: Instant = 0
    version: int = 1

    def copy(self) -> "Positions":
        """An independent copy."""
        return Positions(dict(self.next), self.judged_at)

    def restore(self, other: "Positions") -> None:
        """Become what ``other`` is, in place."""
        self.next = dict(other.next)
        self.judged_at = other.judged_at

    def reach(self, topic: str, position: int) -> bool:
        """Move forward to ``position``; True when that changed anything."""
        if position <= self.next.get(topic, 0):
            return False
        self.next[topic] = position
        return True

    def encode(self) -> bytes:
        """As bytes for the state."""
        return msgspec.msgpack.encode(self)


_decoder = msgspec.msgpack.Decoder(Positions)


def read_positions(stored: bytes | None) -> Positions:
    """The positions of recovered state, or the start of a new shard; raises StateError for bytes of an unknown version."""
    if stored is None:
        return Positions({})
    try:
        positions = _decoder.decode(stored)
    except msgspec.DecodeError as error:
        raise StateError(f"the stored positions cannot be read ({error}): the state was written by another program") from error
    if positions.version != 1:
        raise StateError(f"the stored positions have version {positions.version}, this program reads version 1")
    return positions
