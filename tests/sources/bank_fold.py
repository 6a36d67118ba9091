"""Totals of call events by the plainest possible fold."""

from collections.abc import Iterable

from monitor.sources.arrival import Arrival
from schemas.events.call import CallAbandoned, CallAnswered, CallQueued
from tests.sources.bank_totals import Totals, summary


def fold(arrivals: Iterable[Arrival]) -> dict[str, Totals]:
    """Every queue of the events."""
    queued: dict[str, tuple[str, int]] = {}
    counts: dict[str, list[int]] = {}
    waits: dict[str, list[int]] = {}
    for arrival in arrivals:
        event = arrival.event
        if isinstance(event.data, CallQueued):
            assert event.data.queue is not None
            assert event.contact not in queued, "a contact queues once"
            queued[event.contact] = (event.data.queue, event.at)
            counts.setdefault(event.data.queue, [0, 0])[0] += 1
        elif isinstance(event.data, CallAbandoned):
            counts[queued[event.contact][0]][1] += 1
        elif isinstance(event.data, CallAnswered):
            queue, queued_at = queued[event.contact]
            waits.setdefault(queue, []).append((event.at - queued_at) // 1_000_000)
    return {queue: summary(offered, abandoned, waits.get(queue, [])) for queue, (offered, abandoned) in counts.items()}
