"""``explain`` and ``due`` as they are typed: a file of events, a running worker, what is wrong said in one sentence."""

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from monitor.sources.events_file import encode_arrival
from monitor.web import WebServer
from schemas.due import DueClocks
from schemas.explanations import Explanations
from tests.console.running import Ended, run
from tests.contacts.driving import Shard, clock, event, policy, rule
from tests.timelines.explained import read_timeline
from tests.timelines.test_clock_rules import FOLDER
from tests.web.fake_worker import FakeWorker
from tests.web.test_server import free_port

P12 = FOLDER / "P12_the_first_rule_that_matches_decides.yaml"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A file of events and a policy, as an operator has them."""
    timeline = read_timeline(P12)
    lines = b"".join(encode_arrival(arrival) + b"\n" for arrival in timeline.arrivals())
    (tmp_path / "events.jsonl").write_bytes(lines)
    (tmp_path / "policy.yaml").write_text(timeline.policy, encoding="utf-8")
    return tmp_path


def explain(capsys: pytest.CaptureFixture[str], folder: Path, *arguments: str) -> Ended:
    return run(
        capsys, "explain", str(folder / "events.jsonl"), "--policy", str(folder / "policy.yaml"), "--at", "2026-03-02T09:20:00+08:00", *arguments
    )


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_file_of_events_is_told_as_its_golden_text(capsys: pytest.CaptureFixture[str], folder: Path, language: str) -> None:
    done = explain(capsys, folder, "--language", language)
    assert (done.code, done.out) == (0, P12.with_suffix(f".{language}.txt").read_text(encoding="utf-8"))


def test_only_the_contact_and_clock_that_are_asked_for(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    told = msgspec.json.decode(explain(capsys, folder, "--contact", "WO-3", "--clock", "first_feedback", "--output", "json").out, type=Explanations)
    assert [(each.contact, [cycle.verdict for cycle in each.cycles]) for each in told.contacts] == [("WO-3", ["met"])]
    nothing = msgspec.json.decode(explain(capsys, folder, "--contact", "WO-3", "--clock", "answer", "--output", "json").out, type=Explanations)
    assert nothing.contacts[0].cycles == ()


TITLED = [
    pytest.param("en", "Order settled", "First feedback", id="English"),
    pytest.param("zh", "工单办结", "初步反馈", id="Chinese"),
]


@pytest.mark.parametrize(("language", "asked", "other"), TITLED)
def test_clocks_that_were_not_asked_for_keep_their_titles(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, language: str, asked: str, other: str
) -> None:
    """The timeline is that of the whole contact, in the words of who reads it."""
    clocks = {
        "resolution": "title: {en: Order settled, zh: 工单办结}, stop: workorder.resolved",
        "reply": "title: {en: First feedback, zh: 初步反馈}, stop: workorder.first_feedback",
        "node": "title: {en: Held by, zh: 部门}, stop: workorder.resolved, per: dept",
    }
    lines = [f"    {name}: {{start: [workorder.created, workorder.assigned], {more}, rules: [{{target: 1h}}]}}" for name, more in clocks.items()]
    events = "[{at: 0, type: workorder.created}, {at: 60, type: workorder.assigned, dept: network}, {at: 2h, type: workorder.resolved}]"
    text = "\n".join(["policy: |", "  clocks:", *lines, 'start: "2026-03-02T09:00:00+08:00"', f"events: {events}", ""])
    (tmp_path / "a.yaml").write_text(text, encoding="utf-8")
    done = run(capsys, "explain", str(tmp_path / "a.yaml"), "--clock", "resolution", "--language", language)
    timeline = done.out.partition(f"{asked} (resolution)" if language == "en" else f"{asked}（resolution）")[0]
    assert all(title in timeline for title in (asked, other, "Held by network" if language == "en" else "部门 network"))
    assert "reply" not in done.out
    assert not any(name in timeline for name in ("resolution", "reply", "node:"))


def test_an_earlier_instant_leaves_out_what_came_later(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    done = run(capsys, "explain", str(folder / "events.jsonl"), "--policy", str(folder / "policy.yaml"), "--at", "2026-03-02T09:10:00+08:00")
    assert "first feedback given" not in done.out
    assert "First feedback (first_feedback): open (running)" in done.out


def test_bad_lines_are_told_with_their_reasons(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    with (folder / "events.jsonl").open("a", encoding="utf-8") as stream:
        stream.write('{"specversion":"1.0","type":"cc.fax.sent.v1","id":"1","source":"/x","time":"2026-03-02T01:00:00Z","subject":"c"}\n{broken\n')
    done = explain(capsys, folder)
    assert done.code == 0
    assert "line 7: unknown type" in done.out
    assert "line 8: cannot be read" in done.out


STEPPED_IN = """
policy: "clocks: {fix: {start: workorder.created, stop: workorder.resolved, rules: [{target: 1h}]}}"
start: "2026-03-02T09:00:00+08:00"
events: [{at: 0, type: workorder.created}, {at: 2h, type: workorder.resolved}]
commands: [{at: 3h, command: exempt, person: staff-7, reason: fibre cut, selector: {contact: c1}}]
"""


def test_a_timeline_without_an_end_goes_on_to_its_last_command(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(STEPPED_IN, encoding="utf-8")
    told = run(capsys, "explain", str(tmp_path / "a.yaml")).out
    assert "Exempt by staff-7, 2026-03-02 Mon 04:00: fibre cut (command k0)." in told
    assert "The events alone: breached (done late)." in told
    before = run(capsys, "explain", str(tmp_path / "a.yaml"), "--at", "2026-03-02T11:30:00+08:00").out
    assert "staff-7" not in before


def test_a_version_is_laid_over_the_policy_that_is_asked_for(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(
        STEPPED_IN.replace("commands:", "policies: [{at: 30m, overlay: '{applies_to: open, title: Later}'}]\ncommands:"), encoding="utf-8"
    )
    done = run(capsys, "explain", str(tmp_path / "a.yaml"), "--policy", "telecom")
    assert "from here on policy Later (version " in done.out
    assert "Settled for the first time (first_resolution)" in done.out


def test_a_mistake_in_a_command_is_one_sentence(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(STEPPED_IN.replace("person: staff-7, ", ""), encoding="utf-8")
    done = run(capsys, "explain", str(tmp_path / "a.yaml"))
    assert (done.code, "commands[0]: Object missing required field `person`" in done.err) == (1, True)


def test_a_contact_that_is_not_in_the_file_is_exit_code_1(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    assert explain(capsys, folder, "--contact", "nobody").code == 1


def test_a_policy_beside_a_contact_id_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    done = run(capsys, "explain", "WO-1", "--policy", "default")
    assert done.code == 1
    assert "no such file" in done.err


def test_a_file_that_is_not_there_is_not_taken_for_a_contact(capsys: pytest.CaptureFixture[str]) -> None:
    done = run(capsys, "explain", "nowhere/P10.yaml")
    assert (done.code, done.err) == (1, "sla-monitor: nowhere/P10.yaml: no such file\n")


@pytest.fixture
def workers() -> Iterator[list[str]]:
    """Two workers, each with half of the partitions, served beside the test."""
    servers, addresses = [], []
    for partition in (0, 1):
        worker = FakeWorker()
        worker.partitions = 2
        shard = Shard(policy(clock("settled", "workorder.created", "workorder.resolved", [rule(1800)])), partition, 2)
        for n in range(20):
            shard.send(event("workorder.created", 60, f"WO-{n}", vip_tier="vip"))
        worker.shards[partition] = shard.tick(600).processor
        servers.append(WebServer(worker, "127.0.0.1", free_port()))
        addresses.append(servers[-1].address)
    loop = asyncio.new_event_loop()
    for server in servers:
        loop.run_until_complete(server.start())
    serving = threading.Thread(target=loop.run_forever)
    serving.start()
    yield addresses
    for server in servers:
        asyncio.run_coroutine_threadsafe(server.stop(), loop).result(10)
    loop.call_soon_threadsafe(loop.stop)
    serving.join()
    loop.close()


def test_all_workers_are_asked_for_a_contact(capsys: pytest.CaptureFixture[str], workers: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLA_WORKERS", ", ".join(workers))
    done = run(capsys, "explain", "WO-1", "--output", "json")
    assert done.code == 0, done.err
    assert [each.contact for each in msgspec.json.decode(done.out, type=Explanations).contacts] == ["WO-1"]
    chinese = run(capsys, "explain", "WO-1", "--language", "zh", "--family", "workorder")
    assert "工单创建" in chinese.out


def test_a_contact_that_nobody_keeps_is_one_sentence(capsys: pytest.CaptureFixture[str], workers: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLA_WORKERS", ",".join(workers))
    done = run(capsys, "explain", "WO-99")
    assert done.code == 1
    assert "WO-99: neither a file nor a contact" in done.err
    assert "no contact WO-99 is kept" in done.err


def test_what_is_due_is_one_list_of_all_workers(capsys: pytest.CaptureFixture[str], workers: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLA_WORKERS", ",".join(workers))
    due = msgspec.json.decode(run(capsys, "due", "--within", "1h", "--limit", "5", "--output", "json").out, type=DueClocks)
    assert (due.total, len(due.clocks), due.partitions) == (20, 5, [0, 1])
    shown = run(capsys, "due", "--within", "1h", "--tier", "vip", "--language", "zh")
    assert "剩余营业时间" in shown.out
    assert "共20" in shown.err


def test_nothing_due_says_so(capsys: pytest.CaptureFixture[str], workers: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLA_WORKERS", workers[0])
    done = run(capsys, "due", "--within", "1m")
    assert (done.code, done.out) == (0, "")
    assert "nothing is due within 60 s" in done.err


def test_a_wrong_span_is_said_by_the_worker_once(capsys: pytest.CaptureFixture[str], workers: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLA_WORKERS", workers[0])
    done = run(capsys, "due", "--within", "soon")
    assert done.code == 2
    assert "within: expected a duration" in done.err


def test_a_worker_that_does_not_answer_is_named(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLA_WORKERS", f"127.0.0.1:{free_port()}")
    done = run(capsys, "due")
    assert done.code == 2
    assert "SLA_WORKERS" in done.err
