"""One installation under test: a broker, a topic prefix of its own, and real worker processes started by the command line."""

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.live.development_broker import development_broker
from tests.live.log import lag

ROOT = Path(__file__).resolve().parents[2]


def data_folder() -> Path:
    """Where the recorded logs are."""
    return Path(os.environ.get("SLA_DATA") or ROOT.parent / "shared" / "data")


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Installation:
    """Use as a context manager; everything it started ends with it."""

    def __init__(self, name: str, partitions: int = 4, **settings: str) -> None:
        self.run = f"{name}-{secrets.token_hex(3)}"
        self.partitions = partitions
        self.settings = settings
        self.folder = ROOT / ".work" / self.run
        self.workers: dict[str, subprocess.Popen[bytes]] = {}
        self.ports: dict[str, int] = {}
        self.bootstrap = ""
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.bootstrap = self._stack.enter_context(development_broker())
        self.cli("topics", "--create")
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        for worker in self.workers.values():
            if worker.poll() is None:
                worker.kill()
                worker.wait()
        if kind is not None:
            for log in sorted(self.folder.glob("*.log")):
                tail = log.read_text(errors="replace").splitlines()[-15:]
                print(f"--- end of {log.name}", *tail, sep="\n", file=sys.stderr)
        self._stack.close()

    def topic(self, name: str) -> str:
        """The real name of a logical topic."""
        return f"{self.run}.{name}"

    def environment(self, **more: str) -> dict[str, str]:
        """What a command of this installation runs with."""
        return {
            **{k: v for k, v in os.environ.items() if not k.startswith("SLA_") or k == "SLA_DATA"},
            "SLA_KAFKA": self.bootstrap,
            "SLA_APPLICATION": self.run,
            "SLA_TOPIC_PREFIX": f"{self.run}.",
            "SLA_PARTITIONS": str(self.partitions),
            **self.settings,
            **more,
        }

    def cli(self, *arguments: str, **settings: str) -> str:
        """Run one command to its end and give its standard output; a failing command fails the check."""
        done = subprocess.run(
            [sys.executable, "-m", "monitor.console", *arguments],
            env=self.environment(**settings),
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise AssertionError(f"sla-monitor {' '.join(arguments)} ended with {done.returncode}: {done.stderr.strip()[-2000:]}")
        return done.stdout

    def start(self, name: str, *arguments: str, **settings: str) -> subprocess.Popen[bytes]:
        """Start a worker; its output goes to a file named after it."""
        port = self.ports.setdefault(name, free_port())
        with (self.folder / f"{name}.log").open("ab") as log:
            worker = subprocess.Popen(
                [sys.executable, "-m", "monitor.console", "worker", *arguments],
                env=self.environment(SLA_WEB_PORT=str(port), **settings),
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self.workers[name] = worker
        return worker

    def stop(self, name: str, sign: signal.Signals = signal.SIGTERM) -> int:
        """End a worker and give its exit code."""
        worker = self.workers.pop(name)
        worker.send_signal(sign)
        return worker.wait(timeout=30)

    def wait_until(self, what: str, done: Callable[[], bool], seconds: float = 300.0, every: float = 0.5) -> None:
        """Ask again until ``done``; a worker that ended meanwhile, or the time that ran out, fails the check."""
        end = time.monotonic() + seconds
        while not done():
            dead = [name for name, worker in self.workers.items() if worker.poll() is not None]
            if dead:
                raise AssertionError(f"while waiting until {what}: worker {dead[0]} ended with {self.workers[dead[0]].returncode}")
            if time.monotonic() > end:
                raise AssertionError(f"not within {seconds:g} s: {what}")
            time.sleep(every)

    def wait_applied(self, topics: list[str], seconds: float = 900.0) -> None:
        """Wait until the workers have applied and committed everything in these logical topics."""
        names = [self.topic(name) for name in topics]
        self.wait_until(f"{', '.join(topics)} are applied", lambda: lag(self.bootstrap, self.run, names, self.partitions) == 0, seconds)
