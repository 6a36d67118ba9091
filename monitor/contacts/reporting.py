"""What a contacts shard tells the customers shards: the facts of contacts of known customers, when they differ from what was told.

They go out at the first tick of each whole second, before the watermark, decided by T alone. Which contacts have more to tell lies in
the state with them, so that a restart between a commit and the next second forgets none.
"""

from collections.abc import Callable
from functools import lru_cache
from hashlib import blake2b
from typing import Final, Protocol

import msgspec

from monitor.contacts.contact import Contact, Told
from monitor.contacts.service import cause_of, problem_of
from monitor.panes.where import Where
from monitor.processing import Output
from schemas.customers import ContactFacts, ContactGone, CustomerContact, Place, digest
from schemas.events import Family
from schemas.instants import Instant
from schemas.partition import partition_of
from schemas.topics import CUSTOMER_CONTACTS

_DIGEST_BYTES: Final = 8
_encode: Final = msgspec.json.Encoder().encode


class Contacts(Protocol):
    """Where contacts are kept."""

    untold: list[bytes]

    def get(self, key: bytes) -> Contact | None:
        """The contact under a key."""

    def put(self, key: bytes, contact: Contact) -> None:
        """A contact changed."""


class Reporting:
    """The contacts of one shard on their way to the customers shards."""

    def __init__(self, processor: str, partition: int, partitions: int, contacts: Contacts) -> None:
        self._source = (processor, partition)
        self._partitions, self._contacts = partitions, contacts
        self._untold: dict[bytes, None] = dict.fromkeys(contacts.untold)
        contacts.untold.clear()

    def touched(self, key: bytes, contact: Contact) -> None:
        """A contact changed: it may have more to tell."""
        if contact.view.service is None or contact.untold or contact.unjudged:
            return
        facts = facts_of(contact)
        if facts != contact.said or (facts is None and contact.told is not None):
            contact.untold = True
            self._untold[key] = None

    def emit(self, t: Instant) -> list[Output]:
        """What is new as of T, in the order of the contacts' keys."""
        if not self._untold:
            return []
        untold, self._untold = sorted(self._untold), {}
        outputs: list[Output] = []
        for key in untold:
            contact = self._contacts.get(key)
            if contact is not None:
                self._tell(contact, t, outputs.append)
                self._contacts.put(key, contact)
        return outputs

    def _tell(self, contact: Contact, t: Instant, send: Callable[[Output], None]) -> None:
        contact.untold = False
        if contact.unjudged:
            return
        before, facts = contact.told, facts_of(contact)
        if facts is None:
            after = None
        else:
            said = blake2b(_encode(facts), digest_size=_DIGEST_BYTES).digest()
            after = Told(customer_partition(facts.customer, self._partitions), said)
        contact.said, contact.told = facts, after
        if before is not None and (after is None or after.partition != before.partition):
            send(self._output(ContactGone(contact.family, contact.id, *self._source, t), contact, before.partition))
            before = None
        if facts is not None and after is not None and after != before:
            record = CustomerContact(facts, before is not None, *self._source, t)
            send(self._output(record, contact, after.partition))

    def _output(self, record: CustomerContact | ContactGone, contact: Contact, partition: int) -> Output:
        return Output(CUSTOMER_CONTACTS, record_key(contact.family, contact.id), _encode(record), (), partition)


def facts_of(contact: Contact) -> ContactFacts | None:
    """What the others of its customer need to know of a contact; None where they need to know nothing.

    A contact without a known problem matters only as an escalated order that belongs to another contact.
    """
    view, service = contact.view, contact.view.service
    if service is None or service.void:
        return None
    customer = view.attributes.get("customer_key")
    if customer is None or not (service.served_at or service.closures):
        return None
    problem, cause = problem_of(view), cause_of(view, service)
    if cause == contact.id:
        cause = ""
    if not problem and not (cause and service.escalated):
        return None
    closures = service.closures
    settled_at = closures[-1][0] if closures and not closures[-1][1] else 0
    return ContactFacts(
        family=contact.family,
        contact=contact.id,
        customer=digest(str(customer)),
        problem=digest(problem),
        cause=digest(cause),
        place=_place(service.place),
        opened_at=view.opened_at,
        ended_at=settled_at or view.closed_at,
        served=bool(service.served_at),
        left=service.left,
        escalated=service.escalated,
        closures=tuple(closures),
    )


@lru_cache(maxsize=10_000)
def _place(where: Where) -> Place:
    """A place as it is sent, without the parts that are empty at its end."""
    parts = [list(part) if isinstance(part, tuple) else part for part in where]
    while parts and not parts[-1]:
        parts.pop()
    return tuple(parts)


def record_key(family: Family, contact: str) -> bytes:
    """The record key of a contact: the last record of a key in its partition counts."""
    return f"{family}|{contact}".encode()


@lru_cache(maxsize=50_000)
def customer_partition(customer: str, partitions: int) -> int:
    """The partition in which all contacts of a customer (a digest) meet."""
    return partition_of(customer.encode(), partitions)
