"""Events that say how a contact was served (``monitor.contacts.life.service``)."""

from typing import Final

from schemas.events import EventData
from schemas.events.call import CallAnswered, CallCallbackConnected, CallQueued, CallTransferred
from schemas.events.chat import ChatAgentMsg, ChatHandoffRequested, ChatQueued, ChatTransferred
from schemas.events.shared import Cancelled
from schemas.events.workorder import (
    WorkOrderAccepted,
    WorkOrderAssigned,
    WorkOrderClosed,
    WorkOrderDiagnosed,
    WorkOrderEscalated,
    WorkOrderFirstFeedback,
    WorkOrderNodeEntered,
    WorkOrderOnsiteArrived,
    WorkOrderPlanFedBack,
    WorkOrderProgressNotified,
    WorkOrderResolved,
    WorkOrderResultReturned,
)

HUMAN: Final[frozenset[type[EventData]]] = frozenset(
    {
        CallAnswered, CallCallbackConnected, ChatAgentMsg, WorkOrderAccepted, WorkOrderFirstFeedback, WorkOrderPlanFedBack, WorkOrderDiagnosed,
        WorkOrderEscalated, WorkOrderProgressNotified, WorkOrderResultReturned, WorkOrderOnsiteArrived, WorkOrderResolved,
    }
)  # fmt: skip
"""Events by which a human serves a contact, unless they say that no human did (requirements §5.10)."""

SERVES: Final = HUMAN | {WorkOrderClosed, Cancelled}
"""Events that begin what is kept of the service: they serve, or say how it ended."""

MOVES: Final[frozenset[type[EventData]]] = frozenset(
    {
        CallQueued, CallAnswered, CallTransferred, ChatQueued, ChatTransferred, ChatHandoffRequested, ChatAgentMsg, WorkOrderAccepted,
        WorkOrderAssigned, WorkOrderNodeEntered, WorkOrderEscalated,
    }
)  # fmt: skip
"""Events after which a contact may be elsewhere."""
