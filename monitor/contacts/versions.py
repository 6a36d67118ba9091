"""Which policy versions a shard has adopted, when each is in force, and under which of them a contact's clocks run (P7, P14).

A version is adopted at the tick of T that names it first and counts from ``effective_at`` = the later of T and its own
``effective_from``. In force at an instant is the newest in the order of the log among those that count by then, so a version
with a distant ``effective_from`` is passed over when a newer one counts before. The first version of a shard is in force from
the beginning of time: nothing was promised before it.

A contact is opened under the version in force at its first event and keeps it: ``applies_to: new``. Where a version applies to
open clocks too, the contact has a *switch*: an instant in its history, before the events of that instant, at which its running
clocks are matched again. Base and switches together are its lineage, a function of its first event and what was adopted.
"""

from typing import Final

import msgspec

from monitor.contacts.bookings import Sink
from monitor.contacts.counting import Desk, Floor
from monitor.contacts.fold import Fold
from monitor.contacts.kept.contact import Contact
from monitor.contacts.plan import FamilyPlan, Plan
from monitor.policy.book import Policies
from monitor.policy.model import Policy
from monitor.processing import State
from schemas.events import Family
from schemas.instants import Instant

KEY: Final = b"v|policies"
FIRST: Final = ((0, 0),)
"""The lineage of a contact that knows the first version only; kept as an empty one."""

Lineage = tuple[tuple[Instant, int], ...]
"""From when a contact is under which adopted version, by number; the first entry is its base."""


class Adopted(msgspec.Struct, frozen=True, array_like=True):
    """One version in the state of a shard; its number is its place in the list."""

    version: str
    effective_at: Instant
    open: bool


class Stage(msgspec.Struct, frozen=True):
    """From when a contact is under which plan, with the fold of it; the first stage is that of its opening."""

    at: Instant
    plan: Plan
    fold: Fold


class _Kept(msgspec.Struct, array_like=True):
    layout: int
    adopted: list[Adopted]


_encode: Final = msgspec.msgpack.Encoder().encode
_decode: Final = msgspec.msgpack.Decoder(_Kept).decode


class Versions:
    """The adopted versions of one shard with everything a fold needs of each.

    ``layout`` is the number of the version whose scopes, dimensions, time zone, limits and counting rules of waits the shard
    as a whole follows: the one in force at the last T.
    """

    def __init__(self, policies: Policies, state: State) -> None:
        self._policies = policies
        self._adopted: list[Adopted] = []
        self._plans: list[Plan] = []
        self._folds: list[Fold] = []
        self._sink: Sink | None = None
        self._changed = False
        self.layout = 0
        stored = state.get(KEY)
        if stored is not None:
            kept = _decode(stored)
            self.layout = kept.layout
            for each in kept.adopted:
                self._take(each)
        elif policies.newest:
            self._take(Adopted(policies.newest, 0, False))
        self._is_fresh = stored is None

    @property
    def several(self) -> bool:
        """Whether a contact can be under another version than the first; while not, nothing of this costs anything."""
        return len(self._adopted) > 1

    @property
    def current(self) -> Plan:
        """The plan that the shard as a whole follows."""
        return self._plans[self.layout]

    @property
    def policy(self) -> Policy:
        """The policy that the shard as a whole follows."""
        return self.current.policy

    @property
    def adopted(self) -> tuple[Adopted, ...]:
        """Every adopted version, oldest first."""
        return tuple(self._adopted)

    def book_into(self, sink: Sink) -> None:
        """Let every fold book here; called once the panes are there."""
        self._sink = sink
        self._folds = [_fold(plan, sink) for plan in self._plans]

    def adopt(self, version: str, t: Instant) -> bool:
        """Take over the version that a tick names; answer whether the shard's first one was replaced, so that its panes begin anew."""
        if not version:
            return False
        replaced = False
        if self._is_fresh:  # what was taken at the start was a guess: no record was applied under it
            self._is_fresh, self._changed = False, True
            replaced = [each.version for each in self._adopted] != [version]
            if replaced:
                self._adopted, self._plans, self._folds = [], [], []
                self._take(Adopted(version, 0, False))
            return replaced
        if self._policies.number(version) > max(self._policies.number(each.version) for each in self._adopted):
            policy = self._policies.get(version)
            self._take(Adopted(version, max(policy.effective_from or t, t), policy.applies_to == "open"))
            self._changed = True
        return False

    def enter(self, t: Instant) -> Adopted | None:
        """T moves on: the version that is in force from now on for the shard as a whole, None while it stays the same."""
        if not self.several or (number := self.in_force(t)) == self.layout:
            return None
        self.layout, self._changed = number, True
        return self._adopted[number]

    def in_force(self, at: Instant) -> int:
        """The number of the version that counts at an instant."""
        return max(number for number, each in enumerate(self._adopted) if number == 0 or each.effective_at <= at)

    def number_of(self, version: str) -> int | None:
        """The number of an adopted version."""
        return next((number for number, each in enumerate(self._adopted) if each.version == version), None)

    def lineage(self, opened_at: Instant, until: Instant) -> Lineage:
        """Under which versions a contact that was opened then is, up to an instant; empty for the first version alone."""
        entries = [(0, self.in_force(opened_at))]
        later = sorted((each.effective_at, number) for number, each in enumerate(self._adopted) if each.open)
        for at, number in later:
            if opened_at < at <= until and number > entries[-1][1] and self.in_force(at) == number:
                entries.append((at, number))
        found = tuple(entries)
        return () if found == FIRST else found

    def lineage_of(self, contact: Contact, until: Instant) -> Lineage:
        """Under which versions a contact is up to an instant; one that it came under is never taken from it."""
        known = contact.lineage or FIRST
        return self.lineage(contact.view.opened_at, max(until, known[-1][0]))

    def moves(self, contact: Contact, t: Instant) -> bool:
        """Whether a contact is under another version as of T than the one that it is kept under."""
        return self.lineage_of(contact, t) != contact.lineage

    def fold(self, number: int) -> Fold:
        """The fold of one version."""
        return self._folds[number]

    def plan_of(self, contact: Contact) -> Plan:
        """The plan that a contact is under now."""
        return self._plans[contact.lineage[-1][1] if contact.lineage else 0]

    def fold_of(self, contact: Contact) -> Fold:
        """The fold that a contact is under now."""
        return self._folds[contact.lineage[-1][1] if contact.lineage else 0]

    def stages_of(self, contact: Contact) -> list[Stage]:
        """From when a contact is under which plan, for telling about it."""
        return [self.stage(number, at) for at, number in contact.lineage or FIRST]

    def stage(self, number: int, at: Instant = 0) -> Stage:
        """One version, from an instant on."""
        return Stage(at, self._plans[number], self._folds[number])

    def family_of(self, contact: Contact) -> FamilyPlan:
        """The clocks that a contact is under now."""
        return self.plan_of(contact).families[contact.family]

    def family(self, number: int, family: Family) -> FamilyPlan:
        """The clocks of one family in one version."""
        return self._plans[number].families[family]

    def changes(self) -> dict[bytes, bytes | None]:
        """What the state must hold since the last call."""
        if not self._changed:
            return {}
        self._changed = False
        return {KEY: _encode(_Kept(self.layout, self._adopted))}

    def _take(self, adopted: Adopted) -> None:
        plan = Plan(self._policies.get(adopted.version), len(self._plans), self._plans)
        self._adopted.append(adopted)
        self._plans.append(plan)
        if self._sink is not None:
            self._folds.append(_fold(plan, self._sink))


def _fold(plan: Plan, sink: Sink) -> Fold:
    return Fold(plan, Desk(Floor(plan), sink))
