"""One source feeding one queue shard, contact by contact: bookings in, alerts of objectives out."""

import msgspec

from monitor.panes.where import Where, facet_text
from monitor.policy.model import Objective, Policy, QueuePolicy
from monitor.processing import Sample
from monitor.queues.processor import QueuesProcessor
from schemas.alerts import Alert
from schemas.instants import SECOND, Instant
from tests.queues.feed import START, Shard, commit, policy, processor, records

FACETS = ("dept", "region", "vip_tier")


def rules(*objectives: Objective, **changes: object) -> Policy:
    """A policy with facets and all scopes."""
    return msgspec.structs.replace(policy(*objectives, queues=QueuePolicy(facets=FACETS)), **changes)


def place(queue: str = "PS", channel: str | None = "hotline", **facets: str) -> Where:
    return Where(queue, channel, None, "", tuple(facet_text(name, facets[name]) for name in sorted(facets)))


class Line:
    """A ledger, its queue shard, and the state between them."""

    def __init__(self, rules: Policy) -> None:
        self.shard, self.state = Shard(0, rules), dict[bytes, bytes]()
        self.queue: QueuesProcessor = processor(rules, 1, self.state)

    def book(self, where: Where, at: Instant, **counts: int) -> None:
        """Book counters; a double underscore stands for a dot."""
        for name, amount in counts.items():
            self.shard.ledger.book(where, at, name.replace("__", "."), amount)

    def answered(self, where: Where, at: Instant, wait: float, number: int = 1) -> None:
        """Calls that were answered after some seconds."""
        for _ in range(number):
            self.book(where, at, answered=1, answers=1)
            self.shard.ledger.add(where, at, "answer_wait_us", round(wait * SECOND))

    def tick(self, seconds: float) -> list[Alert]:
        """Go on to so many seconds after the start; the alerts that this brings."""
        for record in records(self.shard.tick(START + round(seconds * SECOND))):
            self.queue.apply(record, 0)
        return [msgspec.json.decode(out.value, type=Alert) for out in commit(self.queue, self.state) if out.value is not None]

    def crash(self, rules: Policy) -> None:
        """Build the shard again from what is committed."""
        self.queue = processor(rules, 1, self.state)

    def samples(self) -> dict[tuple[str, tuple[str, ...]], float]:
        """What ``/metrics`` would show."""
        shown: list[Sample] = self.queue.samples()
        return {(sample.name, sample.labels): sample.value for sample in shown}
