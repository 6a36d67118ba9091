"""What a customers shard keeps: the contacts of one customer about one problem, each with what was booked and told because of it."""

from typing import Final

import msgspec

from monitor.panes.where import Where
from schemas.customers import Closure, ContactFacts, digest
from schemas.events.base import Family
from schemas.instants import Instant

CONTACT: Final = 1
REPEAT: Final = 2
FIRST: Final = 4
SOLVED: Final = 8
FINAL: Final = 16
"""Bits of ``Held.booked``: which counters a contact is in."""

_SEPARATOR: Final = "\0"


class Raised(msgspec.Struct, array_like=True, gc=False):
    """What was told of one closure of an order: the alert's last state and version; ``fixed`` once what proved it was forgotten."""

    id: str
    closed_at: Instant
    state: str = ""
    version: int = 0
    since_at: Instant = 0
    fixed: bool = False


class Held(msgspec.Struct, array_like=True, gc=False):
    """One contact: its facts, and what they led to.

    ``earlier``, ``later`` and ``spoiled_by`` outlive the contacts that they are about: one before it within the window, one after it,
    an escalated order of it.
    """

    family: Family
    contact: str
    opened_at: Instant
    ended_at: Instant
    place: Where
    cause: str
    served: bool
    left: bool
    escalated: bool
    closures: list[Closure]
    earlier: bool = False
    later: bool = False
    spoiled_by: bool = False
    spoiled: bool = False
    booked: int = 0
    raised: list[Raised] = []

    @property
    def counts(self) -> bool:
        """Whether it counts as a contact: a human served it and it belongs to no other."""
        return self.served and not self.cause

    @property
    def order(self) -> tuple[Instant, str, str]:
        """Where it stands among the others: by its start."""
        return (self.opened_at, self.family, self.contact)

    @property
    def name(self) -> bytes:
        """Which contact it is."""
        return contact_name(self.family, self.contact)


class Group(msgspec.Struct, array_like=True, gc=False):
    """The contacts of one customer about one problem, in order of their start.

    ``due_at`` is when T next changes something, ``provisional`` how many first contacts have their window open.
    """

    due_at: Instant = 0
    provisional: int = 0
    held: list[Held] = []

    def find(self, name: bytes) -> Held | None:
        """The contact of that name."""
        return next((each for each in self.held if each.name == name), None)


def contact_name(family: str, contact: str) -> bytes:
    """Which contact, by its digest, as others name it as their cause."""
    return cause_name(family, digest(contact))


def cause_name(family: str, cause: str) -> bytes:
    """Which contact, where its digest is known."""
    return f"{family}|{cause}".encode()


def group_name(customer: str, problem: str) -> bytes:
    """Which customer and problem, or contact of a customer; all of them digests."""
    return (customer + _SEPARATOR + problem).encode()


def customer_of(group: bytes) -> str:
    """The customer of a group."""
    return group.decode().partition(_SEPARATOR)[0]


def has_problem(group: bytes) -> bool:
    """Whether the problem is known: else its contacts only matter to those that they belong to."""
    return not group.endswith(_SEPARATOR.encode())


def held_from(facts: ContactFacts) -> Held:
    """A contact as its facts say."""
    place = msgspec.convert(facts.place, Where)
    return Held(
        facts.family,
        facts.contact,
        facts.opened_at,
        facts.ended_at,
        place,
        facts.cause,
        facts.served,
        facts.left,
        facts.escalated,
        list(facts.closures),
    )
