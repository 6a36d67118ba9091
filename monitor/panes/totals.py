"""Arithmetic on pane totals: they add and subtract exactly, so every window is a merge of panes (P44)."""

from collections.abc import Iterable

from monitor.panes import sketch
from monitor.panes.amounts import Name, add, in_order, subtract
from schemas.panes import PaneTotals


def merge(into: PaneTotals, other: PaneTotals, sign: int = 1) -> None:
    """Add ``other`` in place, or subtract it with ``sign`` -1; what becomes zero vanishes, so equal totals look equal."""
    join = add if sign == 1 else subtract
    if other.counts:
        join(into.counts, other.counts)
    if other.sums:
        join(into.sums, other.sums)
    for name, buckets in other.sketches.items():
        held = into.sketches.get(name)
        if held is None:
            held = into.sketches[name] = {}
        sketch.merge(held, buckets, sign)
        if not held:
            del into.sketches[name]


def merged(parts: Iterable[PaneTotals]) -> PaneTotals:
    """Return the sum of all parts as a new value."""
    whole = PaneTotals()
    for part in parts:
        merge(whole, part)
    return whole


def difference(new: PaneTotals, old: PaneTotals | None) -> PaneTotals:
    """Return what must be added to ``old`` to get ``new``; nothing before gives ``new`` itself."""
    if old is None:
        return new
    sketches = {name: _grown(buckets, old.sketches.get(name, {})) for name, buckets in new.sketches.items()}
    sketches |= {name: _grown({}, buckets) for name, buckets in old.sketches.items() if name not in new.sketches}
    return PaneTotals(_grown(new.counts, old.counts), _grown(new.sums, old.sums), {name: each for name, each in sketches.items() if each})


def is_empty(totals: PaneTotals) -> bool:
    """Whether nothing is left of the totals: no counter, no sum, no sketch."""
    return not (totals.counts or totals.sums or totals.sketches)


def canonical(totals: PaneTotals) -> PaneTotals:
    """Return the same totals with every name in order, so that equal totals are equal bytes however they came about."""
    sketches = {name: in_order(buckets) for name in sorted(totals.sketches) if (buckets := totals.sketches[name])}
    return PaneTotals(in_order(totals.counts), in_order(totals.sums), sketches)


def _grown(new: dict[Name, int], old: dict[Name, int]) -> dict[Name, int]:
    if new == old:
        return {}
    grown = {name: amount - old.get(name, 0) for name, amount in new.items() if amount != old.get(name, 0)}
    return grown | {name: -amount for name, amount in old.items() if amount and name not in new}
