"""The commands that a shard has taken, and the exemptions among them that are in force: one state key a command (design §8).

An exemption holds until it is lifted. Ids of other commands are remembered for ``REMEMBERED_US`` of T, so that a command that is
sent again is still one command.
"""

from typing import Final

import msgspec

from monitor.contacts.contact import Run, View
from monitor.processing import State
from schemas.commands import Exempt, Selector
from schemas.instants import DAY, Instant, parse_instant

PREFIX: Final = b"x|"
REMEMBERED_US: Final = 35 * DAY


class _Kept(msgspec.Struct, array_like=True):
    number: int
    t: Instant
    exempt: bytes = b""


class Cover:
    """One exemption, ready to be compared with breaches."""

    def __init__(self, command: Exempt) -> None:
        self.command = command
        selector: Selector = command.selector
        self._selector, self._clocks = selector, frozenset(command.clocks)
        self._from_at = 0 if selector.from_at is None else parse_instant(selector.from_at)
        self._until_at = None if selector.until_at is None else parse_instant(selector.until_at)

    def covers(self, contact: str, view: View, run: Run) -> bool:
        """Whether the breach of a cycle is exempt: region and queue are those in which it was booked."""
        wanted, at = self._selector, run.breach_at
        if at < self._from_at or (self._until_at is not None and at >= self._until_at):
            return False
        if self._clocks and run.clock not in self._clocks and run.clock.partition(":")[0] not in self._clocks:
            return False
        attributes = view.attributes
        return (
            wanted.contact in (None, contact)
            and wanted.queue in (None, run.place.queue)
            and wanted.region in (None, run.place.region)
            and wanted.request_type in (None, attributes.get("request_type"))
            and wanted.incident in (None, attributes.get("parent_incident"))
        )


_encode: Final = msgspec.msgpack.Encoder().encode
_decode: Final = msgspec.msgpack.Decoder(_Kept).decode
_exempt: Final = msgspec.json.Decoder(Exempt).decode


class Exemptions:
    """What was commanded; true while any exemption is in force."""

    def __init__(self, state: State) -> None:
        found = {key: _decode(value) for key, value in state.items() if key.startswith(PREFIX)}
        self._taken = {key[len(PREFIX) :].decode(): kept for key, kept in sorted(found.items(), key=lambda item: item[1].number)}
        self._covers = {name: Cover(_exempt(kept.exempt)) for name, kept in self._taken.items() if kept.exempt}
        self._next = max((kept.number for kept in self._taken.values()), default=-1) + 1
        self._unsaved: dict[str, None] = {}

    def __bool__(self) -> bool:
        return bool(self._covers)

    def is_known(self, command: str) -> bool:
        """Whether a command of this id was taken before."""
        return command in self._taken

    def take(self, command: str, t: Instant, exempt: Exempt | None = None) -> None:
        """Remember a command, and put an exemption in force."""
        self._forget(t)
        self._taken[command] = _Kept(self._next, t, b"" if exempt is None else msgspec.json.encode(exempt))
        self._next += 1
        self._unsaved[command] = None
        if exempt is not None:
            self._covers[command] = Cover(exempt)

    def lift(self, command: str, t: Instant) -> bool:
        """End an exemption as if it had never been; answer whether there was one."""
        if self._covers.pop(command, None) is None:
            return False
        kept = self._taken[command]
        kept.t, kept.exempt = t, b""
        self._unsaved[command] = None
        return True

    def covering(self, contact: str, view: View, run: Run) -> Exempt | None:
        """The first exemption that covers the breach of a cycle."""
        return next((cover.command for cover in self._covers.values() if cover.covers(contact, view, run)), None)

    def changes(self) -> dict[bytes, bytes | None]:
        """What the state must hold since the last call."""
        changes = {PREFIX + name.encode(): _encode(kept) if (kept := self._taken.get(name)) else None for name in self._unsaved}
        self._unsaved = {}
        return changes

    def _forget(self, t: Instant) -> None:
        for name in [name for name, kept in self._taken.items() if not kept.exempt and kept.t < t - REMEMBERED_US]:
            del self._taken[name]
            self._unsaved[name] = None
