"""Whole numbers by name, as counters, sums and buckets are: they add and subtract exactly, and what becomes zero vanishes."""

from typing import TypeVar

Name = TypeVar("Name", int, str)


def add(held: dict[Name, int], more: dict[Name, int]) -> None:
    """Add in place."""
    if not held and 0 not in more.values():
        held.update(more)
        return
    known = held.get
    for name, amount in more.items():
        total = known(name, 0) + amount
        if total:
            held[name] = total
        else:
            held.pop(name, None)


def subtract(held: dict[Name, int], less: dict[Name, int]) -> None:
    """Subtract in place."""
    known = held.get
    for name, amount in less.items():
        total = known(name, 0) - amount
        if total:
            held[name] = total
        else:
            held.pop(name, None)


def drop_zeros(amounts: dict[Name, int]) -> None:
    """Let what is zero vanish."""
    if 0 in amounts.values():
        for name in [name for name, amount in amounts.items() if not amount]:
            del amounts[name]


def in_order(amounts: dict[Name, int]) -> dict[Name, int]:
    """Return the same amounts by name in order, so that equal ones are equal bytes however they came about."""
    if len(amounts) > 1 or 0 in amounts.values():
        return {name: amount for name in sorted(amounts) if (amount := amounts[name])}
    return amounts
