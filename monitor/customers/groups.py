"""The groups of one shard: facts in, counters of panes and alerts out; whatever is forgotten leaves its mark on those that remain.

state  g|customer problem   the group
       i|family|contact     which group a contact is in
       b|customer contact   escalated contacts that belong to this one (digests)
"""

from heapq import heapify, heappop, heappush
from typing import Final

import msgspec

from monitor.customers import standing
from monitor.customers.closures import Closures
from monitor.customers.held import (
    CONTACT,
    FINAL,
    FIRST,
    REPEAT,
    SOLVED,
    Group,
    Held,
    cause_name,
    contact_name,
    customer_of,
    group_name,
    has_problem,
    held_from,
)
from monitor.customers.kept import Kept
from monitor.panes.ledger import PaneLedger
from monitor.policy.model import Policy
from monitor.processing import State
from schemas.customers import ContactFacts, digest
from schemas.events.base import Family
from schemas.instants import Instant

MOST: Final = 64
"""Contacts of one customer about one problem that are kept; beyond it the one that began first is forgotten early."""

CHAIN: Final = 8
"""Contacts that belong to each other one by one are followed this far."""

GROUP, INDEX, BELONGING = b"g|", b"i|", b"b|"
_COUNTERS: Final = {CONTACT: "repeat.contacts", REPEAT: "repeat.repeats", FIRST: "fcr.first", SOLVED: "fcr.solved", FINAL: "fcr.final"}
_FAMILIES: Final[tuple[Family, ...]] = ("call", "chat", "workorder")


class _Head(msgspec.Struct, array_like=True):
    due_at: Instant
    provisional: int


class Groups:
    """All groups of one shard."""

    def __init__(self, policy: Policy, state: State, ledger: PaneLedger, closures: Closures) -> None:
        self._rules, self._ledger, self._closures = policy.customers, ledger, closures
        self._groups = Kept(state, GROUP, msgspec.msgpack.Decoder(Group))
        self._index = Kept(state, INDEX, msgspec.msgpack.Decoder(bytes))
        self._belonging = Kept(state, BELONGING, msgspec.msgpack.Decoder(list[bytes]))
        self.kept = self.provisional = self.forgotten = self.crowded = self.late = 0
        self._due: list[tuple[Instant, bytes]] = []
        head = msgspec.msgpack.Decoder(_Head)
        for key, value in state.items():
            if key.startswith(GROUP):
                brief = head.decode(value)
                self._due.append((brief.due_at, key[len(GROUP) :]))
                self.provisional += brief.provisional
            elif key.startswith(INDEX):
                self.kept += 1
        heapify(self._due)

    def lay_out(self, policy: Policy) -> None:
        """Judge by another policy's windows from now on."""
        self._rules = policy.customers

    def put(self, facts: ContactFacts, known: bool, t: Instant) -> None:
        """Take a contact as it is now. One that was forgotten changes nothing any more; it is counted."""
        name, into = contact_name(facts.family, facts.contact), group_name(facts.customer, facts.problem)
        found_in = self._index.get(name)
        if found_in is None and known:
            self.late += 1
            return
        held = held_from(facts)
        if found_in is not None and found_in != into:
            self.remove(facts.family, facts.contact, t)
            found_in = None
        if found_in is None:
            self._index.put(name, into)
            self.kept += 1
        group = self._groups.get(into) or Group()
        before = group.find(name)
        if before is not None:
            self._take_over(before, held)
            group.held.remove(before)
        group.held.append(held)
        group.held.sort(key=lambda each: each.order)
        held.spoiled = held.spoiled_by or self._belonging.get(group_name(facts.customer, digest(facts.contact))) is not None
        self._judge(into, group, t)
        if before is not None and before.cause != held.cause:
            self._tell_cause(into, before, False, t)
        self._tell_cause(into, held, held.escalated or held.spoiled, t)
        self._crowd(into, group, t)

    def remove(self, family: Family, contact: str, t: Instant) -> None:
        """A contact is none of this customer's, or this problem's, after all: everything it led to is taken back."""
        name = contact_name(family, contact)
        into = self._index.get(name)
        group = None if into is None else self._groups.get(into)
        held = None if group is None else group.find(name)
        if into is None or group is None or held is None:
            return
        self._tell_cause(into, held, False, t)
        self._book(held, 0)
        self._closures.withdraw(held, t)
        self._drop(into, group, held)
        if held.raised:  # versions of its alerts go on should it come back
            group.held.append(Held(family, contact, held.opened_at, held.ended_at, held.place, "", False, False, False, [], raised=held.raised))
            group.held.sort(key=lambda each: each.order)
        self._judge(into, group, t)

    def advance(self, t: Instant) -> None:
        """It is T: windows close, and what is old is forgotten."""
        due: dict[bytes, None] = {}
        while self._due and self._due[0][0] <= t:
            due[heappop(self._due)[1]] = None
        for name in sorted(due):
            group = self._groups.get(name)
            if group is None:
                continue
            if group.due_at <= t:
                self._forget_old(name, group, t)
                self._judge(name, group, t)
            else:
                heappush(self._due, (group.due_at, name))

    def changes(self) -> dict[bytes, bytes | None]:
        """What the state must hold since the last call."""
        return self._groups.changes() | self._index.changes() | self._belonging.changes()

    def _judge(self, name: bytes, group: Group, t: Instant) -> None:
        """Bring counters and alerts of a group up to date as of T, and keep it."""
        if not group.held:
            self.provisional -= group.provisional
            self._groups.drop(name)
            return
        if has_problem(name):
            for held, bits in zip(group.held, standing.standings(group.held, self._rules, t), strict=True):
                self._book(held, bits)
                if held.closures or held.raised:
                    self._closures.look(name, held, group.held, t)
        provisional = sum(1 for held in group.held if held.booked & FIRST and not held.booked & FINAL)
        self.provisional += provisional - group.provisional
        group.provisional = provisional
        due_at = standing.due_at(group.held, self._rules)
        if due_at != group.due_at:
            group.due_at = due_at
            heappush(self._due, (due_at, name))
        self._groups.put(name, group)

    def _book(self, held: Held, bits: int) -> None:
        changed = held.booked ^ bits
        if not changed:
            return
        held.booked = bits
        for bit, counter in _COUNTERS.items():
            if changed & bit:
                self._ledger.book(held.place, held.opened_at, counter, 1 if bits & bit else -1)

    def _take_over(self, before: Held, after: Held) -> None:
        """What was booked and told of a contact goes on under its new facts; at another place or time it is booked anew."""
        after.earlier, after.later, after.spoiled_by, after.raised = before.earlier, before.later, before.spoiled_by, before.raised
        if before.opened_at != after.opened_at or before.place != after.place:
            self._book(before, 0)
        if before.place != after.place:
            self._closures.take_back(before, -1)
            self._closures.take_back(after, 1)
        after.booked = before.booked

    def _tell_cause(self, of: bytes, held: Held, spoils: bool, t: Instant) -> None:
        """Whether a contact makes the one that it belongs to unsolved; and so on to what that one belongs to."""
        customer = customer_of(of)
        for _ in range(CHAIN):
            if not held.cause:
                return
            key = group_name(customer, held.cause)
            members = self._belonging.get(key) or []
            if spoils == (held.name in members):
                return
            members = [*members, held.name][-MOST:] if spoils else [each for each in members if each != held.name]
            if members:
                self._belonging.put(key, members)
            else:
                self._belonging.drop(key)
            found = self._find(customer, held.cause)
            if found is None:
                return
            name, group, held = found
            held.spoiled = held.spoiled_by or bool(members)
            self._judge(name, group, t)
            spoils = held.escalated or held.spoiled

    def _find(self, customer: str, cause: str) -> tuple[bytes, Group, Held] | None:
        for family in _FAMILIES:
            name = self._index.get(cause_name(family, cause))
            if name is None or customer_of(name) != customer:
                continue
            group = self._groups.get(name)
            held = None if group is None else group.find(cause_name(family, cause))
            if group is not None and held is not None:
                return name, group, held
        return None

    def _forget_old(self, name: bytes, group: Group, t: Instant) -> None:
        for held in [each for each in group.held if standing.forget_at(each, self._rules) <= t]:
            self._forget(name, group, held, t)

    def _crowd(self, name: bytes, group: Group, t: Instant) -> None:
        while len(group.held) > MOST:
            self.crowded += 1
            self._forget(name, group, group.held[0], t)
            self._judge(name, group, t)

    def _forget(self, name: bytes, group: Group, held: Held, t: Instant) -> None:
        """Let a contact go; what it meant for the others stays."""
        for each in group.held if held.counts else ():
            if each.counts and each is not held:
                earlier, later = (held, each) if held.order < each.order else (each, held)
                if later.opened_at <= standing.within(earlier, self._rules):
                    each.earlier, each.later = each.earlier or each is later, each.later or each is earlier
        for each in group.held:
            self._closures.fix(each, held, group.held, t)
        self._closures.end(held, t)
        if held.booked & FIRST:
            self._book(held, held.booked | FINAL)
        found = self._find(customer_of(name), held.cause) if held.cause and (held.escalated or held.spoiled) else None
        if found is not None:
            found[2].spoiled_by = True
            self._groups.put(found[0], found[1])
        self._tell_cause(name, held, False, t)
        self._drop(name, group, held)
        self.forgotten += 1

    def _drop(self, name: bytes, group: Group, held: Held) -> None:
        group.held.remove(held)
        if self._index.get(held.name) == name:
            self._index.drop(held.name)
            self.kept -= 1
