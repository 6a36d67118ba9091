"""Formulas that look at several series at once: parity (R54), inversion (R50), shares of channels (R32), surges (R78)."""

from typing import Final

import msgspec

from monitor.queues.formulas import NOTHING, Facts, Formula, Reading
from schemas.panes import PaneTotals

OF: Final = "of"
AGAINST: Final = "against"
BASELINE: Final = "baseline"


class Spread(msgspec.Struct, frozen=True):
    """Highest less lowest value over all parts that have the minimum volume; one part alone is no spread."""

    inner: Formula

    def read(self, facts: Facts) -> Reading:
        """Return the spread; n is the least of the parts' n."""
        readings = [each for part in facts.parts.values() if (each := _read(self.inner, part, facts)) is not None]
        if len(readings) < 2:
            return NOTHING
        values = [value for value, _ in readings]
        return Reading(max(values) - min(values), min(n for _, n in readings))


class Gap(msgspec.Struct, frozen=True):
    """The value of one part less that of another."""

    inner: Formula

    def read(self, facts: Facts) -> Reading:
        """Return the gap; n is the lesser of the two; no value where one of them has too few contacts."""
        one, other = (_read(self.inner, facts.parts.get(part), facts) for part in (OF, AGAINST))
        if one is None or other is None:
            return NOTHING
        return Reading(one[0] - other[0], min(one[1], other[1]))


class NamedShare(msgspec.Struct, frozen=True):
    """How much of everything the parts have together."""

    counter: str

    def read(self, facts: Facts) -> Reading:
        """Return the share; n is everything."""
        n = facts.totals.counts.get(self.counter, 0)
        return Reading(sum(part.counts.get(self.counter, 0) for part in facts.parts.values()) / n, n) if n > 0 else NOTHING


class Surge(msgspec.Struct, frozen=True):
    """How many times as many as in a usual window; the baseline's window ends with this one, which is taken out of it."""

    counter: str

    def read(self, facts: Facts) -> Reading:
        """Return the ratio to the mean; n is the count; no value before anything is usual (P30)."""
        count = facts.totals.counts.get(self.counter, 0)
        baseline = facts.parts.get(BASELINE)
        usual = (baseline.counts.get(self.counter, 0) - count) / (facts.times - 1) if baseline is not None and facts.times > 1 else 0.0
        return Reading(count / usual, count) if usual > 0 else NOTHING


def _read(inner: Formula, part: PaneTotals | None, facts: Facts) -> tuple[float, int] | None:
    if part is None:
        return None
    value, n = inner.read(Facts(part))
    return None if value is None or n < facts.least else (value, n)
