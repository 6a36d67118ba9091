"""The life of a work order: when it is settled and when it is closed. Its promises live in clocks, its waits in pauses."""

from typing import Final

from monitor.contacts.kept.contact import OrderFlow, View
from schemas.events import EventData
from schemas.events.workorder import WorkOrderClosed, WorkOrderReopened, WorkOrderResolved

Moments = tuple[str, ...]

_CLOSED: Final[Moments] = ("contact.closed",)
_SETTLED: Final[Moments] = ("contact.settled",)
_BOTH: Final[Moments] = ("contact.settled", "contact.closed")


def fold_workorder(view: View, name: str, data: EventData) -> Moments:
    """Take one work-order event; answer the derived moments it brings."""
    flow = view.flow
    if not isinstance(flow, OrderFlow):
        flow = view.flow = OrderFlow()
    if isinstance(data, WorkOrderResolved):
        settled, flow.settled = flow.settled, True
        return () if settled else _SETTLED
    if isinstance(data, WorkOrderClosed):
        settled, flow.settled = flow.settled, True
        return _CLOSED if settled else _BOTH
    if isinstance(data, WorkOrderReopened):
        flow.settled = False
        return ()
    return _CLOSED if name == "cancelled" else ()
