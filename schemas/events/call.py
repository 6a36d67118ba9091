"""Events of one telephone call, from the voice menu to the end of after-call work."""

from typing import Annotated, Literal

import msgspec

from schemas.events.base import EventData, Name, Timestamp


class CallData(EventData, frozen=True, kw_only=True, omit_defaults=True):
    """Attributes of every call event; ``first_queued_at`` is when the customer began to wait, over all queues (P27)."""

    first_queued_at: Timestamp | None = None
    short_abandon_seconds: Annotated[float, msgspec.Meta(ge=0, le=3600)] | None = None


class CallIvrEntered(CallData, frozen=True, kw_only=True, omit_defaults=True, tag="call.ivr_entered"):
    """The caller reached the voice menu (R85)."""


class CallIvrLeft(CallData, frozen=True, kw_only=True, omit_defaults=True, tag="call.ivr_left"):
    """The caller left the voice menu (R85)."""

    outcome: Literal["human", "self_served", "hung_up"]


class CallQueued(CallData, frozen=True, kw_only=True, omit_defaults=True, tag="call.queued"):
    """The caller began to wait in ``queue``."""


class CallRinging(CallData, frozen=True, kw_only=True, omit_defaults=True, tag="call.ringing"):
    """A desk rings; ringing is part of the wait."""


class CallAnswered(CallData, frozen=True, kw_only=True, omit_defaults=True, tag="call.answered"):
    """A person took the call."""


class CallHoldStart(CallData, frozen=True, kw_only=True, omit_defaults=True, tag="call.hold_start"):
    """The caller was put on hold."""


class CallHoldEnd(CallData, frozen=True, kw_only=True, omit_defaults=True, tag="call.hold_end"):
    """The caller was taken off hold."""


class CallTransferred(CallData, frozen=True, kw_only=True, omit_defaults=True, tag="call.transferred"):
    """The call went to another desk or, with ``to_queue``, towards another queue."""

    to_queue: Name | None = None


class CallAbandoned(CallData, frozen=True, kw_only=True, omit_defaults=True, tag="call.abandoned"):
    """The caller hung up while waiting."""


class CallFlowOut(CallData, frozen=True, kw_only=True, omit_defaults=True, tag="call.flow_out"):
    """The call left the queue unanswered for another place (P27)."""

    reason: Literal["overflow", "voicemail", "transfer", "ivr", "closed", "other"]


class CallCallbackRequested(CallData, frozen=True, kw_only=True, omit_defaults=True, tag="call.callback_requested"):
    """The caller asked to be called back and left the queue (P26)."""


class CallCallbackConnected(CallData, frozen=True, kw_only=True, omit_defaults=True, tag="call.callback_connected"):
    """The promised call-back reached the customer."""


class CallCallbackExpired(CallData, frozen=True, kw_only=True, omit_defaults=True, tag="call.callback_expired"):
    """The promised call-back was given up."""


class CallEnded(CallData, frozen=True, kw_only=True, omit_defaults=True, tag="call.ended"):
    """The conversation ended."""


class CallWrapupEnd(CallData, frozen=True, kw_only=True, omit_defaults=True, tag="call.wrapup_end"):
    """After-call work ended."""


CALL_EVENTS = (
    CallIvrEntered, CallIvrLeft, CallQueued, CallRinging, CallAnswered, CallHoldStart, CallHoldEnd, CallTransferred,
    CallAbandoned, CallFlowOut, CallCallbackRequested, CallCallbackConnected, CallCallbackExpired, CallEnded, CallWrapupEnd,
)  # fmt: skip
