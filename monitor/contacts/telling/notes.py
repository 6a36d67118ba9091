"""A sink that only listens: what one step of a fold counts."""

from monitor.panes.where import Where
from schemas.instants import Instant


class Notes:
    """Counts since they were last taken; sums and sketches say nothing that the counts do not."""

    def __init__(self) -> None:
        self._counts: dict[tuple[Instant, str], int] = {}

    def book(self, where: Where, at: Instant, counter: str, amount: int = 1) -> None:
        """Remember a count."""
        self._counts[at, counter] = self._counts.get((at, counter), 0) + amount

    def add(self, where: Where, at: Instant, sum_name: str, amount_us: int) -> None:
        """Nothing."""

    def observe(self, where: Where, at: Instant, sketch_name: str, value_us: int, sign: int = 1) -> None:
        """Nothing."""

    def taken(self) -> list[tuple[str, Instant, int]]:
        """Counter, interval and amount, in the order in which they were counted."""
        counts, self._counts = self._counts, {}
        return [(counter, at, amount) for (at, counter), amount in counts.items() if amount]
