"""Events of contacts through all processors, offline, with a tick an hour where nothing happens."""

from monitor.policy.model import Policy
from monitor.processing import Record
from monitor.replay.engine import ReplayEngine
from monitor.replay.product import product_engine
from monitor.replay.totals import lifetime_totals
from tests.timelines.reading import Case


class Played:
    """What a case came to."""

    def __init__(self, case: Case, policy: Policy) -> None:
        self.policy = policy
        self.records: list[Record] = []
        self.engine: ReplayEngine = product_engine(policy, self, partitions=case.partitions, commit_every=1)
        case.play_into(self.engine, idle_seconds=3600)

    def take(self, record: Record) -> None:
        """Keep every record."""
        self.records.append(record)

    def of(self, topic: str) -> list[Record]:
        """The records of one topic."""
        return [record for record in self.records if record.topic == topic]

    def counts(self, scope: str = "all") -> dict[str, int]:
        """What was booked in one scope, by all processors."""
        states = (shard.state for shard in (*self.engine.contacts, *self.engine.customers))
        found = lifetime_totals(states, self.policy).get(scope)
        return found.counts if found is not None else {}
