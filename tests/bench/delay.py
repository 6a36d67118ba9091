"""How long after a deadline its alert can be read: live calls that nobody answers, and an independent reader of ``sla.alerts``."""

import json
import threading
import time

from confluent_kafka import Consumer, Producer, TopicPartition

from schemas.cloudevents import encode_event
from schemas.event import Event
from schemas.events.call import CallQueued
from schemas.instants import SECOND, parse_instant
from schemas.partition import partition_of
from schemas.topics import ALERTS, CALLS
from tests.bench.policies import TWO_SECONDS
from tests.live.installation import Installation
from tests.live.scrape import fetch


class AlertReader(threading.Thread):
    """Notes when each firing alert became readable."""

    def __init__(self, bootstrap: str, topic: str, partitions: int) -> None:
        super().__init__(daemon=True)
        self.delays: list[float] = []
        self._consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": "delay", "isolation.level": "read_committed", "fetch.wait.max.ms": 10})
        self._consumer.assign([TopicPartition(topic, p, 0) for p in range(partitions)])
        self.ended = threading.Event()

    def run(self) -> None:
        """Read until told to end."""
        while not self.ended.is_set():
            message = self._consumer.poll(0.1)
            if message is None or message.error() is not None:
                continue
            now = time.time_ns() // 1000
            alert = json.loads(message.value() or b"{}")
            if alert.get("state") == "firing":
                self.delays.append((now - parse_instant(alert["deadline"])) / SECOND)
        self._consumer.close()


def measure_delay(calls: int = 1_500, per_second: int = 100) -> list[float]:
    """Seconds from deadline to alert for every unanswered call, while one worker keeps up."""
    with Installation("delay", SLA_POLICY=str(TWO_SECONDS)) as installation:
        installation.start("w1")
        installation.wait_until("the worker is ready", lambda: fetch(installation.ports["w1"], "/readyz")[0] == 200)
        reader = AlertReader(installation.bootstrap, installation.topic(ALERTS), installation.partitions)
        reader.start()
        producer = Producer({"bootstrap.servers": installation.bootstrap, "linger.ms": 0, "acks": "all"})
        started = time.monotonic()
        for number in range(calls):
            time.sleep(max(0.0, started + number / per_second - time.monotonic()))
            event = Event(f"d{number:05d}", "call", f"e{number}", "/bench/pbx", time.time_ns() // 1000, 0, CallQueued(queue="q", channel="hotline"))
            key, value, headers = encode_event(event)
            place = partition_of(key, installation.partitions)
            producer.produce(installation.topic(CALLS), value, key, place, headers=list(headers))
            producer.poll(0)
        producer.flush()
        installation.wait_until("every alert was read", lambda: len(reader.delays) >= calls, 60, every=0.1)
        reader.ended.set()
        reader.join()
        return sorted(reader.delays)
