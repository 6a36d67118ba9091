"""The demo without a broker: the same processors in this process, over a log in memory."""

import time
from collections.abc import Iterator
from typing import Final

from rich.console import Console

from monitor.console.demonstration.board import Board, Scene
from monitor.console.demonstration.script import Script
from monitor.console.demonstration.tally import Tally
from monitor.console.policies import open_policy
from monitor.processing import Sample
from monitor.replay.engine import ReplayEngine
from monitor.replay.product import product_engine
from monitor.sources.tick_plan import TickAt, tick_plan
from monitor.web.status import status_of
from monitor.web.view import About
from schemas.instants import SECOND, format_instant

PARTITIONS: Final = 4
LOOK_SECONDS: Final = 0.5


def run_offline(script: Script, policy: str, seconds: float, console: Console) -> tuple[Scene, Tally]:
    """Play the script in about ``seconds`` and return how it ended."""
    tally = Tally()
    engine = product_engine(open_policy(policy), tally, partitions=PARTITIONS)
    scene = Scene()
    began = looked = time.monotonic()
    speed = script.span_seconds / seconds
    with Board(tally, console) as board:
        for step in tick_plan(script.arrivals, PARTITIONS):
            if isinstance(step, TickAt):
                engine.tick(step.t)
                scene.t = format_instant(step.t)
                time.sleep(max(0.0, began + (step.t - script.begins_at) / SECOND / speed - time.monotonic()))
            else:
                engine.send(step.topic, step.partition, step.key, step.value, step.headers, step.at)
                scene.published += 1
            if time.monotonic() - looked > LOOK_SECONDS:
                looked = time.monotonic()
                _look(engine, scene)
                board.show(scene)
        _look(engine, scene)
    return scene, tally


def _look(engine: ReplayEngine, scene: Scene) -> None:
    engine.commit()
    about = About(application="demo", worker="in-process", version="", policy="")
    scene.queues = status_of(about, None, _samples(engine)).queues


def _samples(engine: ReplayEngine) -> Iterator[Sample]:
    for shard in engine.queues:
        yield from shard.processor.samples()
