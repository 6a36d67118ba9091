"""A part of a log: the contacts that begin within some days, each with all its events."""

from collections.abc import Iterable, Iterator

from monitor.sources.arrival import Arrival
from schemas.instants import DAY, Instant


def contacts_begun(arrivals: Iterable[Arrival], start_at: Instant | None, days: float | None) -> Iterator[Arrival]:
    """Arrivals of the contacts whose first event is delivered in [start, start + days); without a start, from the first arrival on."""
    taken: set[str] = set()
    left: set[str] = set()
    for arrival in arrivals:
        if start_at is None:
            start_at = arrival.delivered_at
        contact = arrival.event.contact
        if contact not in taken:
            end_at = None if days is None else start_at + round(days * DAY)
            inside = contact not in left and start_at <= arrival.delivered_at and (end_at is None or arrival.delivered_at < end_at)
            if not inside:
                left.add(contact)
                continue
            taken.add(contact)
        yield arrival
