"""Reading accepted events back for a new fold, and folding a contact anew when one came late or corrected (P32)."""

from functools import reduce
from operator import or_
from typing import Final, cast

import msgspec

from monitor.contacts.bookings import Book, Sink
from monitor.contacts.contact import Contact, Stored, View
from monitor.contacts.fold import Fold
from schemas.events import CALL_EVENTS, CHAT_EVENTS, SHARED_EVENTS, WORKORDER_EVENTS, EventData
from schemas.instants import Instant

_KINDS: Final = (*CALL_EVENTS, *CHAT_EVENTS, *WORKORDER_EVENTS, *SHARED_EVENTS)
_decode: Final = msgspec.msgpack.Decoder(cast(type[EventData], reduce(or_, _KINDS))).decode

Decoded = list[tuple[Stored, EventData]]


def decoded(events: list[Stored]) -> Decoded:
    """The events with what they say."""
    return [(event, _decode(event.data)) for event in events]


class History:
    """Folds whole event lists."""

    def __init__(self, fold: Fold) -> None:
        self._fold = fold

    def view_of(self, contact: Contact, fired_at: Instant) -> View:
        """The view of a contact that was kept without one."""
        return self._fold.into(Book()).again(contact.family, decoded(contact.events), fired_at)

    def rewrite(self, contact: Contact, events: Decoded, sink: Sink) -> None:
        """Put other events in place of the contact's: fold both lists to the same timers, book only the difference."""
        before, after = Book(), Book()
        fired_at = contact.view.fired_at
        self._fold.into(before).again(contact.family, decoded(contact.events), fired_at)
        contact.view = self._fold.into(after).again(contact.family, events, fired_at)
        contact.events = [event for event, _ in events]
        after.subtract(before)
        after.pour(sink)
