"""The timeline of a contact: its events and the timers that went by between them, with what each did."""

from typing import Final

from monitor.contacts.contact import Contact, Stored, View
from monitor.contacts.fold import Fold, leg_of
from monitor.contacts.history import decoded
from monitor.contacts.plan import Plan
from monitor.contacts.telling.changes import Before, attributes_set, before, deeds, rematched
from monitor.contacts.telling.notes import Notes
from monitor.contacts.telling.rules import tried
from schemas.events import EventData, event_name
from schemas.events.workorder import WorkOrderPaused
from schemas.explanations import Deed, Matching, TimelineEntry
from schemas.instants import Instant, format_instant

CycleName = tuple[str, str]

_OF_CLOCKS: Final = "clock."
"""Counters of clocks say again what the deeds say."""


class Timeline:
    """A contact folded once more; ``entries`` and ``matchings`` are what was seen, ``view`` is what came of it."""

    def __init__(self, plan: Plan, fold: Fold, contact: Contact) -> None:
        self.view = View()
        self.entries: list[TimelineEntry] = []
        self.matchings: dict[CycleName, list[Matching]] = {}
        self.types: dict[str, str] = {}
        self._family, self._plan = contact.family, plan.families[contact.family]
        self._notes = Notes()
        self._fold = fold.into(self._notes)
        for event, data in decoded(contact.events):
            self._pass_timers(event.at - 1)
            self._take(event, data)
        self._pass_timers(contact.view.fired_at)

    def _take(self, event: Stored, data: EventData) -> None:
        was = before(self.view)
        self._fold.take(self._family, self.view, event, data)
        name = event_name(data)
        self.types[event.id] = name
        did = self._seen(was, event.id, event.at)
        if isinstance(data, WorkOrderPaused) and data.reason is None:
            did.insert(0, Deed(what="pauses_nothing"))
        entry = TimelineEntry(
            at=format_instant(event.at),
            type=name,
            event=event.id,
            source=event.source,
            stated_at=format_instant(event.stated_at) if event.stated_at else None,
            sets=attributes_set(was, self.view),
            did=tuple(did),
        )
        self.entries.append(entry)

    def _pass_timers(self, until: Instant) -> None:
        """Let the timers up to ``until`` go by one instant at a time."""
        while (at := self._next_timer()) and at <= until:
            was = before(self.view)
            self._fold.advance(self._family, self.view, at, inclusive=True)
            did = self._seen(was, "", at)
            if did:
                self.entries.append(TimelineEntry(at=format_instant(at), did=tuple(did)))

    def _next_timer(self) -> Instant:
        timers = [run.next_at for run in self.view.runs if run.next_at]
        leg = leg_of(self.view)
        if leg is not None and leg.next_at:
            timers.append(leg.next_at)
        return min(timers, default=0)

    def _seen(self, was: Before, event: str, at: Instant) -> list[Deed]:
        for run in rematched(was, self.view):
            plan = self._plan.clocks.get(run.clock)
            if plan is not None:
                rules = tried(plan, self.view.attributes, run.started_at)
                matching = Matching(at=format_instant(at), event=event, rules=rules)
                self.matchings.setdefault((run.clock, run.cycle), []).append(matching)
        did = deeds(was, self.view, self._plan)
        for counter, counted_at, amount in self._notes.taken():
            if not counter.startswith(_OF_CLOCKS):
                own = None if counted_at == at else format_instant(counted_at)
                did.append(Deed(what="counted", counter=counter, amount=amount, counted_at=own))
        return did
