"""Reading accepted events back for a new fold, and folding a contact anew when one came late or corrected (P32)."""

from functools import reduce
from operator import or_
from typing import Final, cast

import msgspec

from monitor.contacts.bookings import Book, Sink
from monitor.contacts.fold import Fold
from monitor.contacts.kept.contact import Contact, Stored, View
from monitor.contacts.versions import FIRST, Lineage, Versions
from schemas.events import CALL_EVENTS, CHAT_EVENTS, SHARED_EVENTS, WORKORDER_EVENTS, EventData, Family
from schemas.instants import Instant

_KINDS: Final = (*CALL_EVENTS, *CHAT_EVENTS, *WORKORDER_EVENTS, *SHARED_EVENTS)
_decode: Final = msgspec.msgpack.Decoder(cast(type[EventData], reduce(or_, _KINDS))).decode

Decoded = list[tuple[Stored, EventData]]


def decoded(events: list[Stored]) -> Decoded:
    """The events with what they say."""
    return [(event, _decode(event.data)) for event in events]


class History:
    """Folds whole event lists, each part of them under the policy version that the contact's lineage says."""

    def __init__(self, versions: Versions) -> None:
        self._versions = versions

    def view_of(self, contact: Contact, fired_at: Instant) -> View:
        """The view of a contact that was kept without one."""
        return self.again(contact.family, decoded(contact.events), fired_at, contact.lineage, Book())

    def rewrite(self, contact: Contact, events: Decoded, lineage: Lineage, sink: Sink) -> None:
        """Put other events or another lineage in place of the contact's: fold both to the same timers, book only the difference."""
        before, after = Book(), Book()
        fired_at = contact.view.fired_at
        self.again(contact.family, decoded(contact.events), fired_at, contact.lineage, before)
        contact.view = self.again(contact.family, events, fired_at, lineage, after)
        contact.events, contact.lineage = [event for event, _ in events], lineage
        after.subtract(before)
        after.pour(sink)

    def again(self, family: Family, events: Decoded, fired_at: Instant, lineage: Lineage, sink: Sink) -> View:
        """Fold events and switches in the order of their instants, a switch before the events of its instant."""
        fold = self._versions.fold(lineage[0][1] if lineage else 0).into(sink)
        if len(lineage) <= 1:
            return fold.again(family, events, fired_at)
        view, coming = View(), list(lineage[1:])
        for event, data in events:
            while coming and coming[0][0] <= event.at:
                fold = self._switched(fold, family, view, coming.pop(0), sink)
            fold.take(family, view, event, data)
        for switch in coming:
            fold = self._switched(fold, family, view, switch, sink)
        fold.advance(family, view, fired_at, inclusive=True)
        return view

    def keep_up(self, contact: Contact, until: Instant, sink: Sink) -> bool:
        """Bring a contact under the versions that apply to it up to an instant; answer whether any clock changed.

        Where it already took an event beyond a switch, its history is folded again with the switch in its place.
        """
        have = contact.lineage or FIRST
        wanted = self._versions.lineage_of(contact, until)
        if wanted == contact.lineage or not contact.events:
            return False
        fresh = (wanted or FIRST)[len(have) :]
        if (wanted or FIRST)[: len(have)] != have or fresh[0][0] <= max(contact.last_at, contact.view.fired_at):
            self.rewrite(contact, decoded(contact.events), wanted, sink)
            return True
        fold, changed = self._versions.fold_of(contact), False
        for at, number in fresh:
            following = self._versions.fold(number)
            changed |= following.switch(fold, contact.family, contact.view, at)
            fold = following
        contact.lineage = wanted
        return changed

    def _switched(self, fold: Fold, family: Family, view: View, switch: tuple[Instant, int], sink: Sink) -> Fold:
        at, number = switch
        following = self._versions.fold(number).into(sink)
        following.switch(fold, family, view, at)
        return following
