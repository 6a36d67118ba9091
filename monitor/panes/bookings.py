"""What is booked, as it comes: lists of small entries that are joined at no cost and summed up once a series and slot.

An entry is the name of a counter to add 1 to; anything else is a triple of what is meant, a name and an amount. Most entries are
names, and the same ones again and again, so a sum is little more than counting equal entries.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Final

import msgspec

from monitor.panes.amounts import drop_zeros
from monitor.panes.lines import Line
from monitor.panes.places import Corner, Spot
from schemas.instants import Instant
from schemas.panes import PaneTotals

COUNT: Final = 0
SUM: Final = 1
VALUE: Final = 2
TAKEN: Final = 3
"""A counter that grows by an amount, a sum, a value in a bucket of a sketch, a value taken out of its bucket again."""

WITHIN: Final = ""
"""A booking whose amount is part of another entry."""

Booking = str | tuple[int, str, int]


class Coming(PaneTotals, array_like=True):
    """What a series grew by; ``missed`` counts bookings that came after a resolution had closed."""

    missed: dict[str, int] = msgspec.field(default_factory=dict)


class Slip:
    """Bookings of one spot in one fine slot."""

    __slots__ = ("booked", "slot_at", "spot")

    def __init__(self, spot: Spot, slot_at: Instant, booked: list[Booking]) -> None:
        self.spot, self.slot_at, self.booked = spot, slot_at, booked


def summed(booked: list[Booking]) -> Coming:
    """The sum of bookings, names in the order in which they came; what comes to nothing is left out."""
    coming = Coming()
    counts, sums, sketches = coming.counts, coming.sums, coming.sketches
    for entry, times in Counter(booked).items():
        if isinstance(entry, str):
            counts[entry] = counts.get(entry, 0) + times
            continue
        kind, name, amount = entry
        if kind == SUM:
            sums[name] = sums.get(name, 0) + amount * times
        elif kind == COUNT:
            counts[name] = counts.get(name, 0) + amount * times
        else:
            sketch = sketches.setdefault(name, {})
            sketch[amount] = sketch.get(amount, 0) + (times if kind == VALUE else -times)
    counts.pop(WITHIN, None)
    for amounts in (counts, sums):
        drop_zeros(amounts)
    for name in list(sketches):
        drop_zeros(sketches[name])
        if not sketches[name]:
            del sketches[name]
    return coming


def listed(totals: PaneTotals, bookings: int) -> list[Booking]:
    """As many entries as there were bookings, whose sum the totals are."""
    found: list[Booking] = [(COUNT, name, amount) for name, amount in totals.counts.items()]
    found += ((SUM, name, amount) for name, amount in totals.sums.items())
    for name, buckets in totals.sketches.items():
        for bucket, count in buckets.items():
            found += [(VALUE if count > 0 else TAKEN, name, bucket)] * abs(count)
    return found + [WITHIN] * (bookings - len(found))


def spread(slips: Iterable[Slip]) -> dict[tuple[Line, Instant], list[Booking]]:
    """What is booked for every series in each fine slot. Queues that share channel and region are joined first."""
    of_lines: defaultdict[tuple[Line, Instant], list[Booking]] = defaultdict(list)
    of_corners: defaultdict[tuple[Corner, Instant], list[Booking]] = defaultdict(list)
    for slip in slips:
        slot_at, booked = slip.slot_at, slip.booked
        for line in slip.spot.own:
            of_lines[line, slot_at] += booked
        for corner in slip.spot.corners:
            of_corners[corner, slot_at] += booked
    for (corner, slot_at), booked in of_corners.items():
        for line in corner.lines:
            of_lines[line, slot_at] += booked
    return of_lines
