"""What a shard does at a tick before any clock is judged: it comes under the policy in force, and goes on visiting its contacts."""

import msgspec

from monitor.contacts import due
from monitor.contacts.contact import Contact
from monitor.contacts.emission import Emission
from monitor.contacts.history import History
from monitor.contacts.rulings import Bench
from monitor.contacts.shelf import Shelf
from monitor.contacts.sweep import Sweep
from monitor.contacts.versions import Versions
from schemas.instants import Instant


class Rounds(msgspec.Struct, frozen=True):
    """The contacts of one shard and everything that can change them without an event."""

    versions: Versions
    sweep: Sweep
    shelf: Shelf
    history: History
    bench: Bench
    emission: Emission

    def begin(self, t: Instant) -> None:
        """It is T: what was adopted for now counts, and the next contacts are brought up to date."""
        entered = self.versions.enter(t)
        if entered is not None:
            self.emission.lay_out(self.versions.policy)
            if entered.open:
                self.sweep.request(self.shelf.keys, closed_too=False)
        if self.sweep.left:
            self._visit(t)

    def _visit(self, t: Instant) -> None:
        """Bring the contacts of the next bucket up to date: clocks that the present version makes due, breaches that are exempt now."""
        closed_too = self.sweep.closed_too
        for key in self.sweep.take(self.shelf.keys):
            contact = None if not closed_too and self.shelf.is_packed(key) else self.shelf.get(key)
            if contact is None:
                continue
            changed = self.versions.several and _is_open(contact) and self.history.keep_up(contact, t, self.emission.ledger)
            if self.bench.concerns(contact):
                changed |= self.bench.revise(contact)
            if changed:
                contact.publish_at = contact.publish_at or t
                self.shelf.put(key, contact)


def _is_open(contact: Contact) -> bool:
    """Whether anything can still become of the contact without another event."""
    return not contact.view.closed_at or bool(due.running_promises(contact.view))
