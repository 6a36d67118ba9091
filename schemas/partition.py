"""Kafka's default partitioner (murmur2 of the key), so that every client and every stage agree where a key lives."""

from collections.abc import Callable
from functools import lru_cache
from struct import Struct
from typing import Final

_SEED: Final = 0x9747B28C
_M: Final = 0x5BD1E995
_MASK: Final = 0xFFFFFFFF
_WORD: Final = 4


def murmur2(data: bytes) -> int:
    """The 32-bit murmur2 hash of Kafka's Java client, sign bit kept."""
    length = len(data)
    h = _SEED ^ (length & _MASK)
    words, rest = divmod(length, _WORD)
    for k in _unpack(words)(data):
        k = (k * _M) & _MASK
        h = ((h * _M) ^ ((k ^ (k >> 24)) * _M)) & _MASK
    if rest:
        h = ((h ^ int.from_bytes(data[-rest:], "little")) * _M) & _MASK
    h = ((h ^ (h >> 13)) * _M) & _MASK
    return h ^ (h >> 15)


@lru_cache(maxsize=256)
def _unpack(words: int) -> Callable[[bytes], tuple[int, ...]]:
    """What reads so many little-endian words from the beginning of some bytes."""
    return Struct(f"<{words}I").unpack_from


def partition_of(key: bytes, partitions: int) -> int:
    """The partition of ``key`` among ``partitions``, as the Java client and ``murmur2_random`` of librdkafka choose it."""
    return (murmur2(key) & 0x7FFFFFFF) % partitions
