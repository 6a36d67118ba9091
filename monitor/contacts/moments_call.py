"""The life of a call: which moments each event brings, and what it books (P24-P28).

IVR time is no wait; ringing is. Each ``queued`` is a wait of its own, the total wait counts from the first. A call answered
without a queue counts as offered with no wait. If two sources disagree so that the answer comes before the queue, the wait
is 0 (``clock_skew``, P37).
"""

from typing import Final

from monitor.contacts import handling, waits
from monitor.contacts.contact import CallFlow, Leg, View
from monitor.contacts.counting import Desk
from schemas.events import EventData
from schemas.events.call import CallData, CallFlowOut, CallIvrLeft
from schemas.instants import SECOND, Instant, parse_instant

Moments = tuple[str, ...]

NONE: Final[Moments] = ()
CLOSED: Final[Moments] = ("contact.closed",)
SETTLED: Final[Moments] = ("contact.settled",)
SKEW_US: Final = 60 * SECOND


def fold_call(desk: Desk, view: View, name: str, data: EventData, at: Instant, source: str) -> Moments:
    """Take one call event; answer the derived moments it brings."""
    flow = view.flow
    if not isinstance(flow, CallFlow):
        flow = view.flow = CallFlow()
    if name == "call.queued":
        if not flow.first_queued_at:
            flow.first_queued_at = _first_queued(data, at)
        return _queued(desk, view, flow, at, source)
    if name == "call.answered":
        return _answered(desk, view, flow, at, source)
    if name in _TALK:
        return _talk(flow, name, at)
    if name in _ENDS:
        return _ends(desk, flow, name, data, at)
    if name in _LEAVES:
        return _leaves(desk, flow, name, data)
    return _other(desk, flow, name, data, at)


_TALK: Final = frozenset({"call.hold_start", "call.hold_end", "call.ringing", "call.transferred", "call.ivr_entered"})
_ENDS: Final = frozenset({"call.ended", "call.abandoned", "cancelled"})
_FINAL: Final = frozenset({"voicemail", "closed"})
_LEAVES: Final = {"call.flow_out": "flow_out", "call.callback_requested": "callback"}


def _first_queued(data: EventData, at: Instant) -> Instant:
    """When the customer began to wait: a call that came from elsewhere says so (P27)."""
    text = data.first_queued_at if isinstance(data, CallData) else None
    return at if text is None else min(at, parse_instant(text))


def _queued(desk: Desk, view: View, flow: CallFlow, at: Instant, source: str) -> Moments:
    place = desk.place_of(view)
    if flow.leg is not None:
        if flow.leg.place[0] == place[0]:
            waits.seen(desk, flow.leg, at)
            return NONE
        waits.leave(desk, flow.leg, "flow_out")
    elif flow.direct_at and flow.direct_source != source and at - flow.direct_at <= SKEW_US:
        flow.direct_at = 0  # the queue's clock is behind the desk's: this wait was answered before it began
        return NONE
    if flow.handling is not None:
        handling.finish(desk, flow.handling, at)
        flow.handling = None
    flow.direct_at = 0
    flow.leg = waits.enter(desk, place, at)
    return NONE


def _answered(desk: Desk, view: View, flow: CallFlow, at: Instant, source: str) -> Moments:
    if flow.handling is not None:
        return NONE  # another desk joins: one contact, one answer
    leg = flow.leg
    if leg is None:
        leg = _direct(desk, view, at)
        flow.direct_at, flow.direct_source = at, source
    waits.answer(desk, leg, at)
    flow.leg = None
    flow.handling = handling.begin(leg.place, at)
    return SETTLED


def _direct(desk: Desk, view: View, at: Instant) -> Leg:
    leg = waits.enter(desk, desk.place_of(view), at)
    leg.next_at = 0
    return leg


def _talk(flow: CallFlow, name: str, at: Instant) -> Moments:
    if flow.handling is not None:
        if name == "call.hold_start":
            handling.hold(flow.handling, at)
        elif name == "call.hold_end":
            handling.unhold(flow.handling, at)
    return NONE


def _ends(desk: Desk, flow: CallFlow, name: str, data: EventData, at: Instant) -> Moments:
    if flow.leg is not None:
        if name == "cancelled":
            waits.leave(desk, flow.leg, "flow_out")
        else:
            waits.abandon(desk, flow.leg, at, _short(data))
        flow.leg = None
    if flow.handling is not None:
        handling.finish(desk, flow.handling, at)
        flow.wrapup_since_at, flow.wrapup_place = at, flow.handling.place
        flow.handling = None
    return CLOSED


def _short(data: EventData) -> int | None:
    if isinstance(data, CallData) and data.short_abandon_seconds is not None:
        return round(data.short_abandon_seconds * SECOND)
    return None


def _leaves(desk: Desk, flow: CallFlow, name: str, data: EventData) -> Moments:
    if flow.leg is not None:
        waits.leave(desk, flow.leg, _LEAVES[name])
        flow.leg = None
    return CLOSED if isinstance(data, CallFlowOut) and data.reason in _FINAL else NONE


def _other(desk: Desk, flow: CallFlow, name: str, data: EventData, at: Instant) -> Moments:
    if name == "call.wrapup_end" and flow.wrapup_since_at:
        desk.total(flow.wrapup_place, at, "wrapup_us", at - flow.wrapup_since_at)
        flow.wrapup_since_at = 0
        return CLOSED
    if name == "still_open" and flow.leg is not None:
        waits.seen(desk, flow.leg, at)
    if isinstance(data, CallIvrLeft) and data.outcome != "human":
        return CLOSED
    if name in ("call.callback_connected", "call.callback_expired"):
        return CLOSED
    return NONE
