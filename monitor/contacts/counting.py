"""Counting rules of queues with their names made in advance, and the desk through which a fold books (P24-P28)."""

from typing import Final

from monitor.contacts.bookings import Sink
from monitor.contacts.kept.contact import View
from monitor.contacts.plan import Plan, values_named
from monitor.panes.where import Where, dimensions_text, facet_text
from monitor.policy.model import QueueRules, Scalar
from schemas.instants import SECOND

_PLACES_KEPT: Final = 30_000


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


class Floor:
    """The queues of a policy, and the places that contacts are in: few, met again and again."""

    def __init__(self, plan: Plan) -> None:
        self._queues = {name: QueuePlan(rules) for name, rules in plan.policy.queues.named.items()}
        self._default = QueuePlan(plan.policy.queues.default)
        self._dimensions = plan.dimensions
        self._facets = tuple(sorted(plan.policy.queues.facets))
        self._split = ("queue", "channel", "region", *plan.dimensions, *self._facets)
        self._places: dict[tuple[Scalar | None, ...], Where] = {}
        self.links_known = {"node": values_named(plan.policy, "node"), "dept": values_named(plan.policy, "dept")}

    def rules_of(self, queue: str | None) -> QueuePlan:
        """The counting rules of a queue; unknown ones follow the default."""
        return self._queues.get(queue or "", self._default)

    def place_of(self, view: View) -> Where:
        """Where the contact is now."""
        values = tuple(map(view.attributes.get, self._split))
        return self._places.get(values) or self._place(values)

    def _place(self, values: tuple[Scalar | None, ...]) -> Where:
        queue, channel, region, *others = map(_text, values)
        named = dict(zip(self._split[3:], others, strict=True))
        facets = tuple(facet_text(name, value) for name in self._facets if (value := named[name]) is not None)
        place = Where(queue, channel, region, dimensions_text(self._dimensions, named), facets)
        if len(self._places) >= _PLACES_KEPT:
            self._places.clear()
        self._places[values] = place
        return place


class Desk:
    """Books what a fold finds into one sink, under the place where it happened."""

    def __init__(self, floor: Floor, sink: Sink) -> None:
        self._floor = floor
        self.rules_of, self.place_of, self.links_known = floor.rules_of, floor.place_of, floor.links_known
        self.count, self.total, self.value = sink.book, sink.add, sink.observe

    def into(self, sink: Sink) -> "Desk":
        """The same desk with another sink."""
        return Desk(self._floor, sink)


def _text(value: object) -> str | None:
    return None if value is None else str(value)
