"""What the runtime tests share: topics of the toys, workers as processes that are really killed, and their alerts read back."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from types import TracebackType

import msgspec

from agents.reader import read_topics
from agents.runtime.settings import RuntimeSettings
from agents.runtime.topic_plan import plan_all
from agents.runtime.topics import create_topics, delete_topics
from monitor.processing import Record
from schemas.instants import Instant
from schemas.topics import DEAD_LETTERS, TOPICS, TopicSpec
from tests.runtime import toys

WAIT_SECONDS = 60.0


def _spec(name: str, *, tick: bool = False) -> TopicSpec:
    return TopicSpec(
        name=name,
        role="tick" if tick else "source",
        cleanup="delete",
        retention_seconds=7 * 86_400,
        log_append_time=tick,
        help="toy",
    )


TOY_TOPICS = (
    _spec(toys.CALLS),
    _spec(toys.CHATS),
    _spec(toys.PANES),
    _spec(toys.ALERTS),
    _spec(toys.TOTALS),
    _spec(toys.TICKS, tick=True),
    *(spec for spec in TOPICS if spec.name == DEAD_LETTERS),
)


@asynccontextmanager
async def toy_topics(settings: RuntimeSettings) -> AsyncIterator[None]:
    """All topics of the toys, deleted at the end."""
    plans = plan_all(settings, ("deadlines", "totals"), TOY_TOPICS)
    await create_topics(settings, plans)
    await asyncio.sleep(0.3)  # leaders are elected after the answer
    try:
        yield
    finally:
        await delete_topics(settings, [plan.name for plan in plans])


class Worker:
    """One worker process; ``with Worker(settings, "deadlines") as worker``. Its log is a file."""

    def __init__(self, settings: RuntimeSettings, *processors: str, folder: Path, environment: dict[str, str] | None = None) -> None:
        self.settings, self.processors = settings, processors
        self.log_file = folder / f"worker-{time.monotonic_ns()}.log"
        self._environment = {**os.environ, **(environment or {})}
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> "Worker":
        command = [sys.executable, "-m", "tests.runtime.toy_worker", msgspec.json.encode(self.settings).decode(), *self.processors]
        with self.log_file.open("ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, env=self._environment)
        return self

    def __enter__(self) -> "Worker":
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.kill()
        if kind is not None:
            print(self.log(), file=sys.stderr)

    @property
    def running(self) -> "subprocess.Popen[bytes]":
        assert self.process is not None
        return self.process

    def kill(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def terminate(self, within_seconds: float = 10) -> int:
        self.running.send_signal(signal.SIGTERM)
        return self.running.wait(within_seconds)

    def freeze(self) -> None:
        self.running.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self.running.send_signal(signal.SIGCONT)

    def exit_code(self, within_seconds: float = WAIT_SECONDS) -> int:
        return self.running.wait(within_seconds)

    def log(self) -> str:
        return self.log_file.read_text(errors="replace")

    async def logged(self, text: str, within_seconds: float = WAIT_SECONDS) -> None:
        """Wait until the worker has logged this."""
        until = time.monotonic() + within_seconds
        while text not in self.log():
            assert time.monotonic() < until, f"never logged: {text}\n{self.log()}"
            await asyncio.sleep(0.1)


async def eventually(
    settings: RuntimeSettings, topic: str, enough: Callable[[list[Record]], bool], within_seconds: float = WAIT_SECONDS
) -> list[Record]:
    """Read a topic again and again until its committed records are enough."""
    until = time.monotonic() + within_seconds
    while True:
        records = (await read_topics(settings, [topic]))[topic]
        if enough(records):
            return records
        assert time.monotonic() < until, f"{topic} has {len(records)} records after {within_seconds} s"
        await asyncio.sleep(0.3)


def keys(records: Sequence[Record]) -> list[bytes]:
    return sorted(record.key or b"" for record in records)


def now_us() -> Instant:
    return time.time_ns() // 1000


def opened(queue: str, at: Instant, due: Instant) -> bytes:
    return toys.encode(["open", queue, at, due])
