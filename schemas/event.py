"""One accepted event inside the product: who said what about which contact, and when it happened."""

import msgspec

from schemas.events import EventData, Family
from schemas.instants import Instant


class Event(msgspec.Struct, frozen=True, gc=False):
    """A decoded CloudEvent. ``id`` and ``source`` identify it (P31); ``at`` is ``ce_time``; ``sequence`` is 0 if absent."""

    contact: str
    family: Family
    id: str
    source: str
    at: Instant
    sequence: int
    data: EventData
