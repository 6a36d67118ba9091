"""``make live-replay``: the January log through two workers equals ``replay``; prints ``differences: 0`` or exits 1.

python -m tests.live_replay [--days N]
"""

import argparse
import re
import sys
import time
from collections import Counter

from schemas.topics import ALERTS, CALLS, CONTACTS_TICKS, DEAD_LETTERS, QUEUE_PANES, VERDICTS
from tests.live.installation import ROOT, Installation, data_folder
from tests.live.log import Line, read_topic
from tests.live_replay.offline import Expected, replayed

POLICY = ROOT / "deploy" / "policies" / "anonymous-bank.yaml"
_APPENDED = re.compile(rb',"appended_at":\d+')
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
        live = {topic: read_topic(installation.bootstrap, installation.topic(topic), installation.partitions) for topic in COMPARED}
        for name in ("w1", "w2"):
            installation.stop(name)
    expected = replayed(log, POLICY, options)
    print(f"publish_seconds: {published - started:.1f}\napply_seconds: {applied - started:.1f}")
    return report(live, expected)


def comparable(value: bytes | None) -> bytes | None:
    """A record without the one thing that no log before the broker can know: when the broker appended a tick."""
    return value if value is None or not value.startswith(b'{"kind":"watermark"') else _APPENDED.sub(b"", value)


def report(live: dict[str, list[Line]], expected: Expected) -> int:
    """Count the records that differ, topic by topic; the order within one key counts, the order between keys does not."""
    differences = 0
    for topic in COMPARED:
        ours = Counter((line.key, comparable(line.value)) for line in live[topic])
        theirs = Counter((key, comparable(value)) for key, value in expected[topic])
        wrong = sum(((ours - theirs) + (theirs - ours)).values())
        print(f"{topic}: {len(live[topic])} live, {len(expected[topic])} replayed, {wrong} different")
        for key, value in list((ours - theirs).items())[:2]:
            print(f"  only live: {key!r} {value}")
        for key, value in list((theirs - ours).items())[:2]:
            print(f"  only replayed: {key!r} {value}")
        differences += wrong
    print(f"differences: {differences}")
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())
