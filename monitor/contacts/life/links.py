"""Who held an order for how long: the nodes of its flow and the departments behind it (R13, R57, R75).

While an order sits in a node it is part of that node's presence. When it leaves a node or department, the real time it was
there is booked as ``node.<name>.elapsed_us`` and ``dept.<name>.elapsed_us`` with ``….n``; names that the policy does not know are
booked as ``other``, so that their number is bounded.
"""

from typing import Final, Literal

from monitor.contacts.counting import Desk
from monitor.contacts.kept.contact import OrderFlow, View
from schemas.events import EventData
from schemas.events.shared import Cancelled
from schemas.events.workorder import WorkOrderClosed, WorkOrderData, WorkOrderNodeEntered, WorkOrderNodeLeft
from schemas.instants import Instant

Kind = Literal["node", "dept"]
OTHER: Final = "other"
_ENDS: Final = (WorkOrderClosed, Cancelled)


def follow(desk: Desk, view: View, flow: OrderFlow, data: EventData, at: Instant) -> None:
    """Take one event of an order."""
    node = _after("node", flow.node, data)
    if node != flow.node:
        if flow.node:
            _book(desk, view, "node", flow.node, at - flow.node_since_at, at)
        flow.node, flow.node_since_at = node, at if node else 0
    dept = _after("dept", flow.dept, data)
    if dept != flow.dept:
        if flow.dept:
            _book(desk, view, "dept", flow.dept, at - flow.dept_since_at, at)
        flow.dept, flow.dept_since_at = dept, at if dept else 0


def _after(kind: Kind, now: str, data: EventData) -> str:
    """The node or department of an order after an event; empty for none."""
    if isinstance(data, _ENDS):
        return ""
    if not isinstance(data, WorkOrderData):
        return now
    if kind == "dept":
        return data.dept or now
    if isinstance(data, WorkOrderNodeEntered):
        return data.node or now
    left = isinstance(data, WorkOrderNodeLeft) and data.node in (None, now)
    return "" if left else now


def _book(desk: Desk, view: View, kind: Kind, name: str, held_us: int, at: Instant) -> None:
    place = desk.place_of(view)
    counted_as = f"{kind}.{name if name in desk.links_known[kind] else OTHER}"
    desk.count(place, at, f"{counted_as}.n")
    desk.total(place, at, f"{counted_as}.elapsed_us", held_us)
