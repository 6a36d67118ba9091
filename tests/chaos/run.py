"""One chaos run: publish all the time, disturb, let it settle, stop in order, compare."""

import asyncio
import random
import sys
import time
import uuid
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path

from agents.broker import LocalBroker
from agents.publisher import Publisher
from agents.runtime.settings import RuntimeSettings
from agents.runtime.topic_plan import plan_all
from agents.runtime.topics import create_topics
from monitor.errors import BrokerError
from tests.chaos.disturbances import SEVERAL, Disturbances
from tests.chaos.fleet import Fleet
from tests.chaos.replay import committed_positions
from tests.chaos.scenario import Scenario
from tests.chaos.verdict import Verdict, judge
from tests.runtime.harness import now_us

STEP_SECONDS = 0.1
WORKERS = 2
SETTLE_SECONDS = 120.0


def chaos_settings(bootstrap: str) -> RuntimeSettings:
    """Short timeouts, so that take-overs happen in seconds."""
    run = uuid.uuid4().hex[:8]
    return RuntimeSettings(
        bootstrap=bootstrap,
        application_id=f"chaos-{run}",
        topic_prefix=f"chaos-{run}.",
        session_timeout_seconds=6,
        heartbeat_interval_seconds=1.5,
        rebalance_timeout_seconds=15,
        drain_seconds=8,
        position_commit_seconds=1,
    )


async def run_chaos(scenario: Scenario, broker: LocalBroker, kills: int, seed: int, folder: Path) -> tuple[Verdict, Counter[str], Counter[int]]:
    """Disturb a fleet until it was killed ``kills`` times and everything else happened at least once."""
    settings = chaos_settings(broker.bootstrap)
    await create_topics(settings, plan_all(settings, [spec.name for spec in scenario.specs], scenario.topics))
    fleet = Fleet(scenario.command(settings, folder), folder, WORKERS)
    rng = random.Random(seed)
    disturb = Disturbances(settings, fleet, broker, scenario.alert_topic, rng)
    await scenario.begin(settings)
    fleet.start_all()
    stop = asyncio.Event()
    traffic = asyncio.create_task(_traffic(settings, scenario, stop))
    people = asyncio.create_task(scenario.operate(settings, stop))
    watch = asyncio.create_task(_watch(fleet))
    try:
        await asyncio.sleep(6)
        for number, happens in enumerate(_programme(disturb, scenario, kills, rng)):
            print(f"# {number + 1}: {happens.__name__}", file=sys.stderr, flush=True)
            await happens()
            await asyncio.sleep(rng.uniform(2, 4.5))
            if people.done():
                await people
        stop.set()
        await traffic
        await people
        await _settle(settings, scenario, fleet)
        watch.cancel()
        codes = await fleet.stop()
        assert set(codes) <= {0}, f"workers asked to end did not end in order: {codes}"
        happened = disturb.counts + scenario.counts
        if scenario.versions is not None:
            happened[SEVERAL] = fleet.starts  # the first two were published before the first worker
        return await judge(settings, scenario), happened, fleet.exits
    finally:
        stop.set()
        watch.cancel()
        people.cancel()
        fleet.kill_all()
        await asyncio.gather(traffic, watch, people, return_exceptions=True)


def _programme(disturb: Disturbances, scenario: Scenario, kills: int, rng: random.Random) -> list[Callable[[], Awaitable[None]]]:
    crashes = [disturb.kill_and_take_over if number % 2 else disturb.kill_and_restart for number in range(max(kills, 2))]
    others: list[Callable[[], Awaitable[None]]] = [disturb.pause, disturb.delay_commits, disturb.restart_broker, disturb.refuse_output]
    versions = scenario.versions
    if versions is not None:

        async def cut_switch_short() -> None:
            await disturb.cut_switch_short(versions)

        others.append(cut_switch_short)
    programme: list[Callable[[], Awaitable[None]]] = [*crashes, *others * max(1, kills // 8)]
    rng.shuffle(programme)
    return programme


async def _traffic(settings: RuntimeSettings, scenario: Scenario, stop: asyncio.Event) -> None:
    """Publish without a pause; a broker that is away is waited for, and nothing is published twice."""
    async with Publisher(settings) as publisher:
        while not stop.is_set():
            await scenario.publish(publisher, now_us())
            await asyncio.sleep(STEP_SECONDS)


async def _watch(fleet: Fleet) -> None:
    while True:
        fleet.watch()
        await asyncio.sleep(0.1)


async def _settle(settings: RuntimeSettings, scenario: Scenario, fleet: Fleet) -> None:
    """Until every timed shard has judged beyond the last known outcome, and the untimed ones had time to follow."""
    until = time.monotonic() + SETTLE_SECONDS
    timed = [spec for spec in scenario.specs if spec.tick_topic is not None]
    while time.monotonic() < until:
        await asyncio.sleep(1)
        try:
            places = [place for spec in timed for place in (await committed_positions(settings, spec)).values()]
        except BrokerError:
            continue
        if len(places) == settings.partitions * len(timed) and min(place.judged_at for place in places) > scenario.settled_at():
            await asyncio.sleep(3)
            return
    raise AssertionError(f"not settled within {SETTLE_SECONDS} s; exits so far: {dict(fleet.exits)}\n{fleet.logs()[-4000:]}")
