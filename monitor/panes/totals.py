"""Arithmetic on pane totals: they add and subtract exactly, so every window is a merge of panes (P44)."""

from collections.abc import Iterable
from typing import TypeVar

from monitor.panes import sketch
from schemas.panes import PaneTotals

_Name = TypeVar("_Name", int, str)


def merge(into: PaneTotals, other: PaneTotals, sign: int = 1) -> None:
    """Add ``other`` in place, or subtract it with ``sign`` -1; what becomes zero vanishes, so equal totals look equal."""
    for held_amounts, amounts in ((into.counts, other.counts), (into.sums, other.sums)):
        if not held_amounts and sign == 1 and 0 not in amounts.values():
            held_amounts.update(amounts)
            continue
        held_of = held_amounts.get
        for each, amount in amounts.items():
            total = held_of(each, 0) + (amount if sign == 1 else -amount)
            if total:
                held_amounts[each] = total
            else:
                held_amounts.pop(each, None)
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
    return PaneTotals(
        counts=_in_order(totals.counts),
        sums=_in_order(totals.sums),
        sketches={name: _in_order(buckets) for name, buckets in sorted(totals.sketches.items()) if buckets},
    )


def _grown(new: dict[_Name, int], old: dict[_Name, int]) -> dict[_Name, int]:
    if new == old:
        return {}
    grown = {name: amount - old.get(name, 0) for name, amount in new.items() if amount != old.get(name, 0)}
    return grown | {name: -amount for name, amount in old.items() if amount and name not in new}


def _in_order(values: dict[_Name, int]) -> dict[_Name, int]:
    held = sorted(values.items())
    return dict(held) if 0 not in values.values() else {name: amount for name, amount in held if amount}
