"""One event on its way: what every reader and model of this package yields."""

import msgspec

from schemas.event import Event
from schemas.instants import Instant


class Arrival(msgspec.Struct, frozen=True):
    """An event and the instant at which the monitor gets it; sources yield arrivals in order of ``delivered_at``.

    Recorded logs deliver at the time of the event; the traffic model may deliver late, twice or with a skewed ``event.at``.
    """

    event: Event
    delivered_at: Instant
