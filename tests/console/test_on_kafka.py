"""The commands on a real broker: topics, publish with the log's clock, a worker and its pages, alerts, the demo."""

import asyncio
import json
import re
import subprocess
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from agents.broker import free_port
from agents.clock_driver import ClockDriver
from agents.publisher import Publisher
from agents.reader import read_topics
from agents.runtime.settings import RuntimeSettings
from agents.runtime.topic_plan import plan_all
from agents.runtime.topics import create_topics, delete_topics
from monitor.console.demonstration.stage import WorkerProcess
from monitor.console.policies import settings as present_settings
from monitor.console.wiring import PROCESSORS, runtime_settings
from monitor.errors import BrokerError
from monitor.sources.registry import open_source
from monitor.sources.tick_plan import tick_plan
from monitor.web.status import Status
from schemas.topics import CALLS
from tests.console.running import ROOT, Ended, run, run_apart

TRAFFIC = {"days": "0.03", "seed": "5", "start": "2026-03-02T10:00:00+08:00"}
OPTIONS = [part for name, value in TRAFFIC.items() for part in ("-o", f"{name}={value}")]

pytestmark = pytest.mark.broker


@pytest.fixture
def kafka(kafka_settings: RuntimeSettings, monkeypatch: pytest.MonkeyPatch) -> Iterator[RuntimeSettings]:
    """The broker of the session, with names of this test, as settings of the environment."""
    values = {
        "SLA_KAFKA": kafka_settings.bootstrap,
        "SLA_APPLICATION": kafka_settings.application_id,
        "SLA_TOPIC_PREFIX": kafka_settings.topic_prefix,
        "SLA_CLOCK": "external",
        "SLA_WEB_PORT": str(free_port()),
    }
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    runtime = runtime_settings(present_settings())
    yield runtime
    asyncio.run(delete_topics(runtime, [plan.name for plan in plan_all(runtime, PROCESSORS)]))


def test_topics_are_created_once_verified_and_differences_named(
    kafka: RuntimeSettings, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    missing = run(capsys, "topics", "--verify")
    assert missing.code == 1
    assert f"error: topic {kafka.topic_prefix}sla.calls is missing" in missing.err
    first = json.loads(run(capsys, "topics", "--output", "json").out)
    assert len(first["created"]) == len(plan_all(kafka, PROCESSORS))
    again = run(capsys, "topics", "--output", "json")
    assert (again.code, json.loads(again.out)) == (0, {"created": [], "differences": []})
    monkeypatch.setenv("SLA_PARTITIONS", "3")
    other = run(capsys, "topics")
    assert other.code == 1
    assert f"error: topic {kafka.topic_prefix}sla.calls: partitions is 4, expected 3" in other.err


@pytest.mark.parametrize(
    "command",
    [
        pytest.param(("publish", "traffic", *OPTIONS), id="publish"),
        pytest.param(("publish", "traffic", "--drive-clock", *OPTIONS), id="publish with the clock"),
        pytest.param(("alerts",), id="alerts"),
        pytest.param(("worker",), id="worker"),
    ],
)
def test_a_command_without_its_topics_says_how_to_make_them(command: tuple[str, ...], kafka: RuntimeSettings) -> None:
    ended = run_apart(*command)
    asyncio.run(create_topics(kafka, plan_all(kafka, PROCESSORS)))  # the fixture takes them away
    assert ended.code == 1
    assert "missing" in ended.err
    assert "sla-monitor topics" in ended.err


def test_a_publisher_with_another_number_of_partitions_is_refused(
    kafka: RuntimeSettings, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run(capsys, "topics").code == 0
    monkeypatch.setenv("SLA_PARTITIONS", "8")
    ended = run(capsys, "publish", "traffic", *OPTIONS)
    assert ended.code == 1
    assert "partitions is 4, expected 8" in ended.err


def published(capsys: pytest.CaptureFixture[str]) -> Ended:
    return run(capsys, "publish", "traffic", "--drive-clock", "--output", "json", *OPTIONS)


def test_a_worker_judges_a_published_log_as_replay_does_and_its_pages_pass_promtool(
    kafka: RuntimeSettings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(capsys, "topics").code == 0
    sent = json.loads(published(capsys).out)

    async def judged() -> tuple[Status, str]:
        async with WorkerProcess(present_settings(), tmp_path / "worker.log") as worker:
            async with asyncio.timeout(120):
                while (status := await worker.status()) is None or not _all_judged(status, sent["t"]):  # noqa: ASYNC110 - another process
                    await asyncio.sleep(0.2)
            return status, await asyncio.to_thread(_page, worker.address + "/metrics")

    status, page = asyncio.run(judged())
    replayed = json.loads(run(capsys, "replay", "traffic", "--output", "json", *OPTIONS).out)
    assert sent["events"] == replayed["events"]
    alerts = [json.loads(line) for line in run(capsys, "alerts", "--output", "json").out.splitlines()]
    counted: dict[str, dict[str, int]] = {}
    for alert in alerts:
        states = counted.setdefault(alert["kind"], {})
        states[alert["state"]] = states.get(alert["state"], 0) + 1
    assert counted == replayed["alerts"]
    assert counted["breach"]
    for name, totals in replayed["queues"].items():
        shown = re.findall(rf'sla_contacts_total{{outcome="offered",partition="\d",queue="{re.escape(name)}"}} (\S+)', page)
        assert sum(map(float, shown)) == totals["offered"]
    rolled = json.loads(run(capsys, "report", "--output", "json").out)["rollups"]
    offline = json.loads(run(capsys, "report", "traffic", "--output", "json", *OPTIONS).out)["rollups"]
    assert rolled
    assert [line["period"] for line in rolled] == [line["period"] for line in offline]
    for live, whole in zip(rolled, offline, strict=True):  # live day panes reach to the last full hour
        assert live["core"]["answer_rate"]["n"] <= whole["core"]["answer_rate"]["n"]
    assert status.ready
    assert status.about.application == kafka.application_id
    assert "sla_decision_lag_seconds" not in page  # the log's own time is no lag
    promtool = subprocess.run([str(ROOT / "deploy/prometheus/promtool"), "check", "metrics"], input=page.encode(), capture_output=True, check=False)
    assert (promtool.returncode, promtool.stdout, promtool.stderr) == (0, b"", b"")


def _all_judged(status: Status, t: str) -> bool:
    timed = [shard.t for shard in status.shards if shard.processor == "contacts"]
    return len(timed) == 4 and set(timed) == {t} and not sum(status.lag.values())


def _page(address: str) -> str:
    with urllib.request.urlopen(address, timeout=10) as response:
        text: str = response.read().decode()
    return text


async def test_a_second_writer_is_found_out(kafka_settings: RuntimeSettings) -> None:
    plans = plan_all(kafka_settings, PROCESSORS)
    await create_topics(kafka_settings, plans)
    arrivals = open_source("traffic", None, TRAFFIC).arrivals
    async with Publisher(kafka_settings) as publisher, Publisher(kafka_settings) as stranger:
        driver = ClockDriver(kafka_settings, publisher)
        await driver.begin()
        for number, step in enumerate(tick_plan(arrivals, kafka_settings.partitions)):
            await driver.take(step)
            if number == 10:
                for partition in range(kafka_settings.partitions):
                    await stranger.send(CALLS, b"somebody", b"else", partition=partition)
                await stranger.flush()
        with pytest.raises(BrokerError, match="somebody else writes to it"):
            await driver.finish()
    await delete_topics(kafka_settings, [plan.name for plan in plans])


@pytest.mark.slow
def test_the_demo_ends_by_itself_without_a_terminal_and_leaves_nothing(bootstrap: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLA_KAFKA", bootstrap)
    done = run_apart("demo", "--seconds", "20")
    assert done.code == 0, done.err
    assert re.search(r"^traffic: (recorded calls of|no recorded logs)", done.err, re.MULTILINE)
    address = re.search(r"(http://\S+)/metrics", done.err)
    assert address is not None
    assert re.search(r"^\d[\d,]* events, [1-9][\d,]* breaches, [1-9]\d* flow findings, 0 dead letters", done.out, re.MULTILINE)
    for promise in ("clock +chat_first_reply", "flow +fake_closure", "flow +fault_stages", "flow +keyword_complaint"):
        assert re.search(rf"^{promise} ", done.out, re.MULTILINE), promise
    assert "where to look next" in done.out
    assert "Traceback" not in done.err
    run_name = re.search(r"prefix (demo-\w+)\.", done.err)
    assert run_name is not None
    left = RuntimeSettings(bootstrap=bootstrap, application_id=run_name[1], topic_prefix=f"{run_name[1]}.")
    with pytest.raises(BrokerError, match="missing"):
        asyncio.run(read_topics(left, [CALLS]))


@pytest.mark.parametrize(
    "command",
    [("topics",), ("alerts",), ("publish", "traffic"), ("worker",), ("demo", "--seconds", "5")],
    ids=lambda command: f"{command[0]} without a broker is one clear message",
)
def test_an_unreachable_broker_is_one_clear_message(command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLA_KAFKA", "127.0.0.1:1")
    ended = run_apart(*command)
    assert ended.code == 1
    assert re.search(r"^sla-monitor: no Kafka broker answers at 127\.0\.0\.1:1 .*sla-monitor broker", ended.err, re.MULTILINE)
    assert "Traceback" not in ended.err


def test_a_port_in_use_ends_the_worker_with_one_message(kafka: RuntimeSettings, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "topics").code == 0

    async def beside() -> Ended:
        async with WorkerProcess(present_settings(), tmp_path / "worker.log"):
            return await asyncio.to_thread(run_apart, "worker")

    second = asyncio.run(beside())
    assert second.code == 2
    assert "is in use: another worker runs there, or choose another with SLA_WEB_PORT" in second.err
    assert "Traceback" not in second.err
