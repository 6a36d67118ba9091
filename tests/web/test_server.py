"""The pages of a worker, asked over real HTTP."""

import socket
from collections.abc import AsyncIterator

import aiohttp
import pytest

from monitor.errors import SettingsError
from monitor.processing import Sample
from monitor.web import WebServer
from tests.web.fake_worker import FakeWorker

SAMPLES = (
    Sample("sla_contacts_total", ("PS", "offered", "0"), 12.0),
    Sample("sla_contacts_total", ("PS", "offered", "1"), 3.0),
    Sample("sla_queue_waiting_contacts", ("PS",), 4.0),
    Sample("sla_queue_oldest_wait_seconds", ("PS",), 31.5),
    Sample("sla_queue_volume_contacts", ("PS", "30m"), 40.0),
    Sample("sla_service_level_ratio", ("PS", "V6", "20", "30m"), 0.8),
    Sample("sla_indicator_value", ("PS", "asa_seconds", "30m"), 17.25),
    Sample("sla_shard_state", ("contacts", "10", "running"), 1.0),
    Sample("sla_shard_state", ("contacts", "2", "halted"), 1.0),
    Sample("sla_watermark_timestamp_seconds", ("contacts", "2"), 1_700_000_000.0),
    Sample("sla_decision_lag_seconds", ("contacts", "2"), 0.75),
    Sample("sla_source_lag_records", ("sla.calls", "0"), 5.0),
    Sample("sla_source_lag_records", ("sla.calls", "1"), 6.0),
    Sample("sla_breaches_open", ("call", "critical", "0"), 2.0),
    Sample("sla_breaches_open", ("workorder", "warning", "1"), 1.0),
    Sample("sla_events_rejected_total", ("sla.calls", "malformed"), 7.0),
    Sample("sla_objective_breached", ("peak_answer_rate", "queue:PS", ""), 1.0),
    Sample("sla_objective_breached", ("peak_answer_rate", "queue:NW", ""), 0.0),
)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def worker() -> FakeWorker:
    return FakeWorker(SAMPLES)


@pytest.fixture
async def base(worker: FakeWorker) -> AsyncIterator[str]:
    server = WebServer(worker, "127.0.0.1", free_port())
    await server.start()
    yield server.address
    await server.stop()


async def get(url: str, **headers: str) -> tuple[int, str, str]:
    async with aiohttp.ClientSession() as session, session.get(url, headers=headers) as response:
        return response.status, response.headers["Content-Type"], await response.text()


async def test_metrics_adds_up_what_several_shards_of_the_worker_say(base: str) -> None:
    status, kind, page = await get(base + "/metrics")
    assert (status, kind.split(";")[0]) == (200, "text/plain")
    assert 'sla_contacts_total{outcome="offered",partition="0",queue="PS"} 12.0' in page


async def test_metrics_speaks_openmetrics_where_the_scraper_asks(base: str) -> None:
    _, kind, page = await get(base + "/metrics", Accept="application/openmetrics-text; version=1.0.0")
    assert kind.startswith("application/openmetrics-text")
    assert page.endswith("# EOF\n")


async def test_a_queue_that_leaves_the_worker_is_gone_from_the_next_scrape(base: str, worker: FakeWorker) -> None:
    assert "sla_queue_waiting_contacts" in (await get(base + "/metrics"))[2]
    worker.values = []
    assert "sla_queue_waiting_contacts" not in (await get(base + "/metrics"))[2]


async def test_health_and_readiness_say_why_not(base: str, worker: FakeWorker) -> None:
    assert (await get(base + "/healthz"))[0] == 200
    assert (await get(base + "/readyz"))[0] == 200
    worker.unready, worker.dead = "recovering contacts 3", "recovery takes longer than 300 s"
    assert (await get(base + "/readyz"))[::2] == (503, "recovering contacts 3\n")
    assert (await get(base + "/healthz"))[::2] == (503, "recovery takes longer than 300 s\n")


async def test_the_status_page_arranges_the_same_values(base: str) -> None:
    async with aiohttp.ClientSession() as session, session.get(base + "/") as response:
        page = await response.json()
    assert page["about"]["policy"] == "abc123"
    assert [(shard["partition"], shard["state"]) for shard in page["shards"]] == [(2, "halted"), (10, "running")]
    assert page["shards"][0]["t"] == "2023-11-14T22:13:20Z"
    assert page["lag"] == {"sla.calls": 11}
    assert (page["breaches_open"], page["dead_letters"]) == (3, 7)
    assert page["objectives_breached"] == ["peak_answer_rate queue:PS"]
    assert page["queues"]["PS"] == {
        "waiting": 4,
        "oldest_wait_seconds": 31.5,
        "offered": {"30m": 40},
        "service_level": {"30m": {"V6": {"20": 0.8}}},
        "indicators": {"30m": {"asa_seconds": 17.25}},
    }


async def test_a_port_in_use_is_one_clear_message(base: str) -> None:
    port = int(base.rpartition(":")[2])
    with pytest.raises(SettingsError, match=f"port {port} on 127.0.0.1 is in use.*SLA_WEB_PORT"):
        await WebServer(FakeWorker(), "127.0.0.1", port).start()


async def test_an_address_of_another_machine_is_one_clear_message() -> None:
    with pytest.raises(SettingsError, match="cannot listen on 192"):
        await WebServer(FakeWorker(), "192.0.2.1", free_port()).start()
