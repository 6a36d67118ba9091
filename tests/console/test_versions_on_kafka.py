"""Policy versions and commands on a real broker: published, followed without a restart, judged as replay does (design §4, §8, §9)."""

import asyncio
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from agents.broker import free_port
from agents.publisher import Publisher
from agents.reader import read_topics
from agents.runtime.settings import RuntimeSettings
from agents.runtime.topic_plan import plan_all
from agents.runtime.topics import delete_topics
from agents.runtime.wall_clock import wall_clock
from monitor.console.demonstration.stage import WorkerProcess
from monitor.console.policies import open_policy
from monitor.console.policies import settings as present_settings
from monitor.console.wiring import PROCESSORS, runtime_settings
from monitor.replay.facts import Facts, VerdictFact
from monitor.replay.product import product_engine
from monitor.replay.schedule import FROM_THE_START, Schedule
from monitor.settings import Settings
from monitor.sources.registry import open_source
from monitor.sources.tick_plan import play, tick_plan
from monitor.web.status import Status
from schemas.alerts import Verdict
from schemas.cloudevents import encode_event
from schemas.event import Event
from schemas.events.workorder import WorkOrderCreated
from schemas.instants import parse_instant
from schemas.topics import VERDICTS, WORK_ORDERS
from tests.console.running import run

pytestmark = pytest.mark.broker

POLICY = """
title: {title}
version: "{title}"
applies_to: {applies_to}
clocks:
  fix:
    start: [workorder.created]
    stop: [workorder.resolved]
    rules: [{{target: {target}}}]
"""
TRAFFIC = {"days": "0.03", "seed": "5", "start": "2026-03-02T10:00:00+08:00"}
OPTIONS = [part for name, value in TRAFFIC.items() for part in ("-o", f"{name}={value}")]
SWITCH = "2026-03-02T10:20:00+08:00"


@pytest.fixture
def kafka(kafka_settings: RuntimeSettings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[RuntimeSettings]:
    """The broker of the session, with topics of this test, as settings of the environment."""
    values = {
        "SLA_KAFKA": kafka_settings.bootstrap,
        "SLA_APPLICATION": kafka_settings.application_id,
        "SLA_TOPIC_PREFIX": kafka_settings.topic_prefix,
    }
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    assert run(capsys, "topics").code == 0
    runtime = runtime_settings(present_settings())
    yield runtime
    asyncio.run(delete_topics(runtime, [plan.name for plan in plan_all(runtime, PROCESSORS)]))


def written(folder: Path, title: str, target: str, applies_to: str = "new") -> str:
    """A policy file."""
    path = folder / f"{title}.yaml"
    path.write_text(POLICY.format(title=title, target=target, applies_to=applies_to))
    return str(path)


def worker_settings(policy: str, **more: object) -> Settings:
    """A worker with this policy and a port of its own."""
    return msgspec.structs.replace(present_settings(), policy=policy, web_port=free_port(), session_timeout_seconds=6, heartbeat_seconds=1.5, **more)


async def order(runtime: RuntimeSettings, contact: str) -> None:
    """An order is opened now."""
    key, value, headers = encode_event(Event(contact, "workorder", f"{contact}-1", "/desk", wall_clock(), 0, WorkOrderCreated(request_type="fault")))
    async with Publisher(runtime) as publisher:
        await publisher.send(WORK_ORDERS, key, value, headers)


async def verdict(runtime: RuntimeSettings, contact: str, wanted: Callable[[Verdict], bool]) -> Verdict:
    """The first verdict of a contact that is as wanted."""
    async with asyncio.timeout(60):
        while True:
            for record in (await read_topics(runtime, [VERDICTS]))[VERDICTS]:
                said = msgspec.json.decode(record.value or b"", type=Verdict)
                if said.contact == contact and wanted(said):
                    return said
            await asyncio.sleep(0.3)


def test_workers_follow_a_published_policy_and_carry_out_commands(kafka: RuntimeSettings, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without a restart; a second worker that starts with the older file runs what is newest."""
    slow, quick = written(tmp_path, "slow", "8h"), written(tmp_path, "quick", "1s", "open")

    async def live() -> list[Verdict]:
        async with WorkerProcess(worker_settings(slow), tmp_path / "one.log"):
            await order(kafka, "c1")
            assert (await asyncio.to_thread(run, capsys, "policy", "publish", quick, "--person", "staff-7")).code == 0
            switched = await verdict(kafka, "c1", lambda said: said.verdict == "breached")
            async with WorkerProcess(worker_settings(slow), tmp_path / "two.log"):
                await order(kafka, "c2")
                later = await verdict(kafka, "c2", lambda said: said.verdict == "breached")
                given = await asyncio.to_thread(run, capsys, "exempt", "--contact", "c1", "--person", "staff-7", "--reason", "fibre cut")
                exempt = await verdict(kafka, "c1", lambda said: said.verdict == "exempt")
                lift = ("lift", given.out.strip(), "--person", "staff-7", "--reason", "wrong contact")
                assert (await asyncio.to_thread(run, capsys, *lift)).code == 0
                again = await verdict(kafka, "c1", lambda said: said.version > exempt.version)
        return [switched, later, exempt, again]

    switched, later, exempt, again = asyncio.run(live())
    newest = open_policy(quick).version
    assert {each.policy for each in (switched, later, exempt, again)} == {newest}
    assert exempt.ruled is not None
    assert (exempt.ruled.person, exempt.reason, again.verdict) == ("staff-7", "exempted", "breached")
    assert f"was published before {newest}, which runs" in (tmp_path / "two.log").read_text()
    rows = json.loads(run(capsys, "policy", "list", "--output", "json").out)
    assert [(row["title"], row["runs"]) for row in rows] == [("slow", False), ("quick", True)]
    refused = run(capsys, "policy", "publish", slow)
    assert (refused.code, refused.out) == (1, "")
    assert "the same content is on sla.policies" in refused.err
    assert run(capsys, "policy", "show", "newest").out == Path(quick).read_text()
    assert run(capsys, "policy", "show", "unheard").code == 1


def test_two_workers_that_start_at_once_with_different_files_agree(
    kafka: RuntimeSettings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A rolling start: both versions are published, one after the other, and both workers run the newest."""
    files = [written(tmp_path, "a", "8h"), written(tmp_path, "b", "1s")]

    async def live() -> Verdict:
        async with WorkerProcess(worker_settings(files[0]), tmp_path / "one.log"), WorkerProcess(worker_settings(files[1]), tmp_path / "two.log"):
            await order(kafka, "c1")
            return await verdict(kafka, "c1", lambda said: said.verdict == "breached")

    assert asyncio.run(live()).policy == open_policy(files[1]).version
    assert len(json.loads(run(capsys, "policy", "list", "--output", "json").out)) == 2


def test_a_switch_in_the_middle_of_a_log_is_judged_live_as_replay_does(
    kafka: RuntimeSettings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Design §4: verdicts are a function of the logs, policy switches included."""
    first, then = written(tmp_path, "first", "12m"), written(tmp_path, "then", "3m", "open")
    later = ("--policy-at", f"{SWITCH}={then}")
    sent = json.loads(run(capsys, "publish", "traffic", "--drive-clock", "--output", "json", "--policy", first, *later, *OPTIONS).out)

    async def live() -> Facts:
        async with WorkerProcess(worker_settings(first, clock="external"), tmp_path / "one.log") as worker:
            async with asyncio.timeout(120):
                while (status := await worker.status()) is None or not _all_judged(status, sent["t"]):  # noqa: ASYNC110 - another process
                    await asyncio.sleep(0.2)
        facts = Facts()
        for record in (await read_topics(kafka, [VERDICTS]))[VERDICTS]:
            facts.take(record)
        return facts

    said = asyncio.run(live()).said
    replayed = Facts()
    engine = product_engine(Schedule([(FROM_THE_START, open_policy(first)), (parse_instant(SWITCH), open_policy(then))]), replayed)
    play(tick_plan(open_source("traffic", None, TRAFFIC).arrivals, 4), engine)
    engine.commit()
    expected = {name: fact for name, fact in replayed.said.items() if name[0] == VERDICTS}
    assert said == expected
    verdicts = [fact for fact in expected.values() if isinstance(fact, VerdictFact)]
    assert {fact.policy for fact in verdicts} == {open_policy(first).version, open_policy(then).version}
    assert "target_changed" in {fact.reason for fact in verdicts}


def _all_judged(status: Status, t: str) -> bool:
    timed = [shard.t for shard in status.shards if shard.processor == "contacts"]
    return len(timed) == 4 and set(timed) == {t} and not sum(status.lag.values())
