"""A worker of the toy processors as a process of its own: ``python -m tests.runtime.toy_worker SETTINGS_JSON [processor ...]``."""

import asyncio
import json
import logging
import os
import sys
from pathlib import Path

import msgspec

from agents.runtime.runtime import Runtime
from agents.runtime.settings import ProcessorSpec, RuntimeSettings
from agents.worker import run
from monitor.errors import SlaMonitorError
from schemas.topics import DEAD_LETTERS
from tests.runtime import toys

SPECS = {
    "deadlines": ProcessorSpec(
        name="deadlines",
        sources=(toys.CALLS, toys.CHATS),
        tick_topic=toys.TICKS,
        factory=toys.Deadlines,
        outputs=(toys.ALERTS, toys.PANES, DEAD_LETTERS),
    ),
    "totals": ProcessorSpec(name="totals", sources=(toys.PANES,), tick_topic=None, factory=toys.Totals, outputs=(toys.TOTALS,)),
}


STATUS_FILE = os.environ.get("TOY_STATUS_FILE")
_keep: list[asyncio.Task[None]] = []


async def report(runtime: Runtime) -> None:
    """Write what the worker says about itself, ten times a second."""
    if STATUS_FILE is not None:
        _keep.append(asyncio.create_task(_report(runtime, Path(STATUS_FILE))))


async def silence(_: Runtime) -> None:
    for task in _keep:
        task.cancel()


async def _report(runtime: Runtime, path: Path) -> None:
    while True:
        status = {
            "ready": runtime.ready(),
            "alive": runtime.alive(),
            "shards": [[name, partition] for name, partition, _ in runtime.shards()],
            "samples": [[sample.name, sample.labels, sample.value] for sample in runtime.samples()] if runtime.shards() else [],
            "fence_seconds": runtime.ticker.fence_seconds / max(1, runtime.ticker.rounds),
        }
        new = path.with_suffix(".new")
        new.write_text(json.dumps(status))
        new.replace(path)
        await asyncio.sleep(0.1)


def main() -> int:
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s", stream=sys.stderr)
    logging.getLogger("sla").setLevel(logging.INFO)
    settings = msgspec.json.decode(sys.argv[1], type=RuntimeSettings)
    names = sys.argv[2:] or list(SPECS)
    try:
        return run(settings, [SPECS[name] for name in names], on_started=report, on_stopping=silence)
    except SlaMonitorError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code


if __name__ == "__main__":
    sys.exit(main())
