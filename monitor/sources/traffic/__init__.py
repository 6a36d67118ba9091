"""A seeded model of a contact centre: calls, chats and work orders with daily profile, patience, staffing and accidents."""

import heapq
import random
from collections.abc import Iterator

from monitor.sources.arrival import Arrival
from monitor.sources.traffic.calls import CallCentre
from monitor.sources.traffic.chats import ChatDesk
from monitor.sources.traffic.delivery import deliver
from monitor.sources.traffic.model import TrafficModel
from monitor.sources.traffic.orders import OrderDesk
from monitor.sources.traffic.profile import Rate
from schemas.instants import DAY, SECOND

__all__ = ["TrafficModel", "expected_events", "traffic"]

_EVENTS_PER_CALL, _EVENTS_PER_CHAT, _EVENTS_PER_ORDER = 6.3, 9.6, 16.5


def traffic(model: TrafficModel) -> Iterator[Arrival]:
    """All arrivals of the model in order of delivery; contacts that began within its days are followed to their end."""
    parts = (CallCentre(model).events(), ChatDesk(model).events(), OrderDesk(model).events())
    events = heapq.merge(*parts, key=lambda event: event.at)
    rng = random.Random(f"{model.seed}/delivery")  # noqa: S311  (a simulation, not a secret)
    return deliver(events, model.delivery, model.start_at, rng)


def expected_events(model: TrafficModel) -> int:
    """About how many arrivals there will be: for progress bars."""
    per_contact = ((model.calls_per_day, _EVENTS_PER_CALL), (model.chats_per_day, _EVENTS_PER_CHAT), (model.orders_per_day, _EVENTS_PER_ORDER))
    shape = Rate(model, 1.0)
    steps = range(model.start_at, model.start_at + round(model.days * DAY), 300 * SECOND)
    of_day = sum(shape.at(at) for at in steps) * 300
    return round(sum(per_day * events for per_day, events in per_contact) * of_day * (1 + model.delivery.duplicate_ratio))
