"""``make live-replay``: the January log through two workers equals ``replay``; prints ``differences: 0`` or exits 1.

python -m tests.live_replay [--days N] [--traffic]
"""

import argparse
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator

from schemas.topics import ALERTS, CALLS, CHATS, CONTACTS_TICKS, CUSTOMER_CONTACTS, DEAD_LETTERS, QUEUE_PANES, VERDICTS, WORK_ORDERS
from tests.live.installation import ROOT, Installation, data_folder
from tests.live.log import stream_topic
from tests.live_replay.marks import Mark, mark
from tests.live_replay.offline import Log, replayed

POLICIES = ROOT / "deploy" / "policies"
TRAFFIC = {"seed": "5", "start": "2026-03-02T09:00:00+08:00", "calls_per_day": "8000", "chats_per_day": "3000", "orders_per_day": "3000"}
COMPARED = (VERDICTS, ALERTS, CUSTOMER_CONTACTS, QUEUE_PANES, DEAD_LETTERS)
STAGES = [[CALLS, CHATS, WORK_ORDERS, CONTACTS_TICKS], [CUSTOMER_CONTACTS], [QUEUE_PANES]]
"""What is applied before what: a stage is done when all before it are."""


def main(arguments: list[str] | None = None) -> int:
    """Publish, wait, replay, compare."""
    parser = argparse.ArgumentParser(prog="live-replay")
    parser.add_argument("--days", type=float, default=0, help="only the first days of the log (0: all)")
    parser.add_argument("--traffic", action="store_true", help="calls, chats and orders as made up, and a worker that is killed on the way")
    given = parser.parse_args(arguments)
    if given.traffic:
        return compare(Log("traffic", None, POLICIES / "default.yaml", {**TRAFFIC, "days": f"{given.days or 0.1:g}"}), kill=True)
    path = data_folder() / "anonymous_bank_1999_january.tsv.xz"
    if not path.exists():
        print(f"the recorded log is not at {path}; SLA_DATA names its folder", file=sys.stderr)
        return 2
    options = {"start": "1999-01-01", "days": f"{given.days:g}"} if given.days else {}
    return compare(Log("anonymous-bank", path, POLICIES / "anonymous-bank.yaml", options), kill=False)


def compare(log: Log, kill: bool) -> int:
    """Two workers over a log; with ``kill`` one of them dies while they work, and comes back."""
    options = (word for name, value in log.options.items() for word in ("--option", f"{name}={value}"))
    words = [log.source, *([str(log.path)] if log.path else []), *options]
    with Installation("live-replay", SLA_POLICY=str(log.policy), SLA_CLOCK="external") as installation:
        installation.start("w1")
        installation.start("w2")
        started = time.monotonic()
        installation.cli("publish", *words, "--drive-clock")
        published = time.monotonic()
        if kill:
            installation.stop("w1", signal.SIGKILL)
            installation.start("w1")
        for stage in STAGES:
            installation.wait_applied(stage)
        applied = time.monotonic()
        live = {topic: Counter(_marks(installation, topic)) for topic in COMPARED}
        for name in ("w1", "w2"):
            installation.stop(name)
    expected = replayed(log)
    told = sum(count for (key, _), count in expected[CUSTOMER_CONTACTS].items() if not key.startswith(b"watermark|"))
    print(f"contacts_told: {told}")
    print(f"publish_seconds: {published - started:.1f}\napply_seconds: {applied - started:.1f}")
    return report(live, expected)


def _marks(installation: Installation, topic: str) -> Iterator[Mark]:
    for line in stream_topic(installation.bootstrap, installation.topic(topic), installation.partitions):
        yield mark(topic, line.key, line.value)


def report(live: dict[str, Counter[Mark]], expected: dict[str, Counter[Mark]]) -> int:
    """Count the records that differ, topic by topic, as multisets: each as often here as there."""
    differences = 0
    for topic in COMPARED:
        ours, theirs = live[topic], expected[topic]
        only_ours, only_theirs = ours - theirs, theirs - ours
        wrong = only_ours.total() + only_theirs.total()
        print(f"{topic}: {ours.total()} live, {theirs.total()} replayed, {wrong} different")
        for side, marks in (("live", only_ours), ("replayed", only_theirs)):
            for key, value in list(marks)[:2]:
                print(f"  only {side}: {key!r} {value!r}")
        differences += wrong
    print(f"differences: {differences}")
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())
