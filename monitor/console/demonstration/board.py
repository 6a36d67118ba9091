"""The board: queues and breaches as they are now; a live table on a terminal, a line every few seconds elsewhere."""

import time
from types import TracebackType
from typing import Final

import click
import msgspec
from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.table import Table
from rich.text import Text

from monitor.console.demonstration.tally import Tally
from monitor.console.screen import table
from monitor.web.status import QueueStatus

LINE_SECONDS: Final = 10.0
REFRESHES_A_SECOND: Final = 4
ROWS: Final = 12


class Scene(msgspec.Struct):
    """One moment of the demo."""

    t: str = "-"
    published: int = 0
    behind: int = 0
    queues: dict[str, QueueStatus] = {}


class Board:
    """Shows scenes; use as a context."""

    def __init__(self, tally: Tally, console: Console) -> None:
        self.tally = tally
        self._live = Live(console=console, refresh_per_second=REFRESHES_A_SECOND, transient=True) if console.is_terminal else None
        self._said_at = 0.0

    def __enter__(self) -> "Board":
        """Begin to draw."""
        if self._live is not None:
            self._live.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Leave the screen as it was."""
        if self._live is not None:
            self._live.stop()

    def show(self, scene: Scene) -> None:
        """Draw, or say a line when it is time."""
        if self._live is not None:
            self._live.update(self._drawn(scene))
            return
        now = time.monotonic()
        if now - self._said_at >= LINE_SECONDS:
            self._said_at = now
            waiting = sum(queue.waiting for queue in scene.queues.values())
            tally = self.tally
            click.echo(
                f"{scene.t}  {scene.published:>6,} events  {waiting:>3} waiting  "
                f"{tally.total:>4} breaches, {tally.firing} firing  {busiest(scene.queues)}"
            )

    def _drawn(self, scene: Scene) -> RenderableType:
        tally = self.tally
        head = Text(
            f"log time {scene.t}   {scene.published:,} events   {tally.total:,} breaches, {tally.firing:,} firing   {scene.behind:,} records to go",
            style="bold",
        )
        lines = [Text(line, style="red" if "firing" in line else "green", overflow="ellipsis", no_wrap=True) for line in tally.lines]
        return Group(head, queue_rows(scene.queues), *lines)


def queue_rows(queues: dict[str, QueueStatus]) -> Table:
    """The busiest queues with their last half hour."""
    columns = ("waiting", "longest s", "offered 30m", "in 20 s (V7, 5m)", "in 20 s (V3, 30m)", "ASA s 30m", "p95 s 1d")
    shown = table("", "queue", *columns, numbers=columns)
    lined = {name: queue for name, queue in queues.items() if queue.offered or queue.waiting}  # work orders stand in no line
    busy = sorted(lined.items(), key=lambda item: (-item[1].offered.get("1d", 0), item[0]))[:ROWS]
    for name, queue in busy:
        shown.add_row(
            name,
            str(queue.waiting),
            _number(queue.oldest_wait_seconds if queue.waiting else None),
            str(queue.offered.get("30m", 0)),
            _share(level(queue, "5m", "V7")),
            _share(level(queue, "30m", "V3")),
            _number(queue.indicators.get("30m", {}).get("asa_seconds")),
            _number(queue.indicators.get("1d", {}).get("wait_seconds.p95")),
        )
    return shown


def level(queue: QueueStatus, window: str, definition: str, threshold: str = "20") -> float | None:
    """A service level, where the window has one."""
    return queue.service_level.get(window, {}).get(definition, {}).get(threshold)


def busiest(queues: dict[str, QueueStatus]) -> str:
    """The busiest queue of the last half hour in a few words."""
    if not queues:
        return ""
    name, queue = max(queues.items(), key=lambda item: (item[1].offered.get("30m", 0), item[0]))
    share = _share(level(queue, "30m", "V3"))
    return f"{name}: {queue.offered.get('30m', 0)} calls in 30 min, {share} within 20 s"


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.0%}"


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.0f}"
