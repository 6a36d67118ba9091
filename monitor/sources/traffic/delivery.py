"""How simulated events reach the monitor: late within a bound, twice, with a wrong clock, or not at all for a while."""

import heapq
import random
from collections.abc import Iterable, Iterator
from zlib import crc32

from msgspec.structs import replace

from monitor.sources.arrival import Arrival
from monitor.sources.traffic.model import Delivery, FeedOutage
from schemas.event import Event
from schemas.instants import SECOND, Instant


def deliver(events: Iterable[Event], how: Delivery, start_at: Instant, rng: random.Random) -> Iterator[Arrival]:
    """Yield ``events`` (in order of true time) in order of delivery; nothing is ever delivered before it happens."""
    waiting: list[tuple[Instant, int, Arrival]] = []
    number = 0
    for event in events:
        while waiting and waiting[0][0] <= event.at:
            yield heapq.heappop(waiting)[2]
        for delivered_at in _deliveries(event.at, how, start_at, rng):
            number += 1
            heapq.heappush(waiting, (delivered_at, number, Arrival(_skewed(event, how), delivered_at)))
    while waiting:
        yield heapq.heappop(waiting)[2]


def _deliveries(at: Instant, how: Delivery, start_at: Instant, rng: random.Random) -> Iterator[Instant]:
    """When one event that happened at ``at`` arrives: once, twice, or never."""
    delay = rng.uniform(0, how.disorder_seconds) if how.disorder_seconds else 0.0
    first_at = at + round(delay * SECOND)
    for outage in how.outages:
        if outage.holds((first_at - start_at) / SECOND):
            if outage.lost:
                return
            first_at = _end(outage, start_at)
    yield first_at
    if how.duplicate_ratio and rng.random() < how.duplicate_ratio:
        yield first_at + round(rng.uniform(0, how.duplicate_delay_seconds) * SECOND)


def _end(outage: FeedOutage, start_at: Instant) -> Instant:
    return start_at + round((outage.hour * 3600 + outage.minutes * 60) * SECOND)


def _skewed(event: Event, how: Delivery) -> Event:
    """A fixed part of all contacts is handled at a site whose clock is off; it names itself as another source."""
    if not how.skewed_ratio or crc32(event.contact.encode()) / 2**32 >= how.skewed_ratio:
        return event
    return replace(event, at=event.at + round(how.skew_seconds * SECOND), source=f"{event.source}/skewed")
