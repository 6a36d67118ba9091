"""``make live-replay``: the January log through two workers equals ``replay``; prints ``differences: 0`` or exits 1.

python -m tests.live_replay [--days N]
"""

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterator

from schemas.topics import ALERTS, CALLS, CONTACTS_TICKS, DEAD_LETTERS, QUEUE_PANES, VERDICTS
from tests.live.installation import ROOT, Installation, data_folder
from tests.live.log import stream_topic
from tests.live_replay.marks import Mark, mark
from tests.live_replay.offline import replayed

POLICY = ROOT / "deploy" / "policies" / "anonymous-bank.yaml"
COMPARED = (VERDICTS, ALERTS, QUEUE_PANES, DEAD_LETTERS)


def main(arguments: list[str] | None = None) -> int:
    """Publish, wait, replay, compare."""
    parser = argparse.ArgumentParser(prog="live-replay")
    parser.add_argument("--days", type=int, default=0, help="only the first days of the log (0: all)")
    days = parser.parse_args(arguments).days
    log = data_folder() / "anonymous_bank_1999_january.tsv.xz"
    if not log.exists():
        print(f"the recorded log is not at {log}; SLA_DATA names its folder", file=sys.stderr)
        return 2
    options = {"start": "1999-01-01", "days": str(days)} if days else {}
    chosen = [word for name, value in options.items() for word in ("--option", f"{name}={value}")]
    with Installation("live-replay", SLA_POLICY=str(POLICY), SLA_CLOCK="external") as installation:
        installation.start("w1")
        installation.start("w2")
        started = time.monotonic()
        installation.cli("publish", "anonymous-bank", str(log), "--drive-clock", *chosen)
        published = time.monotonic()
        installation.wait_applied([CALLS, CONTACTS_TICKS, QUEUE_PANES])
        applied = time.monotonic()
        live = {topic: Counter(_marks(installation, topic)) for topic in COMPARED}
        for name in ("w1", "w2"):
            installation.stop(name)
    expected = replayed(log, POLICY, options)
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
