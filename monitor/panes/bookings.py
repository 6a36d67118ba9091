"""What is booked, as it comes: lists that are joined at little cost and summed up once a series and slot.

Most bookings are names of counters to add 1 to, the same few again and again, so their sum is little more than counting equal names.
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
"""Stands for a booking whose amount is part of another one."""

_FEW: Final = 12


class Coming(PaneTotals, array_like=True):
    """What a series grew by; ``missed`` counts bookings that came after a resolution had closed."""

    missed: dict[str, int] = msgspec.field(default_factory=dict)


class Booked(msgspec.Struct, gc=False):
    """Bookings in their order: ``names`` of counters that grow by 1, and all others as triples of what is meant, a name and an amount."""

    names: list[str] = []
    amounts: list[tuple[int, str, int]] = []

    def __len__(self) -> int:
        return len(self.names) + len(self.amounts)

    def join(self, other: "Booked") -> None:
        """Take over what another one lists."""
        self.names += other.names
        self.amounts += other.amounts


class Slip(Booked, kw_only=True, gc=False):
    """What was booked at one spot in one fine slot."""

    spot: Spot
    slot_at: Instant


def summed(booked: Booked) -> Coming:
    """The sum of bookings, without what comes to nothing."""
    coming = Coming(_counted(booked.names))
    counts, sums, sketches = coming.counts, coming.sums, coming.sketches
    corrects = False
    for kind, name, amount in booked.amounts:
        if kind == SUM:
            sums[name] = sums.get(name, 0) + amount
        elif kind == COUNT:
            counts[name] = counts.get(name, 0) + amount
            corrects = True
        else:
            buckets = sketches.get(name)
            if buckets is None:
                buckets = sketches[name] = {}
            buckets[amount] = buckets.get(amount, 0) + (1 if kind == VALUE else -1)
            corrects |= kind == TAKEN
    drop_zeros(sums)
    counts.pop(WITHIN, None)
    if corrects:
        _leave_out_nothing(coming)
    return coming


def joined(parts: list[Slip]) -> Booked:
    """All bookings of some slips, in their order."""
    if len(parts) == 1:
        return parts[0]
    whole = Booked()
    for part in parts:
        whole.join(part)
    return whole


def listed(totals: PaneTotals, bookings: int, into: Booked) -> None:
    """List as many bookings as there were, whose sum the totals are."""
    into.amounts += ((COUNT, name, amount) for name, amount in totals.counts.items())
    into.amounts += ((SUM, name, amount) for name, amount in totals.sums.items())
    for name, buckets in totals.sketches.items():
        for bucket, count in buckets.items():
            into.amounts += [(VALUE if count > 0 else TAKEN, name, bucket)] * abs(count)
    into.names += [WITHIN] * (bookings - len(into))


def spread(slips: Iterable[Slip]) -> dict[tuple[Line, Instant], Booked]:
    """What is booked for every series in each fine slot. Queues that share channel and region are joined first."""
    of_lines: defaultdict[tuple[Line, Instant], Booked] = defaultdict(Booked)
    of_corners: defaultdict[tuple[Corner, Instant], Booked] = defaultdict(Booked)
    for slip in slips:
        spot, slot_at = slip.spot, slip.slot_at
        for line in spot.own:
            of_lines[line, slot_at].join(slip)
        for corner in spot.corners:
            of_corners[corner, slot_at].join(slip)
    for (corner, slot_at), booked in of_corners.items():
        for line in corner.lines:
            of_lines[line, slot_at].join(booked)
    return of_lines


def _counted(names: list[str]) -> dict[str, int]:
    """How often each name occurs; a Counter costs more to make than a few names to count."""
    if len(names) > _FEW:
        return dict(Counter(names))
    counts: dict[str, int] = {}
    for name in names:
        counts[name] = counts.get(name, 0) + 1
    return counts


def _leave_out_nothing(coming: Coming) -> None:
    """What was taken back may have left nothing."""
    drop_zeros(coming.counts)
    for name in list(coming.sketches):
        drop_zeros(coming.sketches[name])
        if not coming.sketches[name]:
            del coming.sketches[name]
