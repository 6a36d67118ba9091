"""One customer's day, written by hand: what recorded logs do not tell and a model only by chance, so that every demo shows it.

A fault order is closed without a call-back (R14), hours later the customer is back with the same problem, in a chat that waits too
long for a person and in which a word of warning falls (R6, R72), then on the telephone: the order was no repair (R79).
"""

from collections.abc import Iterator
from typing import Final

from msgspec.structs import replace

from monitor.sources.arrival import Arrival
from schemas.event import Event
from schemas.events import EventData, Family
from schemas.events.call import CallAnswered, CallEnded, CallQueued
from schemas.events.chat import ChatAgentMsg, ChatCustomerMsg, ChatEnded, ChatOpened, ChatQueued, ChatResolved
from schemas.events.shared import KeywordHit
from schemas.events.workorder import (
    WorkOrderAccepted,
    WorkOrderAssigned,
    WorkOrderClosed,
    WorkOrderCreated,
    WorkOrderDiagnosed,
    WorkOrderFirstFeedback,
    WorkOrderPlanFedBack,
    WorkOrderResolved,
)
from schemas.instants import MINUTE, Instant

SOURCE: Final = "/told/story"
_QUEUES: Final[dict[Family, str]] = {"workorder": "repairs", "chat": "chat", "call": "hotline"}

_Told = tuple[float, Family, EventData]
_DAY: Final[tuple[_Told, ...]] = (  # minutes after the demo's first instant
    (20, "workorder", WorkOrderCreated(priority="normal", location="12 Canal Street", symptom="no signal", impact_scope="one home")),
    (21, "workorder", WorkOrderAccepted(automatic=True)),
    (25, "workorder", WorkOrderAssigned(dept="network")),
    (30, "workorder", WorkOrderFirstFeedback()),
    (40, "workorder", WorkOrderDiagnosed()),
    (50, "workorder", WorkOrderPlanFedBack()),
    (80, "workorder", WorkOrderResolved()),
    (85, "workorder", WorkOrderClosed()),
    (120, "chat", ChatOpened()),
    (120.1, "chat", ChatQueued()),
    (120.2, "chat", ChatCustomerMsg()),
    (122, "chat", KeywordHit(keyword="complaint")),
    (124, "chat", ChatAgentMsg()),
    (129, "chat", ChatResolved()),
    (130, "chat", ChatEnded()),
    (150, "call", CallQueued()),
    (150.2, "call", CallAnswered()),
    (155, "call", CallEnded()),
)


def story(begins_at: Instant) -> Iterator[Arrival]:
    """Its events in order of time, each delivered when it happens."""
    for number, (minutes, family, data) in enumerate(_DAY, 1):
        at = begins_at + round(minutes * MINUTE)
        full = replace(
            data,
            sequence=number,
            queue=_QUEUES[family],
            channel="app" if family == "chat" else "hotline",
            customer_key="story-customer",
            problem_key="no-signal",
            request_type="fault",
            request_subtype="network",
        )
        yield Arrival(Event(f"story-{family}", family, f"story:{number}", SOURCE, at, number, full), at)
