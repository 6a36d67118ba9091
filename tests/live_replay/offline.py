"""The same log through the offline engine: what each output topic must hold."""

from collections import Counter, defaultdict
from pathlib import Path

from monitor.console.policies import open_policy
from monitor.contacts.processor import ContactsProcessor
from monitor.deadletters import dead_letter
from monitor.processing import Output, Record, Reject, State
from monitor.queues.processor import QueuesProcessor
from monitor.replay.engine import ReplayEngine
from monitor.sources.registry import open_source
from monitor.sources.tick_plan import play, tick_plan
from schemas.instants import Instant
from tests.live_replay.marks import Mark, mark


class _Kept:
    """A sink that keeps what is compared of every record."""

    def __init__(self) -> None:
        self.topics: defaultdict[str, Counter[Mark]] = defaultdict(Counter)

    def take(self, record: Record) -> None:
        self.topics[record.topic][mark(record.topic, record.key, record.value)] += 1


def _letter(reject: Reject, t: Instant) -> Output:
    return dead_letter(reject)


def replayed(log: Path, policy_file: Path, options: dict[str, str], partitions: int = 4) -> defaultdict[str, Counter[Mark]]:
    """Every record of every output topic, as the offline engine publishes them."""
    policy = open_policy(str(policy_file), "default")
    sources = frozenset(("contacts", partition) for partition in range(partitions))

    def contacts(partition: int, state: State) -> ContactsProcessor:
        return ContactsProcessor(partition, state, policy, partitions)

    def queues(partition: int, state: State) -> QueuesProcessor:
        return QueuesProcessor(partition, state, policy, sources, True)

    kept = _Kept()
    engine = ReplayEngine(contacts, queues, kept, _letter, partitions=partitions)
    play(tick_plan(open_source("anonymous-bank", log, options).arrivals, partitions), engine)
    engine.commit()
    return kept.topics
