"""Counting rules of queues with their names made in advance, and the desk through which a fold books (P24-P28)."""

from typing import Final

from monitor.contacts.bookings import Sink
from monitor.contacts.contact import View
from monitor.contacts.plan import Plan
from monitor.panes.where import Where, dimensions_text
from monitor.policy.model import QueueRules
from schemas.instants import SECOND, Instant


class QueuePlan:
    """The rules of one queue: each Y ascending with the counters it moves."""

    def __init__(self, rules: QueueRules) -> None:
        self.rules = rules
        self.short_abandon_us = rules.short_abandon_us
        self.max_wait_us = rules.max_wait_us
        seconds = sorted(set(rules.answer_within_seconds))
        self.within_us: Final = tuple(y * SECOND for y in seconds)
        self.answered_within: Final = tuple(f"answered_within.{y}" for y in seconds)
        self.abandoned_within: Final = tuple(f"abandoned_within.{y}" for y in seconds)
        self.hit: Final = tuple(f"sl_hit.{y}" for y in seconds)
        self.miss: Final = tuple(f"sl_miss.{y}" for y in seconds)


class Desk:
    """Books what a fold finds into one sink, under the place where it happened."""

    def __init__(self, plan: Plan, sink: Sink) -> None:
        self._queues = {name: QueuePlan(rules) for name, rules in plan.policy.queues.named.items()}
        self._default = QueuePlan(plan.policy.queues.default)
        self._dimensions = plan.dimensions
        self.sink = sink

    def rules_of(self, queue: str | None) -> QueuePlan:
        """The counting rules of a queue; unknown ones follow the default."""
        return self._queues.get(queue or "", self._default)

    def place_of(self, view: View) -> Where:
        """Where the contact is now."""
        attributes = view.attributes
        queue, channel, region = attributes.get("queue"), attributes.get("channel"), attributes.get("region")
        dims = ""
        if self._dimensions:
            dims = dimensions_text(self._dimensions, {name: _text(attributes.get(name)) for name in self._dimensions})
        return Where(_text(queue), _text(channel), _text(region), dims)

    def count(self, place: Where, at: Instant, counter: str, amount: int = 1) -> None:
        """Add to a counter."""
        self.sink.book(place, at, counter, amount)

    def total(self, place: Where, at: Instant, name: str, amount_us: int) -> None:
        """Add to a sum."""
        self.sink.add(place, at, name, amount_us)

    def value(self, place: Where, at: Instant, name: str, value_us: int, sign: int = 1) -> None:
        """Put a value into a sketch, or take it out."""
        self.sink.observe(place, at, name, value_us, sign)


def _text(value: object) -> str | None:
    return None if value is None else str(value)
