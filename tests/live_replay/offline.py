"""The same log through the offline engine: what each output topic must hold."""

from collections import Counter, defaultdict
from pathlib import Path
from typing import NamedTuple

from monitor.console.policies import open_policy
from monitor.processing import Record
from monitor.replay.product import product_engine
from monitor.sources.registry import open_source
from monitor.sources.tick_plan import play, tick_plan
from tests.live_replay.marks import Mark, mark


class _Kept:
    """A sink that keeps what is compared of every record."""

    def __init__(self) -> None:
        self.topics: defaultdict[str, Counter[Mark]] = defaultdict(Counter)

    def take(self, record: Record) -> None:
        self.topics[record.topic][mark(record.topic, record.key, record.value)] += 1


class Log(NamedTuple):
    """What is published: a source, its file if it has one, the policy it is judged by, options of the source."""

    source: str
    path: Path | None
    policy: Path
    options: dict[str, str]


def replayed(log: Log, partitions: int = 4) -> defaultdict[str, Counter[Mark]]:
    """Every record of every output topic, as the offline engine publishes them."""
    kept = _Kept()
    engine = product_engine(open_policy(str(log.policy), "default"), kept, partitions=partitions)
    play(tick_plan(open_source(log.source, log.path, log.options).arrivals, partitions), engine)
    engine.commit()
    return kept.topics
