"""How a number comes out of totals: shares, means, quantiles, and what is true of now. Nothing offered gives no value (P30)."""

from collections.abc import Mapping
from typing import NamedTuple, Protocol

import msgspec

from monitor.panes import sketch
from monitor.panes.presence import NOBODY, Shown
from schemas.instants import SECOND, Instant
from schemas.panes import PaneTotals


class Reading(NamedTuple):
    """A value with its ``n``: the denominator of a share or mean, the size of a sketch, who waits; no value when n is 0."""

    value: float | None
    n: int


NOTHING = Reading(None, 0)


class Facts(msgspec.Struct, frozen=True):
    """What a formula may look at: the totals of a window, who waits now, and T.

    ``parts`` are other totals that a group formula compares (``monitor.queues.groups``), each of at least ``least`` contacts;
    ``times`` is how often the window fits into its baseline.
    """

    totals: PaneTotals
    now: Shown = NOBODY
    t: Instant = 0
    parts: Mapping[str, PaneTotals] = {}
    least: int = 1
    times: float = 1.0


class Formula(Protocol):
    """How one number comes out of facts."""

    def read(self, facts: Facts) -> Reading:
        """Return the value with its n."""


class Share(msgspec.Struct, frozen=True):
    """Sum of numerators over sum of denominators (P44); terms are counters to add and counters to subtract.

    ``times`` scales the share, as the NPS counts in points of a hundred.
    """

    over: tuple[str, ...]
    under: tuple[str, ...]
    over_less: tuple[str, ...] = ()
    under_less: tuple[str, ...] = ()
    times: int = 1

    def read(self, facts: Facts) -> Reading:
        """Return the share and its denominator."""
        counts = facts.totals.counts
        n = _sum(counts, self.under) - _sum(counts, self.under_less)
        if n <= 0:
            return NOTHING
        return Reading(self.times * (_sum(counts, self.over) - _sum(counts, self.over_less)) / n, n)


class Mean(msgspec.Struct, frozen=True):
    """A sum over a counter, never a mean of means; durations in seconds, scores in points (``unit`` is how much of the sum is one)."""

    sums: tuple[str, ...]
    count: str
    unit: int = SECOND

    def read(self, facts: Facts) -> Reading:
        """Return the mean and how many it is of."""
        n = facts.totals.counts.get(self.count, 0)
        return Reading(_sum(facts.totals.sums, self.sums) / n / self.unit, n) if n > 0 else NOTHING


class Count(msgspec.Struct, frozen=True):
    """How many of something there were; none is 0, a fact and not an empty share (R76)."""

    counter: str

    def read(self, facts: Facts) -> Reading:
        """Return the count, which is its own n."""
        count = facts.totals.counts.get(self.counter, 0)
        return Reading(float(count), count)


class Quantile(msgspec.Struct, frozen=True):
    """A quantile of a sketch in seconds, within 1 %."""

    sketch: str
    ratio: float

    def read(self, facts: Facts) -> Reading:
        """Return the quantile in seconds and how many values it is of."""
        held = facts.totals.sketches.get(self.sketch)
        value = sketch.quantile(held, self.ratio) if held else None
        return NOTHING if held is None or value is None else Reading(value / SECOND, sketch.size(held))


class WithinNow(msgspec.Struct, frozen=True):
    """Of those waiting now, the share that has not waited longer than Y (V8)."""

    within: int

    def read(self, facts: Facts) -> Reading:
        """Return the share and how many wait."""
        waiting = facts.now.waiting
        return Reading((waiting - facts.now.beyond.get(self.within, 0)) / waiting, waiting) if waiting else NOTHING


class LongestNow(msgspec.Struct, frozen=True):
    """The longest wait now in seconds; nobody waiting is a wait of 0, a fact and not an empty share."""

    def read(self, facts: Facts) -> Reading:
        """Return the longest wait and how many wait."""
        oldest_at = facts.now.oldest_at
        wait_us = max(0, facts.t - oldest_at) if oldest_at is not None else 0
        return Reading(wait_us / SECOND, facts.now.waiting)


class WaitingNow(msgspec.Struct, frozen=True):
    """How many wait now."""

    def read(self, facts: Facts) -> Reading:
        """Return how many wait."""
        return Reading(float(facts.now.waiting), facts.now.waiting)


def _sum(amounts: Mapping[str, int], names: tuple[str, ...]) -> int:
    total = 0
    for name in names:
        total += amounts.get(name, 0)
    return total
