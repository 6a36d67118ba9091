"""What travels from contacts to customers: one contact as the others of its customer need to know it (requirements §5.10). JSON.

Record key: ``family|contact``; the partition follows from the customer, so that all contacts of a customer meet in one shard.
Watermarks (``schemas.panes``) go to every partition. Customer, problem and cause are digests of what the events say: they are
compared, never shown (R80).
"""

from functools import lru_cache
from hashlib import blake2b
from typing import Final

import msgspec

from schemas.events.base import Family
from schemas.instants import Instant
from schemas.panes import Watermark

Place = tuple[str | list[str] | None, ...]
"""Where a contact was first served: queue, channel, region, text of the dimensions, facets; ends may be left out."""

Closure = tuple[Instant, Instant]
"""When an order was settled, and when it was opened again (0 if it was not)."""


_DIGEST_BYTES: Final = 12


@lru_cache(maxsize=50_000)
def digest(text: str) -> str:
    """A text as others may see it: the same for the same text, and nothing of it; empty for none."""
    return blake2b(text.encode(), digest_size=_DIGEST_BYTES).hexdigest() if text else ""


class ContactFacts(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """The facts of one contact. ``problem`` is the digest of its problem key, else of its sub-type, else empty.

    ``cause`` is the digest of the contact that this one belongs to (its origin, or what it was merged into). ``ended_at`` is 0 while it is open: an
    order ends when it is settled. ``left`` says that it went to another line or department after it was first served, ``escalated``
    that an order went up a line. ``closures`` are those of orders, the latest few.
    """

    family: Family
    contact: str
    customer: str
    problem: str = ""
    cause: str = ""
    place: Place = ()
    opened_at: Instant
    ended_at: Instant = 0
    served: bool = False
    left: bool = False
    escalated: bool = False
    closures: tuple[Closure, ...] = ()


class CustomerContact(msgspec.Struct, frozen=True, tag="contact", tag_field="kind", gc=False):
    """A contact as of ``t``: absolute, the last one counts. ``known`` says that this partition was told of it before."""

    facts: ContactFacts
    known: bool
    processor: str
    partition: int
    t: Instant


class ContactGone(msgspec.Struct, frozen=True, tag="gone", tag_field="kind", gc=False):
    """A contact that this partition was told of is none of its own any more: void, or of another customer."""

    family: Family
    contact: str
    processor: str
    partition: int
    t: Instant


CustomerInput = CustomerContact | ContactGone | Watermark
