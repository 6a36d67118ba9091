"""January of the bank's real log through four ledgers gives the totals that an independent script computed (data/README)."""

import lzma
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.panes.totals import merged
from monitor.queues.summary import Summary, queue_summary
from tests.queues.feed import START, Shard, policy

LOG = Path(os.environ.get("SLA_DATA") or Path(__file__).resolve().parents[2].parent / "shared" / "data") / "anonymous_bank_1999_january.tsv.xz"

if not LOG.exists():
    pytest.skip(f"the recorded log {LOG.name} is not in {LOG.parent}; set SLA_DATA to its folder", allow_module_level=True)


def waits() -> Iterator[tuple[str, int, bool]]:
    """Queue, wait in seconds and whether it was answered, of every call that reached a queue or an agent."""
    with lzma.open(LOG, "rt") as lines:
        next(lines)
        for line in lines:
            row = line.rstrip("\n").split("\t")
            outcome, queued = row[12], row[9] != "0:00:00"
            if outcome in ("AGENT", "HANG") and (queued or outcome == "AGENT"):
                yield row[4], int(row[11]) if queued else 0, outcome == "AGENT"


@pytest.fixture(scope="module")
def summaries() -> dict[str, Summary]:
    rules = policy()
    shards = [Shard(partition, rules) for partition in range(4)]
    for number, (queue, wait, answered) in enumerate(waits()):
        shards[number % 4].call(queue, START + number * 85_000_000, float(wait), answered)
    names = sorted({scope for shard in shards for scope, _, _ in shard.ledger.lifetime()})
    return {
        name.removeprefix("queue:"): queue_summary(
            merged(each for shard in shards for scope, _, each in shard.ledger.lifetime() if scope == name), (10, 15, 20, 30)
        )
        for name in names
    }


@pytest.mark.parametrize(
    ("queue", "offered", "abandoned", "level", "asa", "p95"), [("PS", 22033, 1659, 0.572, 32.3, 145), ("NW", 5233, 1216, 0.402, 47.2, 191)]
)
def test_january(summaries: dict[str, Summary], queue: str, offered: int, abandoned: int, level: float, asa: float, p95: float) -> None:
    summary = summaries[queue]
    assert (summary["offered"], summary["abandoned"]) == (offered, abandoned)
    assert summary["service_level"]["V3"]["20"] == pytest.approx(level, rel=0.01)  # type: ignore[index]
    assert summary["asa_seconds"] == pytest.approx(asa, rel=0.01)
    assert summary["wait_seconds"]["p95"] == pytest.approx(p95, rel=0.02)  # type: ignore[index]


def test_everything_together_is_the_sum_of_the_queues(summaries: dict[str, Summary]) -> None:
    queues = [summary for name, summary in summaries.items() if name != "all"]
    for count in ("offered", "answered", "abandoned", "short_abandoned"):
        assert summaries["all"][count] == sum(summary[count] for summary in queues)  # type: ignore[misc]  # counts are ints
