"""How a contact was served: what first-contact resolution and repeats ask of it, folded with its other events (requirements §5.10).

A human serves a call by answering it or by the call-back that was promised, a chat by a public message, an order by working on it;
events that are ``automatic`` serve nobody. After that the contact has left its line when it is in another queue (calls and chats),
with another department (orders) or on another support line; moves before the first service are not a transfer. An order is over
when it is settled. A contact that was served while its problem is unknown is left out of both ratios, and counted.
"""

from typing import Final

from monitor.contacts.contact import OrderFlow, Service, View
from monitor.contacts.counting import Desk
from monitor.contacts.serving import HUMAN
from monitor.contacts.steps import Step
from schemas.events import EventData
from schemas.events.call import CallTransferred
from schemas.events.chat import ChatAgentMsg
from schemas.events.shared import Cancelled
from schemas.events.workorder import WorkOrderEscalated
from schemas.instants import Instant

NO_PROBLEM: Final = "customers.no_problem"
CLOSURES: Final = 8
"""Closures of one order that are remembered."""


def concerns(step: Step, data: EventData) -> bool:
    """Whether an event after the first service says anything about it; most do not."""
    if step.moves or step.reopens or data.problem_key is not None or data.request_subtype is not None:
        return True
    return data.customer_key is not None or data.origin_contact_id is not None


def serve(desk: Desk, view: View, step: Step, data: EventData, at: Instant) -> None:
    """Take an event by which a contact is served, or that says something about a contact that was."""
    service = view.service
    if service is None:
        service = view.service = Service(place=desk.place_of(view))
    if not service.served_at and _is_human(data):
        service.served_at, service.place = at, desk.place_of(view)
    if step.moves:
        _move(view, service, data)
    if isinstance(data, Cancelled):
        service.void, service.merged_into = data.reason == "created_in_error", data.merged_into or ""
    elif step.reopens:
        service.void, service.merged_into = False, ""
    if isinstance(view.flow, OrderFlow):
        _settle(service, view.flow.settled, at)
    lacking = bool(service.served_at) and _lacks_problem(view, service)
    if lacking != service.lacking:
        service.lacking = lacking
        desk.count(service.place, view.opened_at, NO_PROBLEM, 1 if lacking else -1)


def problem_of(view: View) -> str:
    """The contact's problem: its problem key, else its sub-type, else nothing."""
    attributes = view.attributes
    return str(attributes.get("problem_key") or attributes.get("request_subtype") or "")


def cause_of(view: View, service: Service) -> str:
    """The contact that this one belongs to, if any."""
    return service.merged_into or str(view.attributes.get("origin_contact_id") or "")


def _is_human(data: EventData) -> bool:
    if data.automatic or type(data) not in HUMAN:
        return False
    return not isinstance(data, ChatAgentMsg) or (data.public and data.author_kind == "agent")


def _move(view: View, service: Service, data: EventData) -> None:
    if isinstance(data, WorkOrderEscalated):
        service.left = service.escalated = True
    if not service.served_at:
        return
    attributes = view.attributes
    queue = None if isinstance(view.flow, OrderFlow) else attributes.get("queue")
    line, dept = attributes.get("support_line"), attributes.get("dept")
    if service.queue is None and isinstance(queue, str):
        service.queue = queue
    if service.line is None and isinstance(line, int):
        service.line = line
    if service.dept is None and isinstance(dept, str):
        service.dept = dept
    if (queue, line, dept) != (service.queue, service.line, service.dept):
        service.left = True
    if isinstance(data, CallTransferred) and data.to_queue not in (None, queue):
        service.left = True


def _settle(service: Service, settled: bool, at: Instant) -> None:
    closures = service.closures
    is_closed = bool(closures) and not closures[-1][1]
    if settled and not is_closed:
        closures.append((at, 0))
        del closures[:-CLOSURES]
    elif is_closed and not settled:
        closures[-1] = (closures[-1][0], at)


def _lacks_problem(view: View, service: Service) -> bool:
    attributes = view.attributes
    if "customer_key" not in attributes or "problem_key" in attributes or "request_subtype" in attributes:
        return False
    return not (service.void or cause_of(view, service))
