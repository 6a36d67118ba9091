"""Which orders are complaints (R25, R36): counted in the slot in which the order was opened, moved when it is reclassified."""

from typing import Final

from monitor.contacts.counting import Desk
from monitor.contacts.kept.contact import OrderFlow, View
from schemas.events import EventData
from schemas.events.shared import Cancelled

COUNTER: Final = "complaints"
_NEVER_WAS: Final = frozenset({"duplicate", "created_in_error"})


def follow(desk: Desk, view: View, flow: OrderFlow, data: EventData) -> None:
    """Count the order, or take it back: a duplicate and one created in error never was a complaint, a withdrawn one stays."""
    if isinstance(data, Cancelled) and data.reason in _NEVER_WAS:
        flow.void = True
    is_one = view.attributes.get("request_type") == "complaint" and not flow.void and not view.follow_up
    if is_one == (flow.complaint is not None):
        return
    if flow.complaint is not None:
        desk.count(flow.complaint, view.opened_at, COUNTER, -1)
        flow.complaint = None
    else:
        flow.complaint = desk.place_of(view)
        desk.count(flow.complaint, view.opened_at, COUNTER)
