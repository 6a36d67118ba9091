"""``make bad-events``: every file of tests/events/bad published live, byte for byte, beside good events that must still be judged.

    python -m tests.bad_events

Prints ``events``, ``dead_letters``, ``wrong_reason``; exits 1 on any difference.
"""

import json
import sys
import time
from collections import Counter

from confluent_kafka import Producer

from schemas.event import Event
from schemas.events.call import CallAnswered, CallQueued
from schemas.partition import partition_of
from schemas.topics import DEAD_LETTERS, SOURCE_TOPICS, VERDICTS
from tests.events import BadCase, load_bad
from tests.live.installation import Installation
from tests.live.log import read_topic
from tests.live.scrape import fetch
from tests.live.sending import publish

Place = tuple[str, int, int]


def main() -> int:
    """Publish all cases, one after the other, and compare the dead letters with what the files promise."""
    with Installation("bad-events") as installation:
        worker = installation.start("w1")
        installation.wait_until("the worker is ready", lambda: fetch(installation.ports["w1"], "/readyz")[0] == 200)
        cases = load_bad(time.time_ns() // 1000, installation.partitions)
        sent = send(installation, cases)
        judge_good(installation)
        installation.wait_applied(list(SOURCE_TOPICS), 60)
        alive = worker.poll() is None
        letters = [json.loads(line.value or b"{}") for line in read_topic(installation.bootstrap, installation.topic(DEAD_LETTERS))]
        installation.stop("w1")
    return report(sent, letters, alive, installation.run)


def send(installation: Installation, cases: list[BadCase]) -> dict[Place, tuple[str, str | None]]:
    """Publish each record where its file says; remember the place, the case and the expected reason."""
    sender = Producer({"bootstrap.servers": installation.bootstrap, "message.max.bytes": 1_000_000, "linger.ms": 0})
    places: dict[Place, tuple[str, str | None]] = {}
    failed: list[str] = []
    for case in cases:
        for record in case.records:
            partition = partition_of(record.key or b"", installation.partitions) if record.partition is None else record.partition

            def landed(
                error: object, message: object, name: str = case.name, reason: str | None = record.expected, topic: str = record.topic
            ) -> None:
                if error is not None:
                    failed.append(f"{name}: {error}")
                    return
                places[topic, message.partition(), message.offset()] = (name, reason)  # type: ignore[attr-defined]

            topic = installation.topic(record.topic)
            sender.produce(topic, record.value, record.key, partition, headers=list(record.headers), on_delivery=landed)
        sender.flush()
    assert not failed, failed
    return places


def judge_good(installation: Installation) -> None:
    """A good call after all the rubbish gets its verdict."""
    now = time.time_ns() // 1000
    name = f"good-{now}"
    publish(
        installation,
        [
            Event(name, "call", f"{name}-1", "/test/pbx", now - 3_000_000, 0, CallQueued(queue="service", channel="hotline")),
            Event(name, "call", f"{name}-2", "/test/pbx", now - 1_000_000, 0, CallAnswered(agent_id="a1")),
        ],
    )
    topic = installation.topic(VERDICTS)

    def judged() -> bool:
        return any(line.key.startswith(f"{name}|".encode()) for line in read_topic(installation.bootstrap, topic))

    installation.wait_until("the next good event is judged", judged, 30)
    print("next_good_event: judged")


def report(sent: dict[Place, tuple[str, str | None]], letters: list[dict[str, object]], alive: bool, run: str) -> int:
    """Every bad record has exactly one dead letter with its reason, every good one none."""
    got = {(str(letter["topic"]).removeprefix(f"{run}."), letter["partition"], letter["offset"]): letter["reason"] for letter in letters}
    wrong = [(name, expected, got.get(place)) for place, (name, expected) in sent.items() if got.get(place) != expected]
    doubled = len(letters) - len(got)
    unknown = len(set(got) - set(sent))
    reasons = Counter(str(letter["reason"]) for letter in letters)
    print(f"events: {len(sent)}\ndead_letters: {len(letters)}\nwrong_reason: {len(wrong)}\ndoubled: {doubled}\nunexpected: {unknown}")
    print(f"worker_alive: {'yes' if alive else 'no'}")
    print(f"reasons: {', '.join(f'{reason} {count}' for reason, count in sorted(reasons.items()))}")
    for name, expected, found in wrong[:10]:
        print(f"  {name}: expected {expected}, got {found}")
    return 1 if wrong or doubled or unknown or not alive else 0


if __name__ == "__main__":
    sys.exit(main())
