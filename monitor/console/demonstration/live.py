"""The demo on a real broker: publish with the log's own clock, follow what the worker says, stop when it has judged everything."""

import asyncio
import tempfile
from pathlib import Path
from typing import Final

from rich.console import Console

from agents.clock_driver import Driven
from agents.reader import follow, read_topics
from agents.runtime.settings import RuntimeSettings
from monitor.console.demonstration.board import Board, Scene
from monitor.console.demonstration.script import Script
from monitor.console.demonstration.stage import WorkerProcess, broker, names_of_this_run, topics
from monitor.console.demonstration.tally import Tally
from monitor.console.screen import say
from monitor.console.sending import drive
from monitor.console.wiring import runtime_settings
from monitor.settings import Settings
from monitor.web.status import Status
from schemas.instants import parse_instant
from schemas.topics import ALERTS, DEAD_LETTERS

POLL_SECONDS: Final = 0.5
SETTLE_SECONDS: Final = 45.0


def run_live(settings: Settings, script: Script, policy: str, seconds: float, console: Console) -> tuple[Scene, Tally]:
    """Play the script in about ``seconds`` and return how it ended."""
    with broker(settings) as found, tempfile.TemporaryDirectory(prefix="sla-monitor-demo-") as folder:
        mine = names_of_this_run(found, policy)
        runtime = runtime_settings(mine)
        return asyncio.run(_run(mine, runtime, script, seconds, (Path(folder), console)))


async def _run(mine: Settings, runtime: RuntimeSettings, script: Script, seconds: float, place: tuple[Path, Console]) -> tuple[Scene, Tally]:
    folder, console = place
    async with topics(mine, runtime), WorkerProcess(mine, folder / "worker.log") as worker:
        say(f"worker: ready; while it lasts: {worker.address}/  {worker.address}/metrics")
        show = _Show(runtime, worker, Board(Tally(), console))
        await show.play(script, seconds)
        await show.count_all()
        return show.scene, show.tally


class _Show:
    """One run: publisher, follower and board side by side."""

    def __init__(self, runtime: RuntimeSettings, worker: WorkerProcess, board: Board) -> None:
        self._runtime, self._worker, self._board = runtime, worker, board
        self.tally = board.tally
        self.scene = Scene()

    async def play(self, script: Script, seconds: float) -> None:
        """Publish and watch; an error of either side ends both."""
        follower = asyncio.create_task(self._follow())
        publisher = asyncio.create_task(drive(self._runtime, script.arrivals, script.span_seconds / seconds, self._published))
        try:
            with self._board:
                await self._watch(publisher, follower)
        finally:
            for task in (follower, publisher):
                task.cancel()
            await asyncio.gather(follower, publisher, return_exceptions=True)

    def _published(self, steps: int) -> None:
        self.scene.published += steps

    async def _follow(self) -> None:
        async for record in follow(self._runtime, [ALERTS]):
            self.tally.take(record)

    async def _watch(self, publisher: "asyncio.Task[Driven]", follower: "asyncio.Task[None]") -> None:
        until: float | None = None
        loop = asyncio.get_running_loop()
        while True:
            for task in (publisher, follower):
                if task.done():
                    task.result()
            status = await self._worker.status()
            if status is not None:
                self._look(status)
                self._board.show(self.scene)
            if publisher.done():
                until = until or loop.time() + SETTLE_SECONDS
                if status is not None and _judged(status, publisher.result().t):
                    return
                if loop.time() > until:
                    say(f"the worker is still {self.scene.behind:,} records behind; the summary is of what it has judged")
                    return
            await asyncio.sleep(POLL_SECONDS)

    def _look(self, status: Status) -> None:
        self.scene.queues = status.queues
        self.scene.behind = sum(status.lag.values())
        self.scene.t = min((shard.t for shard in status.shards if shard.t is not None), default="-")

    async def count_all(self) -> None:
        """Read the outputs from the beginning once more, so that the summary misses nothing."""
        for records in (await read_topics(self._runtime, [ALERTS, DEAD_LETTERS])).values():
            for record in records:
                self.tally.take(record)
        status = await self._worker.status()
        if status is not None:
            self._look(status)


def _judged(status: Status, t: int) -> bool:
    timed = [parse_instant(shard.t) for shard in status.shards if shard.t is not None]
    return bool(timed) and min(timed) >= t and not sum(status.lag.values())
