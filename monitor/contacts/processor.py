"""The contacts processor: one shard of contacts, driven by records and ticks (design §4, §5; ``monitor.processing``)."""

from collections.abc import Iterable, Iterator
from typing import Final

from monitor.contacts import samples
from monitor.contacts.counting import Desk, Floor
from monitor.contacts.cycles import clocks, due
from monitor.contacts.events import admission
from monitor.contacts.events.door import Door
from monitor.contacts.events.history import Decoded, History, decoded
from monitor.contacts.events.order import Standing, insert, standing
from monitor.contacts.flows import alerts, follow
from monitor.contacts.fold import waiting
from monitor.contacts.kept import codec
from monitor.contacts.kept.contact import CANCELLED, Contact, Stored, View
from monitor.contacts.kept.shelf import Shelf
from monitor.contacts.rounds import Rounds
from monitor.contacts.rulings.commands import read_command
from monitor.contacts.rulings.exemptions import Exemptions
from monitor.contacts.rulings.office import Office
from monitor.contacts.rulings.rulings import Bench
from monitor.contacts.saying.emission import PROCESSOR, Emission
from monitor.contacts.saying.reporting import Reporting
from monitor.contacts.saying.verdicts import publish
from monitor.contacts.sweep import Sweep
from monitor.contacts.telling.contact import tell
from monitor.contacts.telling.upcoming import DueQuery, due_clocks
from monitor.contacts.versions import FIRST, Versions
from monitor.panes.where import NodePlace
from monitor.policy.book import Policies
from monitor.policy.model import Policy
from monitor.processing import Effects, Output, Record, Reject, Sample, State
from monitor.turns import Turns, finish
from schemas.cloudevents import decode_event
from schemas.due import DueClock
from schemas.event import Event
from schemas.events import EventData, Family
from schemas.events.workorder import WorkOrderPaused
from schemas.explanations import ContactExplanation
from schemas.instants import Instant
from schemas.partition import partition_of
from schemas.reasons import Reason, Refused
from schemas.topics import COMMANDS, SOURCE_TOPICS

GHOST: Final = "expired"
SOURCES_COUNTED: Final = 100
BEFORE_ALL: Final[Instant] = -1


class ContactsProcessor:
    """Folds events into contacts, judges their clocks at ticks, and says verdicts, alerts, panes and presence."""

    def __init__(self, partition: int, state: State, policy: Policy | Policies, partitions: int, hash_key: bytes = b"") -> None:
        """``hash_key`` is what customer keys are hashed with, where the policy wants that (R80)."""
        self._partition, self._partitions, self._state = partition, partitions, state
        self._hash_key = hash_key
        self._versions = Versions(policy if isinstance(policy, Policies) else Policies(policy), state)
        self._exemptions = Exemptions(state)
        self._counters = samples.Counters()
        self._outputs: list[Output] = []
        self._rejects: list[Reject] = []
        self._begin()

    def _begin(self) -> None:
        """Make everything that the policy decides the shape of; called again only before the first record."""
        policy, state = self._versions.policy, self._state
        self._limits, self._door = policy.limits, Door(policy.privacy, self._hash_key)
        self._emission = Emission(self._partition, policy, state, self._partitions)
        self._desk = Desk(Floor(self._versions.current), self._emission.ledger)
        self._versions.book_into(self._emission.ledger)
        self._history = History(self._versions)
        self._bench = Bench(self._versions, self._history, self._exemptions, self._emission.ledger)
        self._shelf = Shelf(self._versions, state, self._history.view_of)
        self._reporting = Reporting(PROCESSOR, self._partition, self._partitions, self._shelf)
        self._sweep = Sweep(state)
        self._rounds = Rounds(self._versions, self._sweep, self._shelf, self._history, self._bench, self._emission)
        self._office = Office(self._partition, self._partitions, self._exemptions, self._bench, self._shelf, self._sweep, self._counters)
        self.judged_at: Instant = max(self._emission.ledger.sent_at, 0)
        for key, short in self._shelf.waiting:
            if short.waiting_at is not None:
                self._emission.presence.enter(short.waiting_at, key.decode(), short.waiting_since_at)
            elif short.node:
                self._emission.presence.enter(NodePlace(short.node), key.decode(), short.node_since_at)
        self._shelf.waiting.clear()

    def adopt(self, version: str, t: Instant) -> None:
        """Take over a policy version before the records of T are applied: contacts opened from then on are under it."""
        if self._versions.adopt(version, t):
            self._begin()

    def apply(self, record: Record, t: Instant) -> None:
        """Take one record of a source topic, or a command; what breaks the contract becomes a reject."""
        try:
            if record.topic == COMMANDS:
                self._office.take(read_command(record), t)
                return
            event = decode_event(record.key, record.value, record.headers, SOURCE_TOPICS[record.topic])
            self._admit(record.key or b"", event if self._door.is_open else self._door.enter(event), t)
        except Refused as refused:
            contact = record.key.decode(errors="replace")[:128] if record.key else ""
            self._rejects.append(Reject(record, refused.reason, refused.detail, refused.path, contact))

    def judge(self, t: Instant, appended_at: Instant) -> None:
        """It is T: timers that went by take effect, what changed is published, what is old is forgotten, panes go out.

        A policy version that comes into force at T does so first: every contact is under it before one of its clocks is judged.
        """
        self._rounds.begin(t)
        self._limits = self._versions.policy.limits
        self._settle(t)
        for key in self._shelf.due(t):
            contact = self._shelf.get(key)
            if contact is not None:
                self._judge(key, contact, t)
        self._settle(t)
        self._outputs.extend(self._emission.emit(t, appended_at, self._reporting))
        self.judged_at = t

    def drain(self) -> Effects:
        """Hand over everything since the last call."""
        self._settle(BEFORE_ALL)
        changes = self._shelf.changes()
        for part in (self._emission, self._versions, self._sweep, self._exemptions):
            changes |= part.changes()
        effects = Effects(changes, self._outputs, self._rejects)
        self._outputs, self._rejects = [], []
        return effects

    def quarantine(self, record: Record) -> None:
        """Mark the record's contact as unjudged: nothing more is said about it, and ``/metrics`` counts it."""
        if record.key is None or record.topic not in SOURCE_TOPICS:
            return
        key = codec.state_key(SOURCE_TOPICS[record.topic], record.key)
        contact = self._shelf.get(key)
        if contact is None:
            contact = Contact(key[3:].decode(errors="replace"), SOURCE_TOPICS[record.topic], [], View(opened_at=record.timestamp_at), [])
        contact.unjudged = True
        self._shelf.put(key, contact)

    def samples(self) -> Iterable[Sample]:
        """Values for ``/metrics``."""
        return samples.collect(self._partition, self._counters, self._shelf, self._emission)

    def explain(self, family: Family, contact_id: str) -> ContactExplanation | None:
        """Why everything about a contact is as it is, as of the T judged last; None if it is not kept. Changes nothing."""
        turns = self.telling(family, contact_id)
        return None if turns is None else finish(turns)

    def telling(self, family: Family, contact_id: str) -> Turns[ContactExplanation] | None:
        """``explain`` in turns, between which the shard may go on; the contact is told as it is now."""
        contact = self._shelf.peek(codec.state_key(family, contact_id.encode()))
        return None if contact is None else tell(self._versions.stages_of(contact), contact, self.judged_at, self._versions.stage)

    def due(self, query: DueQuery) -> Iterator[list[DueClock]]:
        """What breaches next, contact by contact in no order; the caller may pause between two. Changes nothing."""
        t = self.judged_at
        for key in self._shelf.upcoming(t + query.within_us + 1):
            family = codec.FAMILY_OF[key[:3]]
            contact = self._shelf.peek(key) if query.family in (None, family) and self._shelf.has_clocks(key) else None
            yield [] if contact is None else list(due_clocks(self._versions.family_of(contact), contact, query, t))

    def _admit(self, name: bytes, event: Event, t: Instant) -> None:
        key = codec.state_key(event.family, name)
        contact = self._shelf.get(key)
        if contact is None:
            if partition_of(name, self._partitions) != self._partition:
                raise Refused(Reason.WRONG_PARTITION, f"key {event.contact} belongs to another partition; partition by murmur2 of the key", "key")
            admission.may_open(event, t, self._limits)
            stored = admission.effective(event, t, self._limits)
            contact = Contact(event.contact, event.family, [], View(), [])
            if self._versions.several:
                contact.lineage = self._versions.lineage(stored.at, stored.at)
            how: Standing = "next"
        else:
            stored = admission.effective(event, t, self._limits)
            how = standing(contact.events, stored)
            if how == "duplicate":
                self._counters.duplicates += 1
                return
            if how != "next" or len(contact.events) >= self._limits.events:
                admission.may_join(contact, how, self._limits)
            if admission.may_contradict(contact, how, event.data):
                admission.check_order(decoded(contact.events), stored, event.data)
        if stored.stated_at:
            self._count_clamped(stored.source)
        self._accept(key, contact, how, stored, event.data)

    def _accept(self, key: bytes, contact: Contact, how: Standing, stored: Stored, data: EventData) -> None:
        several = self._versions.several
        if how == "next" and stored.at > contact.view.fired_at:
            changed = several and self._history.keep_up(contact, stored.at, self._emission.ledger)
            contact.events.append(stored)
            changed |= self._versions.fold_of(contact).take(contact.family, contact.view, stored, data)
        else:
            self._counters.late += 1
            events = _with(contact.events, stored, data)
            lineage = self._versions.lineage(events[0][0].at, max(events[-1][0].at, (contact.lineage or FIRST)[-1][0])) if several else ()
            self._history.rewrite(contact, events, lineage, self._emission.ledger)
            changed = True
        if self._bench.concerns(contact):
            changed |= self._bench.revise(contact)
        self._counters.accepted += 1
        if isinstance(data, WorkOrderPaused):
            self._count_pause(contact.family, data.reason)
        if changed and not contact.publish_at and (contact.view.runs or contact.ledger or contact.view.findings):
            contact.publish_at = max(contact.last_at, contact.view.fired_at)
        self._shelf.put(key, contact)

    def _count_clamped(self, source: str) -> None:
        """Skew is counted per source (P37); a flood of made-up sources is one more."""
        counted = self._counters.clamped
        name = source if source in counted or len(counted) < SOURCES_COUNTED else "other"
        counted[name] = counted.get(name, 0) + 1

    def _count_pause(self, family: Family, reason: str | None) -> None:
        """A missing or unlisted reason pauses no clock and is counted (P11)."""
        if reason is None or reason not in self._versions.current.families[family].pause_reasons:
            counted = self._counters.pauses_unlisted
            counted[family] = counted.get(family, 0) + 1

    def _settle(self, t: Instant) -> None:
        """Once a tick and drain, for every contact that was touched: when it is due next, and where it waits."""
        for key, contact in self._shelf.settle(t).items():
            self._reporting.touched(key, contact)
            now = waiting(contact.view)
            if now != contact.shown:
                self._emission.moved(key.decode(), contact.shown, now)
                contact.shown = now

    def _judge(self, key: bytes, contact: Contact, t: Instant) -> None:
        changed = self._versions.several and self._history.keep_up(contact, t, self._emission.ledger)
        changed |= self._versions.fold_of(contact).advance(contact.family, contact.view, t)
        if self._bench.concerns(contact):
            changed |= self._bench.revise(contact)
        if due.forget_at(contact, self._limits) <= t:
            self._expire(contact, t)
            self._say(contact, t)
            self._emission.moved(key.decode(), contact.shown, None)
            self._shelf.forget(key, contact.summary)
            return
        if changed or (contact.publish_at and contact.publish_at <= t):
            self._say(contact, t)
            contact.publish_at = 0
        self._shelf.put(key, contact)

    def _say(self, contact: Contact, t: Instant) -> None:
        if not contact.unjudged:
            plan = self._versions.plan_of(contact)
            self._outputs.extend(publish(plan, contact, t, self._bench.again))
            if contact.view.findings or contact.ledger:
                self._outputs.extend(alerts.publish(plan, contact, t))

    def _expire(self, contact: Contact, t: Instant) -> None:
        """A contact that never closed goes as a ghost: what still runs is cancelled, and nothing found lasts longer."""
        family = self._versions.family_of(contact)
        for run in due.running_promises(contact.view):
            plan = family.of(run)
            if plan is not None:
                clocks.end(self._desk, plan, contact.view, run, t, CANCELLED)
                run.reason = GHOST
                self._counters.ghosts += 1
        follow.end(contact.view, t)


def _with(events: list[Stored], arriving: Stored, data: EventData) -> Decoded:
    """The accepted events with one put in its place, read back."""
    return [(e, data) if e is arriving else decoded([e])[0] for e in insert(events, arriving)]
