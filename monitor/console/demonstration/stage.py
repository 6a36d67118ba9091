"""The stage: a broker, topics of this run alone, and a worker as a process of its own; all gone at the end."""

import asyncio
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Final

import aiohttp
import msgspec
from msgspec.structs import replace

from agents.broker import LocalBroker, free_port
from agents.runtime.settings import RuntimeSettings
from agents.runtime.topic_plan import plan_all
from agents.runtime.topics import create_topics, delete_topics
from monitor.console.screen import say
from monitor.console.wiring import PROCESSORS
from monitor.errors import SlaMonitorError
from monitor.settings import Settings
from monitor.web.status import Status

READY_SECONDS: Final = 60.0
STOP_SECONDS: Final = 15.0
POLL_SECONDS: Final = 0.25


def can_run_broker(settings: Settings) -> bool:
    """Whether a real broker is within reach: one that ``SLA_KAFKA`` names, or Java and Maven to run one."""
    return settings.kafka is not None or (shutil.which("java") is not None and shutil.which("mvn") is not None)


@contextmanager
def broker(settings: Settings) -> Iterator[Settings]:
    """The settings with the broker to use: the one named, or one of our own on fresh data, which ends with the demo."""
    if settings.kafka is not None:
        say(f"broker: {settings.kafka} (SLA_KAFKA)")
        yield settings
        return
    with tempfile.TemporaryDirectory(prefix="sla-monitor-demo-") as folder:
        node = LocalBroker(Path(folder) / "broker", free_port(), settings.kafka_version)
        say(f"broker: starting Apache Kafka {settings.kafka_version} (the first time Maven fetches it, about 45 MB)")
        node.start()
        try:
            yield replace(settings, kafka=node.bootstrap)
        finally:
            node.stop()


def names_of_this_run(settings: Settings, policy: str) -> Settings:
    """An application and topics that no other run has, time from the log, a free port for the pages."""
    run = f"demo-{secrets.token_hex(3)}"
    return replace(settings, application=run, topic_prefix=f"{run}.", clock="external", policy=policy, web_port=free_port(), worker=None)


@asynccontextmanager
async def topics(settings: Settings, runtime: RuntimeSettings) -> AsyncIterator[None]:
    """The topics of this run; deleted afterwards."""
    plans = plan_all(runtime, PROCESSORS)
    await create_topics(runtime, plans)
    say(f"topics: {len(plans)} with the prefix {settings.topic_prefix}")
    try:
        yield
    finally:
        await delete_topics(runtime, [plan.name for plan in plans])


class WorkerProcess:
    """``sla-monitor worker`` as its own process."""

    def __init__(self, settings: Settings, log: Path) -> None:
        self._settings, self._log = settings, log
        self.address = f"http://{settings.web_host}:{settings.web_port}"

    async def __aenter__(self) -> "WorkerProcess":
        """Start and wait until it is ready; raises SlaMonitorError with its last words when it ends instead."""
        with self._log.open("wb") as stream:
            command = [sys.executable, "-m", "monitor.console", "worker"]
            self._process = subprocess.Popen(command, stdout=stream, stderr=stream, env=environment(self._settings))  # noqa: S603, ASYNC220 - our own program
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5.0))
        try:
            async with asyncio.timeout(READY_SECONDS):
                while not await self._ready():  # noqa: ASYNC110 - another process: there is nothing to be told by
                    await asyncio.sleep(POLL_SECONDS)
        except TimeoutError:
            await self.__aexit__()
            raise SlaMonitorError(f"the worker was not ready within {READY_SECONDS:.0f} s; {self._last_words()}") from None
        except BaseException:
            await self.__aexit__()
            raise
        return self

    async def __aexit__(self, *_error: object) -> None:
        """End it in order, else by force."""
        await self._session.close()
        self._process.terminate()
        try:
            await asyncio.to_thread(self._process.wait, STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            await asyncio.to_thread(self._process.wait)

    async def status(self) -> Status | None:
        """Its status page, None while it does not answer; raises SlaMonitorError when it has ended."""
        self._check_alive()
        try:
            async with self._session.get(self.address + "/") as response:
                return decode_status(await response.read())
        except (aiohttp.ClientError, TimeoutError):
            return None

    async def _ready(self) -> bool:
        self._check_alive()
        try:
            async with self._session.get(self.address + "/readyz") as response:
                return response.status == 200
        except (aiohttp.ClientError, TimeoutError):
            return False

    def _check_alive(self) -> None:
        if self._process.poll() is not None:
            raise SlaMonitorError(f"the worker ended with exit code {self._process.returncode}; {self._last_words()}")

    def _last_words(self) -> str:
        lines = self._log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        return "its last words: " + (" | ".join(lines[-3:]) or "(none)")


def decode_status(page: bytes) -> Status:
    """The status page as the type it was made from."""
    return msgspec.json.decode(page, type=Status)


def environment(settings: Settings) -> dict[str, str]:
    """The environment of a worker with these settings; whatever is a default stays out."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SLA_")}
    for name, default in zip(settings.__struct_fields__, settings.__struct_defaults__, strict=True):
        value = getattr(settings, name)
        if value != default:
            kept[f"SLA_{name.upper()}"] = str(value).lower() if isinstance(value, bool) else str(value)
    return kept
