"""What the web pages need to know of a worker; the runtime gives it, tests give a fake one."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Protocol

import msgspec

from monitor.contacts.telling.upcoming import DueQuery
from monitor.processing import Sample
from monitor.turns import Turns
from schemas.due import DueClock
from schemas.events import Family
from schemas.explanations import ContactExplanation
from schemas.instants import Instant


class About(msgspec.Struct, frozen=True, kw_only=True):
    """Who this worker is, for the status page."""

    application: str
    worker: str
    version: str
    policy: str
    policy_title: str = ""


class ContactsShard(Protocol):
    """One owned shard of contacts, asked between two of its steps; nothing asked changes anything."""

    @property
    def judged_at(self) -> Instant:
        """The T judged last; 0 before the first."""

    def telling(self, family: Family, contact_id: str) -> Turns[ContactExplanation] | None:
        """Why everything about a contact is as it is now; None if it is not kept. The event loop may get a turn between two."""

    def due(self, query: DueQuery) -> Iterator[list[DueClock]]:
        """What breaches next, contact by contact; the event loop may get a turn between two."""


class WorkerView(Protocol):
    """A running worker, read on its own event loop."""

    @property
    def about(self) -> About:
        """Names and versions; the policy is the newest that was read."""

    @property
    def named_queues(self) -> frozenset[str]:
        """The queues that the policy names; empty where it names none."""

    def parts(self) -> Iterable[Iterable[Sample]]:
        """Values of one owned shard after the other, then of the runtime. The event loop gets a turn between two parts, not within one."""

    @property
    def partitions(self) -> int:
        """How many partitions the contacts of this application have."""

    def contacts(self) -> Mapping[int, ContactsShard]:
        """The shards of contacts that this worker owns now, by partition."""

    def not_ready(self) -> str | None:
        """Why the worker takes no part yet (no assignment, recovering, halted shard); None when it does."""

    def not_alive(self) -> str | None:
        """Why the worker should be restarted (recovery or assignment takes too long, loop stuck); None when all is well."""
