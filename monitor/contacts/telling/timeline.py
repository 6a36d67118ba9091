"""The timeline of a contact: its events and the timers that went by between them, with what each did."""

from collections.abc import Sequence
from typing import Final

from monitor.contacts.cycles.due import NEVER
from monitor.contacts.events.history import decoded
from monitor.contacts.fold import leg_of
from monitor.contacts.kept.contact import Contact, Stored, View
from monitor.contacts.saying.promised import by_language
from monitor.contacts.telling.changes import attributes_set, before, deeds, rematched
from monitor.contacts.telling.notes import Notes
from monitor.contacts.telling.rules import tried
from monitor.contacts.versions import Stage
from monitor.turns import Turns
from schemas.events import EventData, event_name
from schemas.events.workorder import WorkOrderPaused
from schemas.explanations import Deed, Matching, TimelineEntry
from schemas.instants import Instant, format_instant

CycleName = tuple[str, str]

_OF_CLOCKS: Final = "clock."
"""Counters of clocks say again what the deeds say."""


SWITCHED: Final = "policy.switched"
"""The type of an entry that no event made: another policy version applies to the open contact."""


class Timeline:
    """A contact folded once more, by ``turns``; ``entries`` and ``matchings`` are what was seen, ``view`` is what came of it."""

    def __init__(self, stages: Sequence[Stage], contact: Contact) -> None:
        self.view = View()
        self.entries: list[TimelineEntry] = []
        self.matchings: dict[CycleName, list[Matching]] = {}
        self.types: dict[str, str] = {}
        self._contact, self._family, self._coming = contact, contact.family, list(stages[1:])
        self._notes = Notes()
        self._plan, self._fold = stages[0].plan.families[contact.family], stages[0].fold.into(self._notes)
        self._was = before(self.view)

    def turns(self) -> Turns["Timeline"]:
        """Fold, an event a turn."""
        for event, data in decoded(self._contact.events):
            self._switch(event.at)
            self._pass_timers(event.at - 1)
            self._take(event, data)
            yield
        self._switch(NEVER)
        self._pass_timers(self._contact.view.fired_at)
        return self

    def _switch(self, until: Instant) -> None:
        """Come under the policies that the contact came under up to an instant (P14)."""
        while self._coming and self._coming[0].at <= until:
            stage = self._coming.pop(0)
            self._pass_timers(stage.at - 1)
            earlier = self._fold
            self._plan, self._fold = stage.plan.families[self._family], stage.fold.into(self._notes)
            self._fold.switch(earlier, self._family, self.view, stage.at)
            policy, did = stage.plan.policy, tuple(self._seen("", stage.at))
            titles = by_language(policy.titles, policy.title)
            self.entries.append(TimelineEntry(at=format_instant(stage.at), type=SWITCHED, did=did, policy=policy.version, policy_titles=titles))

    def _take(self, event: Stored, data: EventData) -> None:
        was = self._was
        self._fold.take(self._family, self.view, event, data)
        name = event_name(data)
        self.types[event.id] = name
        did = self._seen(event.id, event.at)
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
        last = 0
        while last < (at := self._next_timer()) <= until:
            last = at
            self._fold.advance(self._family, self.view, at, inclusive=True)
            did = self._seen("", at)
            if did:
                self.entries.append(TimelineEntry(at=format_instant(at), did=tuple(did)))

    def _next_timer(self) -> Instant:
        timers = [run.next_at for run in self.view.runs if run.next_at]
        leg = leg_of(self.view)
        if leg is not None and leg.next_at:
            timers.append(leg.next_at)
        return min(timers, default=0)

    def _seen(self, event: str, at: Instant) -> list[Deed]:
        """What the last step changed."""
        was, self._was = self._was, before(self.view)
        changed = was.changed(self._was)
        for run in rematched(was, self.view, changed):
            plan = self._plan.of(run)
            if plan is not None:
                rules = tried(plan, self.view.attributes, run)
                matching = Matching(at=format_instant(at), event=event, rules=rules)
                self.matchings.setdefault((run.clock, run.cycle), []).append(matching)
        did = deeds(was, self.view, changed, self._plan)
        for counter, counted_at, amount in self._notes.taken():
            if not counter.startswith(_OF_CLOCKS):
                own = None if counted_at == at else format_instant(counted_at)
                did.append(Deed(what="counted", counter=counter, amount=amount, counted_at=own))
        return did
