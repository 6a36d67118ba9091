"""Events of one work order: fault, complaint, enquiry or business order."""

from typing import Annotated

import msgspec

from schemas.events.base import EventData, Identifier, Name, Text, Timestamp


class WorkOrderData(EventData, frozen=True, kw_only=True, omit_defaults=True):
    """Attributes of every work-order event."""

    dept: Name | None = None
    node: Name | None = None
    due_at: Timestamp | None = None
    location: Text | None = None
    symptom: Text | None = None
    impact_scope: Text | None = None
    parent_incident: Identifier | None = None
    complaint_reason: Text | None = None
    error_kind: Text | None = None


class WorkOrderCreated(WorkOrderData, frozen=True, kw_only=True, omit_defaults=True, tag="workorder.created"):
    """The order was opened."""


class WorkOrderAccepted(WorkOrderData, frozen=True, kw_only=True, omit_defaults=True, tag="workorder.accepted"):
    """Somebody took the order; with ``automatic`` a machine did (R1)."""


class WorkOrderFirstFeedback(WorkOrderData, frozen=True, kw_only=True, omit_defaults=True, tag="workorder.first_feedback"):
    """The customer got a first answer (R9)."""


class WorkOrderPlanFedBack(WorkOrderData, frozen=True, kw_only=True, omit_defaults=True, tag="workorder.plan_fed_back"):
    """The customer got a plan (R2)."""


class WorkOrderDiagnosed(WorkOrderData, frozen=True, kw_only=True, omit_defaults=True, tag="workorder.diagnosed"):
    """The cause is known (R3)."""


class WorkOrderNodeEntered(WorkOrderData, frozen=True, kw_only=True, omit_defaults=True, tag="workorder.node_entered"):
    """The order entered a step of its flow (R11)."""


class WorkOrderNodeLeft(WorkOrderData, frozen=True, kw_only=True, omit_defaults=True, tag="workorder.node_left"):
    """The order left a step of its flow (R11)."""


class WorkOrderAssigned(WorkOrderData, frozen=True, kw_only=True, omit_defaults=True, tag="workorder.assigned"):
    """Another department or person holds the order (R57)."""


class WorkOrderPaused(WorkOrderData, frozen=True, kw_only=True, omit_defaults=True, tag="workorder.paused"):
    """Work waits for a named reason (P11); a missing reason pauses nothing and is counted."""

    reason: Text | None = None


class WorkOrderResumed(WorkOrderData, frozen=True, kw_only=True, omit_defaults=True, tag="workorder.resumed"):
    """The wait for ``reason`` is over; without a reason all waits are."""

    reason: Text | None = None


class WorkOrderProgressNotified(WorkOrderData, frozen=True, kw_only=True, omit_defaults=True, tag="workorder.progress_notified"):
    """The customer was told how the order stands (R67)."""


class WorkOrderEscalated(WorkOrderData, frozen=True, kw_only=True, omit_defaults=True, tag="workorder.escalated"):
    """The order went up a support line (R63)."""

    from_line: Annotated[int, msgspec.Meta(ge=1, le=9)] | None = None
    to_line: Annotated[int, msgspec.Meta(ge=1, le=9)] | None = None


class WorkOrderResultReturned(WorkOrderData, frozen=True, kw_only=True, omit_defaults=True, tag="workorder.result_returned"):
    """The back office returned the result to the dispatcher (R12, R66)."""


class WorkOrderOnsiteArrived(WorkOrderData, frozen=True, kw_only=True, omit_defaults=True, tag="workorder.onsite_arrived"):
    """The engineer is at the customer's place (R17)."""


class WorkOrderResolved(WorkOrderData, frozen=True, kw_only=True, omit_defaults=True, tag="workorder.resolved"):
    """The request was settled."""


class WorkOrderClosed(WorkOrderData, frozen=True, kw_only=True, omit_defaults=True, tag="workorder.closed"):
    """The order is closed."""


class WorkOrderReopened(WorkOrderData, frozen=True, kw_only=True, omit_defaults=True, tag="workorder.reopened"):
    """A settled or closed order was opened again (P13)."""


WORKORDER_EVENTS = (
    WorkOrderCreated, WorkOrderAccepted, WorkOrderFirstFeedback, WorkOrderPlanFedBack, WorkOrderDiagnosed,
    WorkOrderNodeEntered, WorkOrderNodeLeft, WorkOrderAssigned, WorkOrderPaused, WorkOrderResumed,
    WorkOrderProgressNotified, WorkOrderEscalated, WorkOrderResultReturned, WorkOrderOnsiteArrived, WorkOrderResolved,
    WorkOrderClosed, WorkOrderReopened,
)  # fmt: skip
