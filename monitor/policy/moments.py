"""Moments: what a clock can start, stop or be cancelled on. Every event of the contract is one; a few are derived from several.

A moment happens on a contact at the instant of the event that causes it; ``where`` tests of a trigger look at that event.
"""

from typing import Final

import msgspec

from schemas.events import EVENT_TYPES, FAMILIES, EventData, Family, event_name
from schemas.events.call import CallAbandoned, CallAnswered, CallCallbackConnected, CallCallbackExpired, CallEnded, CallFlowOut
from schemas.events.chat import ChatAgentMsg, ChatCustomerLeft, ChatCustomerMsg, ChatEnded, ChatHandoffRequested, ChatOpened, ChatResolved
from schemas.events.workorder import WorkOrderClosed, WorkOrderResolved

HUMAN_WANTED: Final = "chat.human_wanted"
HUMAN_REPLIED: Final = "chat.human_replied"
CUSTOMER_WAITING: Final = "chat.customer_waiting"
CUSTOMER_ANSWERED: Final = "chat.customer_answered"
CLOSED: Final = "contact.closed"
SETTLED: Final = "contact.settled"


class Moment(msgspec.Struct, frozen=True):
    """A named moment: the families it can happen in and the events that can cause it."""

    name: str
    families: frozenset[Family]
    events: tuple[type[EventData], ...]
    help: str
    derived: bool = False


_CHAT: Final[frozenset[Family]] = frozenset({"chat"})
_ALL: Final[frozenset[Family]] = frozenset(FAMILIES)
_CALL_ENDS: Final = (CallEnded, CallAbandoned, CallFlowOut, CallCallbackConnected, CallCallbackExpired)

DERIVED: Final[tuple[Moment, ...]] = (
    Moment(
        HUMAN_WANTED,
        _CHAT,
        (ChatHandoffRequested, ChatCustomerMsg, ChatOpened),
        "a person is wanted: hand-off requested, or the first customer message where no bot answers (R6, P20)",
        derived=True,
    ),
    Moment(HUMAN_REPLIED, _CHAT, (ChatAgentMsg,), "a public message of a human agent (R6, P19, P20)", derived=True),
    Moment(
        CUSTOMER_WAITING,
        _CHAT,
        (ChatCustomerMsg,),
        "the oldest unanswered customer message after the first human reply (P17, P18)",
        derived=True,
    ),
    Moment(
        CUSTOMER_ANSWERED,
        _CHAT,
        (ChatAgentMsg, ChatResolved),
        "that message is answered by a human, or the conversation is settled (P17, P18)",
        derived=True,
    ),
    Moment(CLOSED, _ALL, (*_CALL_ENDS, ChatEnded, ChatCustomerLeft, WorkOrderClosed), "nothing more is expected of the contact", derived=True),
    Moment(
        SETTLED,
        _ALL,
        (CallAnswered, ChatResolved, WorkOrderResolved),
        "what the customer came for is settled: the call answered, the chat or order resolved",
        derived=True,
    ),
)


def _of_events() -> dict[str, Moment]:
    families: dict[type[EventData], set[Family]] = {}
    for family, struct in EVENT_TYPES.values():
        families.setdefault(struct, set()).add(family)
    return {
        event_name(struct): Moment(event_name(struct), frozenset(found), (struct,), (struct.__doc__ or "").strip())
        for struct, found in families.items()
    }


MOMENTS: Final[dict[str, Moment]] = _of_events() | {moment.name: moment for moment in DERIVED}
