"""The worker, the peers and the fold over one log; the worker's CPU is what the kernel accounts to its process."""

import json
import os
import secrets
import subprocess
import sys
import time
from pathlib import Path

from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient, NewTopic

from schemas.cloudevents import encode_event
from schemas.partition import partition_of
from schemas.topics import CALLS
from tests.bench.policies import TELECOM
from tests.bench.stream import call_stream
from tests.live.installation import ROOT, Installation
from tests.live.log import lag
from tests.live.scrape import fetch

_TICKS = os.sysconf("SC_CLK_TCK")


def publish(installation: Installation, count: int) -> None:
    """Put the stream into the source topic, in order, with event times as record times."""
    producer = Producer({"bootstrap.servers": installation.bootstrap, "linger.ms": 50, "queue.buffering.max.messages": 200_000})
    topic = installation.topic(CALLS)
    for event in call_stream(count, time.time_ns() // 1000):
        key, value, headers = encode_event(event)
        while True:
            try:
                place = partition_of(key, installation.partitions)
                producer.produce(topic, value, key, place, headers=list(headers), timestamp=event.at // 1000)
                break
            except BufferError:
                producer.poll(0.1)
    producer.flush()


def measure_worker(installation: Installation, count: int) -> dict[str, float]:
    """Rates of one worker from the moment it is ready until everything is committed."""
    worker = installation.start("w1", SLA_POLICY=str(TELECOM))
    installation.wait_until("the worker is ready", lambda: fetch(installation.ports["w1"], "/readyz")[0] == 200, every=0.05)
    started, cpu = time.perf_counter(), _cpu_of(worker.pid)
    topics = [installation.topic(CALLS)]
    installation.wait_until("the backlog is applied", lambda: lag(installation.bootstrap, installation.run, topics) == 0, 600, every=0.2)
    took, used = time.perf_counter() - started, _cpu_of(worker.pid) - cpu
    installation.stop("w1")
    return {"events_per_second": count / took, "cpu_us_per_event": used / count * 1e6}


def _cpu_of(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def measure_peer(installation: Installation, program: str, count: int) -> dict[str, float]:
    """Rates of one peer program over the first ``count`` events."""
    application = f"{program.replace('_', '-')}-{secrets.token_hex(3)}"
    admin = AdminClient({"bootstrap.servers": installation.bootstrap})
    made = admin.create_topics([NewTopic(f"{application}-out", installation.partitions, 1)])
    for outcome in made.values():
        outcome.result()
    command = [sys.executable, "-m", f"tests.bench.{program}", installation.bootstrap, application, installation.topic(CALLS), str(count)]
    done = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=600, check=False)
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    if not lines:
        raise AssertionError(f"{program} ended with {done.returncode}: {done.stderr[-2000:]}")
    figures: dict[str, float] = json.loads(lines[-1])
    return figures
