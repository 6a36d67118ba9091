"""Simulated work orders: feedback, plan, diagnosis, departments, pauses with reasons, priority changes, reopening, call-back.

Durations are log-normal with the usual promises (requirements R1-R5, R9) well inside, so that most are kept and some are not.
"""

from collections.abc import Iterator

import msgspec

from monitor.sources.traffic.agenda import Agenda, Life
from monitor.sources.traffic.model import TrafficModel
from monitor.sources.traffic.people import Attributes, Contact, Dice
from monitor.sources.traffic.profile import Rate, beginnings
from schemas.event import Event
from schemas.events.base import Channel, Priority, RequestType
from schemas.events.shared import CallbackDone, PriorityChanged, SurveyScored
from schemas.events.workorder import (
    WorkOrderAccepted,
    WorkOrderAssigned,
    WorkOrderClosed,
    WorkOrderCreated,
    WorkOrderDiagnosed,
    WorkOrderEscalated,
    WorkOrderFirstFeedback,
    WorkOrderNodeEntered,
    WorkOrderNodeLeft,
    WorkOrderPaused,
    WorkOrderPlanFedBack,
    WorkOrderProgressNotified,
    WorkOrderReopened,
    WorkOrderResolved,
    WorkOrderResultReturned,
    WorkOrderResumed,
)
from schemas.instants import DAY

_CHANNELS: tuple[Channel, ...] = ("hotline", "app", "web", "store")
_TYPES: tuple[RequestType, ...] = ("fault", "fault", "enquiry", "complaint", "business")
_DEPARTMENTS = ("network", "operations", "billing", "data")
_PAUSE_REASONS = ("waiting_customer", "force_majeure", "waiting_parts")
_PAUSE, _REASSIGN, _ESCALATE, _RAISE, _REOPEN = 0.25, 0.2, 0.15, 0.04, 0.05


class _Pace(msgspec.Struct, frozen=True):
    """Mean seconds to the milestones of one request type."""

    feedback: float
    plan: float
    diagnosis: float
    work: float


_PACES: dict[RequestType, _Pace] = {
    "fault": _Pace(900, 3600, 2000, 9 * 3600),
    "enquiry": _Pace(600, 1800, 900, 2400),
    "complaint": _Pace(900, 3000, 2400, 14 * 3600),
    "business": _Pace(1000, 3600, 1800, 20 * 3600),
}


class OrderDesk:
    """The departments that work on orders; their capacity is not modelled, only how long things take."""

    def __init__(self, model: TrafficModel) -> None:
        self._model = model
        self._agenda = Agenda()
        self._dice = Dice(model, "orders")

    def events(self) -> Iterator[Event]:
        """All events of all orders, in order of time."""
        model = self._model
        end_at = model.start_at + round(model.days * DAY)
        self._agenda.begin_each(beginnings(Rate(model, model.orders_per_day), self._dice.rng, model.start_at, end_at), self._begin)
        return self._agenda.run()

    def _begin(self, number: int) -> None:
        rng = self._dice.rng
        kind = rng.choice(_TYPES)
        attributes = Attributes(self._dice, f"orders-{kind}", rng.choice(_CHANNELS), kind)
        self._agenda.begin(self._life(Contact(self._agenda, "workorder", f"order-{self._model.seed}-{number:07d}", attributes)))

    def _life(self, contact: Contact) -> Life:
        dice, pace = self._dice, _PACES[contact.attributes.request_type]
        priority: Priority = dice.rng.choices(("high", "normal", "low"), (10, 75, 15))[0]
        haste = 0.4 if priority == "high" else 1.0
        contact.say(WorkOrderCreated(priority=priority))
        contact.say(WorkOrderAccepted(automatic=True))
        contact.say(WorkOrderNodeEntered(node="front", support_line=1))
        yield dice.log_normal(pace.feedback * haste, 0.8)
        contact.say(WorkOrderFirstFeedback())
        yield dice.log_normal(pace.diagnosis * haste, 0.9)
        contact.say(WorkOrderDiagnosed(support_line=1))
        yield dice.log_normal(pace.plan * haste, 0.8)
        contact.say(WorkOrderPlanFedBack())
        contact.say(WorkOrderNodeLeft(node="front", support_line=1))
        yield from self._work(contact, pace.work * haste, priority)
        contact.say(WorkOrderResolved())
        if dice.chance(_REOPEN):
            yield dice.log_normal(4 * 3600, 1.0)
            contact.say(WorkOrderReopened())
            yield dice.log_normal(pace.work * haste / 3, 1.0)
            contact.say(WorkOrderResolved())
        yield from self._afterwards(contact)

    def _work(self, contact: Contact, work_seconds: float, priority: Priority) -> Life:
        """The departments, one after the other."""
        dice = self._dice
        departments = dice.rng.sample(_DEPARTMENTS, 2 if dice.chance(_REASSIGN) else 1)
        for department in departments:
            contact.say(WorkOrderAssigned(dept=department))
            contact.say(WorkOrderNodeEntered(node=department, dept=department, support_line=2))
            yield dice.log_normal(work_seconds / len(departments) / 2, 1.0)
            if dice.chance(_RAISE) and priority != "high":
                contact.say(PriorityChanged(priority="high"))
            if dice.chance(_PAUSE):
                reason = dice.rng.choice(_PAUSE_REASONS)
                contact.say(WorkOrderPaused(reason=reason))
                yield dice.log_normal(3 * 3600, 1.0)
                contact.say(WorkOrderResumed(reason=reason))
            if dice.chance(_ESCALATE):
                contact.say(WorkOrderEscalated(from_line=1, to_line=2))
            contact.say(WorkOrderProgressNotified())
            yield dice.log_normal(work_seconds / len(departments) / 2, 1.0)
            contact.say(WorkOrderNodeLeft(node=department, dept=department, support_line=2))
        contact.say(WorkOrderResultReturned(dept=departments[-1]))

    def _afterwards(self, contact: Contact) -> Life:
        dice = self._dice
        score = dice.rng.choices((1, 2, 3, 4, 5), (3, 4, 9, 34, 50))[0]
        if dice.chance(0.3):
            yield dice.between(600, 7200)
            contact.say(SurveyScored(instrument="csat", scale_min=1, scale_max=5, score=score))
            if score <= 2:
                yield dice.log_normal(10 * 3600, 0.7)
                contact.say(CallbackDone(dedicated=True, kind="dissatisfied"))
        if contact.attributes.request_type == "fault":
            yield dice.log_normal(9 * 3600, 0.7)
            contact.say(CallbackDone(kind="repair"))
        yield dice.between(600, 6 * 3600)
        contact.say(WorkOrderClosed())
