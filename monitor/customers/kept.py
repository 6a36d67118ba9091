"""Values of one kind in a shard's state: decoded on touch, encoded once a drain."""

from typing import Final, Generic, TypeVar

import msgspec

from monitor.errors import StateError
from monitor.processing import State

CACHED: Final = 4_000
"""Decoded values kept between drains at most."""

_encode: Final = msgspec.msgpack.Encoder().encode

Value = TypeVar("Value")


class Kept(Generic[Value]):
    """A map under one prefix of the state. A value that was changed must be put again."""

    def __init__(self, state: State, prefix: bytes, decoder: msgspec.msgpack.Decoder[Value]) -> None:
        self._state, self._prefix, self._decoder = state, prefix, decoder
        self._values: dict[bytes, Value] = {}
        self._unsaved: dict[bytes, None] = {}

    def get(self, name: bytes) -> Value | None:
        """The value under a name, None if there is none."""
        value = self._values.get(name)
        if value is not None or name in self._unsaved:
            return value
        stored = self._state.get(self._prefix + name)
        if stored is None:
            return None
        try:
            value = self._values[name] = self._decoder.decode(stored)
        except msgspec.DecodeError as error:
            raise StateError(
                f"stored contacts of a customer cannot be read ({error}): restore the changelog or start a new application id"
            ) from error
        return value

    def put(self, name: bytes, value: Value) -> None:
        """Keep a value."""
        self._values[name] = value
        self._unsaved[name] = None

    def drop(self, name: bytes) -> None:
        """Keep it no more."""
        self._values.pop(name, None)
        self._unsaved[name] = None

    def changes(self) -> dict[bytes, bytes | None]:
        """What the state must hold since the last call."""
        changes: dict[bytes, bytes | None] = {}
        for name in self._unsaved:
            value = self._values.get(name)
            if value is not None:
                changes[self._prefix + name] = _encode(value)
            elif self._prefix + name in self._state:
                changes[self._prefix + name] = None
        self._unsaved = {}
        if len(self._values) > CACHED:
            self._values = {}
        return changes
