"""``/api/v1`` asked over real HTTP of a worker that owns some shards of contacts."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import msgspec
import pytest
from yarl import URL

from monitor.contacts.processor import ContactsProcessor
from monitor.turns import Turns
from monitor.web import WebServer, api
from schemas.due import DueClocks
from schemas.events import Family
from schemas.explanations import ContactExplanation
from schemas.partition import partition_of
from tests.contacts.driving import Shard, clock, event, policy, rule
from tests.web.fake_worker import FakeWorker
from tests.web.test_server import free_port

PARTITIONS = 4
PROMISES = policy(clock("settled", "workorder.created", "workorder.resolved", [rule(1800)], levels=(50, 100)))


def names(partition: int, many: int = 3) -> list[str]:
    """Contacts of one partition."""
    return [name for n in range(200) if partition_of((name := f"WO/{n}").encode(), PARTITIONS) == partition][:many]


@pytest.fixture
def worker() -> FakeWorker:
    """A worker that owns partitions 1 and 2 of 4, each with three orders."""
    made = FakeWorker()
    for partition in (1, 2):
        shard = Shard(PROMISES, partition, PARTITIONS)
        for n, name in enumerate(names(partition)):
            shard.send(event("workorder.created", n * 60, name, queue=f"q{n}"))
        shard.tick(600)
        assert isinstance(shard.processor, ContactsProcessor)
        made.shards[partition] = shard.processor
    return made


@pytest.fixture
async def base(worker: FakeWorker) -> AsyncIterator[str]:
    server = WebServer(worker, "127.0.0.1", free_port())
    await server.start()
    yield server.address
    await server.stop()


async def get(url: str) -> tuple[int, bytes]:
    async with aiohttp.ClientSession() as session, session.get(URL(url, encoded=True)) as response:
        return response.status, await response.read()


def explanation_of(name: str, family: str = "") -> str:
    return f"/api/v1/contacts/{family + '/' if family else ''}{name.replace('/', '%2F')}/explanation"


async def test_a_contact_is_explained_by_family_and_id(base: str) -> None:
    name = names(1)[0]
    status, body = await get(base + explanation_of(name, "workorder"))
    told = msgspec.json.decode(body, type=ContactExplanation)
    assert (status, told.contact, told.family, told.t) == (200, name, "workorder", "2026-03-02T09:10:00Z")
    assert [cycle.clock for cycle in told.cycles] == ["settled"]


async def test_without_a_family_every_family_is_looked_through(base: str) -> None:
    status, body = await get(base + explanation_of(names(2)[0]))
    assert status == 200
    assert [told.family for told in msgspec.json.decode(body, type=list[ContactExplanation])] == ["workorder"]


@pytest.mark.parametrize(("language", "word"), [("en", "order created"), ("zh", "工单创建")])
async def test_the_explanation_as_text(base: str, language: str, word: str) -> None:
    status, body = await get(f"{base}{explanation_of(names(1)[0])}?format=text&language={language}")
    assert status == 200
    assert word in body.decode()


async def test_a_contact_of_another_worker_names_its_partition(base: str) -> None:
    status, body = await get(base + explanation_of(names(3)[0]))
    problem = msgspec.json.decode(body)
    assert (status, problem["partition"], problem["owned"]) == (404, 3, [1, 2])
    assert "another worker" in problem["error"]


async def test_a_contact_that_is_not_kept_is_not_found(base: str) -> None:
    unknown = next(name for n in range(900, 1000) if partition_of((name := f"WO/{n}").encode(), PARTITIONS) == 1)
    status, body = await get(base + explanation_of(unknown))
    assert (status, msgspec.json.decode(body)["partition"]) == (404, 1)
    assert (await get(base + explanation_of(names(1)[0], "call")))[0] == 404


async def test_what_breaches_next_comes_in_order_of_its_deadline(base: str) -> None:
    status, body = await get(base + "/api/v1/due?within=21m")
    due = msgspec.json.decode(body, type=DueClocks)
    assert (status, due.t, due.within_seconds, due.total, due.partitions) == (200, "2026-03-02T09:10:00Z", 1260, 4, [1, 2])
    assert [each.deadline for each in due.clocks] == ["2026-03-02T09:30:00Z"] * 2 + ["2026-03-02T09:31:00Z"] * 2


async def test_the_limit_cuts_the_list_and_not_the_total(base: str) -> None:
    due = msgspec.json.decode((await get(base + "/api/v1/due?within=1h&limit=1"))[1], type=DueClocks)
    assert (len(due.clocks), due.total) == (1, 6)


async def test_a_queue_narrows_it(base: str) -> None:
    due = msgspec.json.decode((await get(base + "/api/v1/due?within=1h&queue=q2"))[1], type=DueClocks)
    assert {each.queue for each in due.clocks} == {"q2"}


@pytest.mark.parametrize(
    ("query", "says"),
    [
        pytest.param("within=30", "within: expected a duration with its unit", id="a bare number"),
        pytest.param("within=0s", "within: expected more than nothing", id="nothing"),
        pytest.param("within=9999d", "at most 366d", id="too far"),
        pytest.param("within=1h&limit=0", "limit: expected a whole number from 1", id="no limit"),
        pytest.param("limit=many", "limit: expected a whole number", id="a word for a limit"),
        pytest.param("family=fax", "family: expected one of call, chat, workorder, got 'fax'", id="an unknown family"),
        pytest.param("withn=30m", "withn: no such parameter", id="a misspelt parameter"),
        pytest.param("queue=", "queue: expected a value", id="an empty value"),
    ],
)
async def test_a_wrong_question_is_one_sentence(base: str, query: str, says: str) -> None:
    status, body = await get(f"{base}/api/v1/due?{query}")
    problem: dict[str, Any] = msgspec.json.decode(body)
    assert status == 400
    assert says in problem["error"]
    assert "\n" not in problem["error"]


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("/api/v1/contacts/fax/c1/explanation", "family: expected one of"),
        ("/api/v1/contacts/c1/explanation?format=xml", "format: expected json or text"),
        ("/api/v1/contacts/c1/explanation?language=de", "language: expected one of en, zh"),
    ],
)
async def test_a_wrong_path_is_one_sentence(base: str, path: str, says: str) -> None:
    status, body = await get(base + path)
    assert status == 400
    assert says in msgspec.json.decode(body)["error"]


async def test_a_worker_without_shards_has_nothing_due(worker: FakeWorker, base: str) -> None:
    worker.shards.clear()
    due = msgspec.json.decode((await get(base + "/api/v1/due"))[1], type=DueClocks)
    assert (due.t, due.total, due.partitions) == (None, 0, [])


@pytest.mark.parametrize("form", ["json", "text"])
async def test_the_event_loop_goes_on_while_a_long_history_is_told(worker: FakeWorker, base: str, monkeypatch: pytest.MonkeyPatch, form: str) -> None:
    """83 ms in one piece for 200 events and 85 cycles was a stall of everything else that the worker does."""
    name = names(1)[0]
    shard = worker.shards[1]
    assert isinstance(shard, ContactsProcessor)
    told = shard.explain("workorder", name)
    steps = 0

    def counted(family: Family, contact: str) -> Turns[ContactExplanation]:
        """A history of a hundred steps."""
        nonlocal steps
        for _ in range(100):
            steps += 1
            yield
        assert told is not None
        return msgspec.structs.replace(told, timeline=told.timeline * 100)

    async def elsewhere() -> None:
        while True:
            begun = steps
            await asyncio.sleep(0)
            longest.append(steps - begun)

    longest: list[int] = []
    monkeypatch.setattr(api, "TURN_SECONDS", 0)
    monkeypatch.setattr(shard, "telling", counted)
    other = asyncio.create_task(elsewhere())
    status, body = await get(f"{base}{explanation_of(name, 'workorder')}?format={form}")
    other.cancel()
    assert (status, steps, max(longest)) == (200, 100, 1)
    assert body.count(b"order created" if form == "text" else b"workorder.created") > 100
