"""What a log costs offline under a policy, and a digest of everything that is published: both in one table, for comparing two states of the code.

    python -m tests.bench.quiet [--log NAME] [--policy NAME] [--repeat N] [--digest] [--profile]

The logs are two days of January's calls, the first days of the incidents and two hours of made-up traffic with customers: mostly seconds
in which little or nothing happens. CPU is the lowest of all repetitions (``time.process_time``). The digest covers every record in
order of publication, and the state of every shard at the end.
"""

import argparse
import cProfile
import gc
import pstats
import sys
import time
from collections.abc import Sequence
from hashlib import sha256
from typing import Final, NamedTuple

from monitor.collector import look_seldom
from monitor.console.policies import open_policy
from monitor.policy.model import Policy
from monitor.processing import Record
from monitor.replay.engine import ReplayEngine
from monitor.replay.product import product_engine
from monitor.sources.registry import open_source
from monitor.sources.tick_plan import Step, TickAt, play, tick_plan
from tests.live.installation import data_folder

PARTITIONS: Final = 4
POLICIES: Final = ("telecom", "default")


class Log(NamedTuple):
    """A slice of a source."""

    source: str
    file: str
    options: dict[str, str]


LOGS: Final[dict[str, Log]] = {
    "calls": Log("anonymous-bank", "anonymous_bank_1999_january.tsv.xz", {"start": "1999-01-03", "days": "2"}),
    "incidents": Log("servicenow", "uci_incidents_until_2016-04-10.csv.xz", {}),
    "traffic": Log(
        "traffic",
        "",
        {
            "seed": "5",
            "start": "2026-03-02T09:00:00+08:00",
            "calls_per_day": "8000",
            "chats_per_day": "3000",
            "orders_per_day": "3000",
            "days": "0.08",
        },
    ),
}


class Counting:
    """A sink that counts."""

    def __init__(self) -> None:
        self.records = 0

    def take(self, record: Record) -> None:
        """Count a record."""
        self.records += 1


class Digest(Counting):
    """A sink that sums up every record in order."""

    def __init__(self) -> None:
        super().__init__()
        self.sum = sha256()

    def take(self, record: Record) -> None:
        """Add a record."""
        self.records += 1
        self.sum.update(repr((record.topic, record.partition, record.offset, record.key, record.value, record.headers)).encode())


def steps_of(log: Log, most: int = 30_000) -> list[Step]:
    """The log with its ticks, read before anything is measured."""
    path = data_folder() / log.file if log.file else None
    steps: list[Step] = []
    ticks = 0
    for step in tick_plan(open_source(log.source, path, log.options).arrivals, PARTITIONS):
        steps.append(step)
        ticks += isinstance(step, TickAt)
        if ticks == most:
            break
    return steps


def run(steps: Sequence[Step], policy: Policy, sink: Counting) -> tuple[float, ReplayEngine]:
    """CPU seconds of the whole log, and the engine as it is at the end."""
    engine = product_engine(policy, sink, partitions=PARTITIONS)
    gc.collect()
    look_seldom()
    begun = time.process_time()
    play(steps, engine)
    engine.commit()
    return time.process_time() - begun, engine


def digest(steps: Sequence[Step], policy: Policy) -> tuple[str, str]:
    """What was published, and what is kept, each in sixteen digits."""
    published, kept = Digest(), sha256()
    _, engine = run(steps, policy, published)
    for shard in (*engine.contacts, *engine.customers, *engine.queues):
        for item in shard.state_items():
            kept.update(repr(item).encode())
    return published.sum.hexdigest()[:16], kept.hexdigest()[:16]


def measure(name: str, steps: Sequence[Step], policy_name: str, repeat: int) -> str:
    """One line of the table."""
    sink = Counting()
    policy = open_policy(policy_name)
    spent = min(run(steps, policy, sink)[0] for _ in range(repeat))
    ticks = sum(isinstance(step, TickAt) for step in steps)
    events = len(steps) - ticks
    records = sink.records // repeat
    return f"{name:10} {policy_name:8} {spent:8.2f} s {ticks:7} ticks {spent / ticks * 1e6:7.0f} us a tick {events:7} events {records:8} records"


def main() -> None:
    """Print a line for each log and policy."""
    parser = argparse.ArgumentParser(prog="quiet")
    parser.add_argument("--log", choices=LOGS, action="append")
    parser.add_argument("--policy", action="append")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--digest", action="store_true")
    parser.add_argument("--ticks", type=int, default=30_000, help="stop after so many ticks")
    parser.add_argument("--profile", action="store_true")
    given = parser.parse_args()
    for name in given.log or LOGS:
        steps = steps_of(LOGS[name], given.ticks)
        for policy in given.policy or POLICIES:
            if given.digest:
                print(name, policy, *digest(steps, open_policy(policy)), flush=True)
            elif given.profile:
                profile = cProfile.Profile()
                profile.runcall(run, steps, open_policy(policy), Counting())
                pstats.Stats(profile, stream=sys.stdout).sort_stats("tottime").print_stats(40)
            else:
                print(measure(name, steps, policy, given.repeat), flush=True)


if __name__ == "__main__":
    main()
