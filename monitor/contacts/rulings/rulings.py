"""What people ruled over cycles of a contact, laid over what its events say: exempt breaches and repaired verdicts (P7, design §8).

The fold knows nothing of it. A ruling books the difference: one less where the fold has booked the cycle, one more where it counts
now, at the same instant and place (§5.10). Whenever the view changed, or an exemption came or went, rulings are found anew; so a
lifted exemption leaves no trace but the versions that were published.
"""

from typing import Final

from msgspec.structs import replace

from monitor.contacts.bookings import Book, Sink
from monitor.contacts.cycles.rematch import NO_LONGER_PROMISED
from monitor.contacts.events.history import History, decoded
from monitor.contacts.kept.contact import CANCELLED, RUNNING, STOPPED, Contact, Run, View
from monitor.contacts.plan import ClockPlan
from monitor.contacts.rulings.exemptions import Exemptions
from monitor.contacts.rulings.ruling import Booking, Ruling
from monitor.contacts.versions import Versions
from monitor.panes.where import Where
from schemas.commands import Exempt, Repair
from schemas.instants import Instant, parse_instant
from schemas.reasons import Reason, Refused

EXEMPT: Final = "exempt"

Booked = tuple[Where, Instant, str]
"""Where, when and as what a fold has booked the end or the breach of a cycle."""


class Bench:
    """Rules over the contacts of one shard."""

    def __init__(self, versions: Versions, history: History, exemptions: Exemptions, sink: Sink) -> None:
        self._versions, self._history, self._exemptions, self._sink = versions, history, exemptions, sink

    def concerns(self, contact: Contact) -> bool:
        """Whether there is anything to rule: false for nearly every contact."""
        return bool(contact.rulings) or bool(self._exemptions)

    def revise(self, contact: Contact) -> bool:
        """Bring the rulings of a contact in line with its view and the exemptions in force; answer whether any changed."""
        held = {(ruling.clock, ruling.cycle): ruling for ruling in contact.rulings}
        kept: list[Ruling] = []
        changed = False
        for run in contact.view.runs:
            before = held.pop((run.clock, run.cycle), None)
            after = self._ruling(contact, run, before)
            if after is None and before is None:
                continue
            changed |= self._book(before, after)
            if after is not None:
                kept.append(after)
        for before in held.values():  # the events show no such cycle any more
            changed |= self._book(before, None)
            if before.repair:
                kept.append(replace(before, booked=[]))
        contact.rulings = kept
        return changed

    def repair(self, contact: Contact, command: Repair) -> None:
        """Lay a repair over the decided cycles it names. Raises Refused when there is none, or its policy never counted here."""
        number = -1
        if command.policy is not None:
            found = self._versions.number_of(command.policy)
            if found is None:
                raise Refused(Reason.CONTRACT, f"policy {command.policy} was never in force here", "$.policy")
            number = found
        named = [
            run for run in contact.view.runs if command.clock in (None, run.clock) and command.cycle in (None, run.cycle) and booked(run) is not None
        ]
        if not named:
            raise Refused(Reason.CONTRACT, f"contact {contact.id} has no such cycle with a verdict", "$.cycle")
        names = {(run.clock, run.cycle) for run in named}
        for ruling in contact.rulings:
            if (ruling.clock, ruling.cycle) in names:
                self._book(ruling, None)
        contact.rulings = [ruling for ruling in contact.rulings if (ruling.clock, ruling.cycle) not in names]
        contact.rulings += [
            replace(_ruling_of(run, command, command.verdict or ""), policy=number, version=command.policy or "", repair=True) for run in named
        ]
        self.revise(contact)

    def again(self, contact: Contact, ruling: Ruling) -> tuple[ClockPlan, View, Run] | None:
        """A cycle as the policy of its repair gives it, from the start of the contact; None if that promises no such cycle."""
        lineage = ((0, ruling.policy),)
        view = self._history.again(contact.family, decoded(contact.events), contact.view.fired_at, lineage, Book())
        family = self._versions.family(ruling.policy, contact.family)
        for run in view.runs:
            plan = family.of(run)
            if (run.clock, run.cycle) == (ruling.clock, ruling.cycle) and plan is not None and run.last_rule >= 0:
                return plan, view, run
        return None

    def _ruling(self, contact: Contact, run: Run, before: Ruling | None) -> Ruling | None:
        """The ruling over a cycle as it is now: a repair stays, else an exemption may cover its breach."""
        natural = booked(run)
        if before is not None and before.repair:
            return replace(before, booked=[] if natural is None else self._moved(contact, run, natural, before))
        command = self._exemptions.covering(contact.id, contact.view, run) if run.breach_at else None
        if command is None or natural is None:
            return None
        ruling = _ruling_of(run, command, EXEMPT)
        return replace(ruling, booked=self._moved(contact, run, natural, ruling))

    def _moved(self, contact: Contact, run: Run, natural: Booked, ruling: Ruling) -> list[Booking]:
        """What takes a cycle from where its fold has booked it to where it counts under a ruling."""
        place, at, _ = natural
        before = self._versions.family_of(contact).of(run)
        after, value = before, run.value
        to: Booked | None = (place, at, ruling.verdict)
        if ruling.policy >= 0:
            found = self.again(contact, ruling)
            to = (place, at, "cancelled") if found is None else booked(found[2])
            after = before if found is None else found[0]
        if to == natural or before is None:
            return []
        return [*_counted(before, value, natural, -1), *([] if to is None else _counted(after or before, value, to, 1))]

    def _book(self, before: Ruling | None, after: Ruling | None) -> bool:
        """Book one ruling instead of another; answer whether they differ."""
        if before is not None and after is not None and (before.command, before.booked) == (after.command, after.booked):
            return False
        for place, at, counter, amount in before.booked if before is not None else ():
            self._sink.book(place, at, counter, -amount)
        for place, at, counter, amount in after.booked if after is not None else ():
            self._sink.book(place, at, counter, amount)
        return True


def booked(run: Run) -> Booked | None:
    """Where, when and as what the fold has booked a cycle; None while nothing is decided."""
    if run.breach_at:
        return (run.place, run.breach_booked_at, "breached")
    if run.reason == NO_LONGER_PROMISED:
        return (run.place, run.breach_booked_at, "cancelled")
    if run.state == RUNNING or run.rule < 0:
        return None
    return (run.place, run.ended_at, {STOPPED: "met", CANCELLED: "cancelled"}[run.state])


def _ruling_of(run: Run, command: Exempt | Repair, verdict: str) -> Ruling:
    given_at = parse_instant(command.given_at)
    return Ruling(run.clock, run.cycle, command.id, command.person, command.reason, verdict, given_at=given_at)


def _counted(plan: ClockPlan, value: str, booked_as: Booked, amount: int) -> list[Booking]:
    place, at, outcome = booked_as
    return [(place, at, getattr(names, outcome), amount) for names in plan.names_for(value)]
