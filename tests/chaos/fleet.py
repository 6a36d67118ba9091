"""The workers of a chaos run: a few processes, restarted when they end by themselves, each with a log file."""

import asyncio
import os
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

RESTART_SECONDS = 0.5


class Fleet:
    """Numbered workers. ``exits`` counts the codes of those that ended by themselves."""

    def __init__(self, command: Sequence[str], folder: Path, size: int) -> None:
        self._command, self._folder = command, folder
        self.fault_file = folder / "fault.json"
        self._environment = {**os.environ, "SLA_FAULT_FILE": str(self.fault_file)}
        self._processes: dict[int, subprocess.Popen[bytes]] = {}
        self._down_until: dict[int, float] = {}
        self.exits: Counter[int] = Counter()
        self.restarts = self.starts = 0
        self.size = size

    def start(self, number: int) -> None:
        with (self._folder / f"worker-{number}.log").open("ab") as log:
            self._processes[number] = subprocess.Popen(self._command, stdout=log, stderr=log, env=self._environment)
        self._down_until.pop(number, None)
        self.starts += 1

    def start_all(self) -> None:
        for number in range(self.size):
            self.start(number)

    @property
    def running(self) -> list[int]:
        return sorted(self._processes)

    def kill(self, number: int, down_seconds: float) -> None:
        """End it as a crash would; it comes back after a while."""
        process = self._processes.pop(number)
        process.kill()
        process.wait()
        self._down_until[number] = time.monotonic() + down_seconds

    def freeze(self, number: int) -> None:
        self._processes[number].send_signal(signal.SIGSTOP)

    def thaw(self, number: int) -> None:
        self._processes[number].send_signal(signal.SIGCONT)

    def watch(self) -> None:
        """Restart what ended and what has been down long enough."""
        for number, process in list(self._processes.items()):
            code = process.poll()
            if code is not None:
                self.exits[code] += 1
                del self._processes[number]
                self._down_until[number] = time.monotonic() + RESTART_SECONDS
        for number, until in list(self._down_until.items()):
            if time.monotonic() >= until:
                self.restarts += 1
                self.start(number)

    async def retire(self, number: int) -> int:
        """End one in order, not to come back; returns its exit code."""
        process = self._processes.pop(number)
        process.terminate()
        return await asyncio.to_thread(process.wait, 20)

    async def stop(self) -> list[int]:
        """End all in order; returns their exit codes."""
        self._down_until.clear()
        return list(await asyncio.gather(*(self.retire(number) for number in self.running)))

    def kill_all(self) -> None:
        for process in self._processes.values():
            process.kill()
            process.wait()
        self._processes.clear()
        self._down_until.clear()

    def logs(self) -> str:
        return "".join(path.read_text(errors="replace") for path in sorted(self._folder.glob("worker-*.log")))
