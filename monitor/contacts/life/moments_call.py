"""The life of a call: which moments each event brings, and what it books (P24-P28).

IVR time is no wait; ringing is. Each ``queued`` is a wait of its own, the total wait counts from the first. A call answered
without a queue counts as offered with no wait. If two sources disagree so that the answer comes before the queue, the wait
is 0 (``clock_skew``, P37).
"""

from typing import Final

from monitor.contacts.counting import Desk
from monitor.contacts.kept.contact import CallFlow, Leg, View
from monitor.contacts.life import handling, ivr, waits
from schemas.events import EventData
from schemas.events.call import CallCallbackConnected, CallCallbackExpired, CallData, CallFlowOut, CallIvrEntered, CallIvrLeft, CallWrapupEnd
from schemas.events.shared import Cancelled, StillOpen
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
        return _ends(desk, view, flow, data, at)
    if name in _LEAVES:
        return _leaves(desk, flow, name, data)
    return _other(desk, view, flow, data, at)


_TALK: Final = frozenset({"call.hold_start", "call.hold_end", "call.ringing", "call.transferred"})
_ENDS: Final = frozenset({"call.ended", "call.abandoned", "cancelled"})
_FINAL: Final = frozenset({"voicemail", "closed"})
_LEAVES: Final = {"call.flow_out": "flow_out", "call.callback_requested": "callback"}


def _first_queued(data: EventData, at: Instant) -> Instant:
    """When the customer began to wait: a call that came from elsewhere says so (P27)."""
    text = data.first_queued_at if isinstance(data, CallData) else None
    return at if text is None else min(at, parse_instant(text))


def _queued(desk: Desk, view: View, flow: CallFlow, at: Instant, source: str) -> Moments:
    place = desk.place_of(view)
    if flow.ivr_since_at:
        ivr.leave(desk, view, flow, "human", at)
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
    if flow.ivr_since_at:
        ivr.leave(desk, view, flow, "human", at)
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


def _ends(desk: Desk, view: View, flow: CallFlow, data: EventData, at: Instant) -> Moments:
    if flow.ivr_since_at:
        ivr.leave(desk, view, flow, "hung_up", at)
    if flow.leg is not None:
        if isinstance(data, Cancelled):
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


def _other(desk: Desk, view: View, flow: CallFlow, data: EventData, at: Instant) -> Moments:
    over = isinstance(data, (CallCallbackConnected, CallCallbackExpired))
    if isinstance(data, CallWrapupEnd) and flow.wrapup_since_at:
        desk.total(flow.wrapup_place, at, "wrapup_us", at - flow.wrapup_since_at)
        flow.wrapup_since_at = 0
        over = True
    elif isinstance(data, StillOpen) and flow.leg is not None:
        waits.seen(desk, flow.leg, at)
    elif isinstance(data, CallIvrEntered):
        ivr.enter(desk, view, flow, at)
    elif isinstance(data, CallIvrLeft):
        ivr.leave(desk, view, flow, data.outcome, at)
        over = data.outcome != "human"
    return CLOSED if over and flow.leg is None and flow.handling is None else NONE  # who waits or talks is not gone
