"""Going through all contacts of a shard a few at each tick, after a new policy version or an exemption (design §4).

Contacts are dealt into buckets by a hash of their key; one bucket is visited at each tick, until every bucket had its turn since
the last request. Number of buckets, the next one and how many are left are kept in the state, so that the same contacts are visited
at the same tick whatever commits and restarts fall in between.
"""

from collections.abc import Callable, Iterable
from typing import Final
from zlib import crc32

import msgspec

from monitor.processing import State

KEY: Final = b"v|sweep"
VISITED: Final = 500
"""Contacts that are visited at one tick, about."""


class _Kept(msgspec.Struct, array_like=True):
    buckets: int = 0
    next: int = 0
    left: int = 0
    closed_too: bool = False


_encode: Final = msgspec.msgpack.Encoder().encode
_decode: Final = msgspec.msgpack.Decoder(_Kept).decode

Keys = Callable[[], Iterable[bytes]]


class Sweep:
    """Where the visit of all contacts has come to; ``closed_too`` says whether those that are closed are visited as well."""

    def __init__(self, state: State) -> None:
        stored = state.get(KEY)
        self._kept = _Kept() if stored is None else _decode(stored)
        self._dealt: list[list[bytes]] | None = None
        self._changed = False

    @property
    def left(self) -> int:
        """Buckets that wait for their turn."""
        return self._kept.left

    @property
    def closed_too(self) -> bool:
        """Whether closed contacts are visited."""
        return self._kept.closed_too

    def request(self, keys: Keys, *, closed_too: bool) -> None:
        """Visit every contact that is kept now; one that goes on begins again where it is."""
        kept, everyone = self._kept, tuple(keys())
        if not kept.left:
            kept.buckets, kept.next, kept.closed_too = len(everyone) // VISITED + 1, 0, False
        kept.left, kept.closed_too = kept.buckets, kept.closed_too or closed_too
        self._dealt = self._deal(everyone)
        self._changed = True

    def take(self, keys: Keys) -> list[bytes]:
        """The keys to visit at this tick, in order; some of them may be forgotten by now."""
        kept = self._kept
        if self._dealt is None:
            self._dealt = self._deal(keys())
        found = sorted(self._dealt[kept.next])
        kept.next, kept.left = (kept.next + 1) % kept.buckets, kept.left - 1
        self._changed = True
        if not kept.left:
            self._dealt = None
        return found

    def changes(self) -> dict[bytes, bytes | None]:
        """What the state must hold since the last call."""
        if not self._changed:
            return {}
        self._changed = False
        return {KEY: _encode(self._kept) if self._kept.left else None}

    def _deal(self, keys: Iterable[bytes]) -> list[list[bytes]]:
        dealt: list[list[bytes]] = [[] for _ in range(self._kept.buckets)]
        for key in keys:
            dealt[crc32(key) % len(dealt)].append(key)
        return dealt
