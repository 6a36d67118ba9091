"""Whether a decoded event may become part of its contact; if not, under which reason it is refused (P31, P37, design §4)."""

from typing import Final

import msgspec

from monitor.contacts.events.order import Standing
from monitor.contacts.kept.contact import Contact, Stored
from monitor.contacts.life.steps import FOLLOW_UPS
from monitor.policy.model import Limits
from schemas.event import Event
from schemas.events import EventData
from schemas.events.call import CallAbandoned, CallAnswered, CallEnded, CallHoldEnd, CallHoldStart, CallQueued, CallRinging
from schemas.events.chat import ChatData, ChatOpened
from schemas.events.workorder import WorkOrderCreated, WorkOrderData
from schemas.instants import SECOND, Instant, format_instant
from schemas.reasons import Reason, Refused

_encode: Final = msgspec.msgpack.Encoder().encode
_LIVE: Final = (CallQueued, CallRinging, CallAnswered, CallHoldStart, CallHoldEnd)
_OVER: Final = (CallEnded, CallAbandoned)
_FIRST: Final = (WorkOrderCreated, ChatOpened)

Decoded = list[tuple[Stored, EventData]]


def effective(event: Event, t: Instant, limits: Limits) -> Stored:
    """The event as it is kept: ahead of T by more than ``future_us`` it takes effect at T (P37). Raises Refused ``in_future``."""
    at, stated_at = event.at, 0
    if at > t + limits.future_us:
        if at > t + limits.future_reject_us:
            ahead = (at - t) // SECOND
            raise Refused(Reason.IN_FUTURE, f"the event time {format_instant(at)} is {ahead} s ahead of the present", "ce_time")
        at, stated_at = t, at
    return Stored(at, event.sequence, event.source, event.id, stated_at, _encode(event.data))


def may_open(event: Event, t: Instant, limits: Limits) -> None:
    """An event older than any contact of its family is kept belongs to one that was forgotten; raises Refused ``too_late``."""
    if type(event.data) not in FOLLOW_UPS and event.at < t - limits.keep_closed_us[event.family]:
        kept = limits.keep_closed_us[event.family] // SECOND
        detail = f"no contact {event.contact} is kept any more; {event.family} contacts are kept {kept} s after their last event"
        raise Refused(Reason.TOO_LATE, detail, "ce_time")


def may_join(contact: Contact, standing: Standing, limits: Limits) -> None:
    """Raise Refused for a conflict, or when the contact already holds as many events as it may."""
    if standing == "conflicting":
        detail = "an event with this source and id but other content was accepted before; send corrections with a higher sequence"
        raise Refused(Reason.CONFLICTING_DUPLICATE, detail, "ce_id")
    if standing != "corrects" and len(contact.events) >= limits.events:
        raise Refused(Reason.TOO_MANY_EVENTS, f"the contact already has {limits.events} events", "key")


def may_contradict(contact: Contact, standing: Standing, data: EventData) -> bool:
    """Whether an event could stand in an impossible order at all; events that are simply next cannot, with few exceptions."""
    if standing != "next":
        return True
    return bool(contact.events) and (isinstance(data, _FIRST) or (bool(contact.view.closed_at) and isinstance(data, _LIVE)))


def check_order(known: Decoded, arriving: Stored, data: EventData) -> None:
    """Raise Refused ``impossible_order`` if, within one source, something comes before its beginning or after its end (P37)."""
    for event, other in known:
        if event.source != arriving.source or event.id == arriving.id or event.at == arriving.at:
            continue
        first, second = (other, data) if event.at < arriving.at else (data, other)
        if _contradicts(first, second):
            detail = f"within one source {_name(second)} cannot come after {_name(first)}, which event {event.id} of this contact says"
            raise Refused(Reason.IMPOSSIBLE_ORDER, detail, "ce_time")


def _contradicts(first: EventData, second: EventData) -> bool:
    if isinstance(first, _OVER):
        return isinstance(second, _LIVE)
    if isinstance(second, WorkOrderCreated):
        return isinstance(first, WorkOrderData)
    return isinstance(second, ChatOpened) and isinstance(first, ChatData)


def _name(data: EventData) -> str:
    return str(data.__struct_config__.tag)
