"""Where a fold writes its counts: straight to the panes, or into a book that is compared with another (P32).

An event in order is booked at once. A late or corrected one makes the contact fold its old and its new list into two books;
only their difference goes to the panes, so that nothing has to remember what it booked.
"""

from typing import Protocol

from monitor.panes.where import Where
from schemas.instants import Instant


class Sink(Protocol):
    """Takes counts of one place at one instant; implemented by the pane ledger and by ``Book``."""

    def book(self, where: Where, at: Instant, counter: str, amount: int = 1) -> None:
        """Add to a counter."""

    def add(self, where: Where, at: Instant, sum_name: str, amount_us: int) -> None:
        """Add to a sum."""

    def observe(self, where: Where, at: Instant, sketch_name: str, value_us: int, sign: int = 1) -> None:
        """Put a value into a sketch, or take it out with ``sign`` -1."""


class Book:
    """Counts kept aside as net amounts."""

    def __init__(self) -> None:
        self._counts: dict[tuple[Where, Instant, str], int] = {}
        self._sums: dict[tuple[Where, Instant, str], int] = {}
        self._values: dict[tuple[Where, Instant, str, int], int] = {}

    def book(self, where: Where, at: Instant, counter: str, amount: int = 1) -> None:
        """Add to a counter."""
        key = (where, at, counter)
        self._counts[key] = self._counts.get(key, 0) + amount

    def add(self, where: Where, at: Instant, sum_name: str, amount_us: int) -> None:
        """Add to a sum."""
        key = (where, at, sum_name)
        self._sums[key] = self._sums.get(key, 0) + amount_us

    def observe(self, where: Where, at: Instant, sketch_name: str, value_us: int, sign: int = 1) -> None:
        """Put a value into a sketch, or take it out with ``sign`` -1."""
        key = (where, at, sketch_name, value_us)
        self._values[key] = self._values.get(key, 0) + sign

    def subtract(self, other: "Book") -> None:
        """Take away what ``other`` holds."""
        for count, amount in other._counts.items():
            self.book(*count, -amount)
        for total, amount in other._sums.items():
            self.add(*total, -amount)
        for value, sign in other._values.items():
            self.observe(*value, -sign)

    def pour(self, into: Sink) -> None:
        """Book everything that is not zero into another sink."""
        for count, amount in self._counts.items():
            if amount:
                into.book(*count, amount)
        for total, amount in self._sums.items():
            if amount:
                into.add(*total, amount)
        for value, sign in self._values.items():
            for _ in range(abs(sign)):
                into.observe(*value, 1 if sign > 0 else -1)
