"""Commands that need no broker: ``simulate``, ``replay``, ``check-event``, ``schemas``, ``settings``, ``publish`` with wrong options."""

import json
from pathlib import Path

import pytest

from tests.console.running import run

ROOT = Path(__file__).parents[2]
SMALL = ("-o", "days=0.02", "-o", "seed=3", "-o", "start=2026-03-02T10:00:00+08:00")
SHAPE = {"offered", "answered", "abandoned", "service_level", "asa_seconds", "wait_seconds"}


@pytest.fixture
def events(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """A file of events of the traffic model."""
    file = tmp_path / "events.jsonl"
    ended = run(capsys, "simulate", str(file), *SMALL)
    assert (ended.code, ended.out) == (0, "")
    return file


def test_simulate_gives_the_same_bytes_for_the_same_options(events: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    again = tmp_path / "again.jsonl"
    run(capsys, "simulate", str(again), *SMALL)
    assert events.stat().st_size > 10_000
    assert again.read_bytes() == events.read_bytes()
    run(capsys, "simulate", str(again), *SMALL, "-o", "seed=4")
    assert again.read_bytes() != events.read_bytes()


def test_what_simulate_writes_keeps_the_contract(events: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ended = run(capsys, "check-event", str(events))
    assert (ended.code, ended.out) == (0, "")


def test_replay_prints_json_alone_and_writes_one_verdict_a_line(events: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    verdicts = tmp_path / "verdicts.jsonl"
    ended = run(capsys, "replay", "events", str(events), "--output", "json", "--verdicts", str(verdicts))
    assert ended.code == 0
    found = json.loads(ended.out)
    queue = found["queues"]["enquiry"]
    assert queue.keys() >= SHAPE
    assert queue["offered"] == queue["answered"] + queue["abandoned"] + queue["flow_out"] + queue["callback"]
    assert {"10", "15", "20", "30"} <= queue["service_level"]["V3"].keys()
    lines = [json.loads(line) for line in verdicts.read_text().splitlines()]
    assert {line["verdict"] for line in lines} <= {"met", "breached", "exempt"}
    judged = sum(count for states in found["clocks"].values() for state, count in states.items() if state in ("met", "breached", "exempt"))
    assert len(lines) == judged > 20
    assert lines[0].keys() >= {"contact", "clock", "target_seconds", "elapsed_seconds", "deadline", "verdict"}


def test_replay_shows_every_clock_and_indicator_of_everything_with_its_n(events: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = json.loads(run(capsys, "replay", "events", str(events), "--output", "json").out)
    clocks = {line["clock"]: line for line in found["clock_table"]}
    for clock, counts in found["clocks"].items():
        assert (clocks[clock]["met"], clocks[clock]["breached"]) == (counts.get("met", 0), counts.get("breached", 0)), clock
        assert clocks[clock]["n"] == clocks[clock]["met"] + clocks[clock]["breached"]
    indicators = {(line["indicator"], line["threshold_seconds"]): line for line in found["indicators"]}
    answered = sum(queue["answered"] for queue in found["queues"].values())
    offered = sum(queue["answered"] + queue["abandoned"] + queue["flow_out"] for queue in found["queues"].values())
    assert indicators["answer_rate", None]["value"] == found["core"]["answer_rate"]["value"] == answered / offered
    assert indicators["answer_rate", None]["n"] == offered


def test_a_report_of_a_log_has_everything_first_and_the_same_numbers_in_every_form(events: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ("report", "events", str(events), "--by", "queue", "--period", "quarter")
    lines = json.loads(run(capsys, *asked, "--output", "json").out)["rollups"]
    whole, *queues = lines
    assert (whole["period"], whole["by"], whole["provisional"]) == ("2026-Q1", "", True)
    assert whole["core"]["answer_rate"]["n"] == sum(line["core"]["answer_rate"]["n"] for line in queues)
    rows = [row.split(",") for row in run(capsys, *asked, "--output", "csv").out.splitlines()]
    found = next(row for row in rows if row[5] == "core.answer_rate" and row[3] == "")
    assert (float(found[7]), int(found[8])) == (whole["core"]["answer_rate"]["value"], whole["core"]["answer_rate"]["n"])
    assert "接通率" in run(capsys, *asked).out


def test_a_report_by_what_is_not_counted_says_what_is(events: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ended = run(capsys, "report", "events", str(events), "--by", "mood")
    assert ended.code != 0
    assert "nothing is counted by `mood`" in ended.err
    assert "queue channel region" in ended.err


def test_replay_says_the_same_in_a_table(events: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ended = run(capsys, "replay", "events", str(events))
    assert ended.code == 0
    assert "within 20 s (V3)" in ended.out
    assert "\nclocks\n" in ended.out


def test_check_event_tells_what_is_wrong_and_ends_with_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "event.json"
    event = json.loads((ROOT / "tests/events/good/cc.call.answered.v1.json").read_text()) | {"time": "yesterday"}
    file.write_text(json.dumps(event))
    ended = run(capsys, "check-event", str(file))
    assert ended.code == 1
    assert ended.out.startswith(f"{file}:1: $.time: bad_time: expected ")
    assert "got" in ended.out
    as_json = run(capsys, "check-event", str(file), "--output", "json")
    assert [finding["path"] for finding in json.loads(as_json.out)] == ["$.time"]


def test_generated_files_are_up_to_date(capsys: pytest.CaptureFixture[str]) -> None:
    ended = run(capsys, "schemas", "--check")
    assert (ended.code, ended.out) == (0, "")


def test_a_stale_and_a_left_over_file_are_found_and_mended(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "schemas", "--into", str(tmp_path)).code == 0
    assert run(capsys, "schemas", "--into", str(tmp_path), "--check").code == 0
    (tmp_path / "deploy/settings.md").write_text("old")
    (tmp_path / "schemas/published/gone.json").write_text("{}")
    ended = run(capsys, "schemas", "--into", str(tmp_path), "--check")
    assert ended.code == 1
    assert [line.split(":")[0] for line in ended.out.splitlines()] == ["deploy/settings.md", "schemas/published/gone.json"]
    run(capsys, "schemas", "--into", str(tmp_path))
    assert run(capsys, "schemas", "--into", str(tmp_path), "--check").code == 0


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        pytest.param(("replay", "anonymous-bank"), 1, "needs the path of its file", id="a recorded source without its file"),
        pytest.param(("replay", "servicenow", "nowhere.csv"), 1, "nowhere.csv: cannot be read", id="a file that is not there"),
        pytest.param(("replay", "tapes", "x"), 2, "'tapes' is not one of", id="an unknown source is usage"),
        pytest.param(("replay", "traffic", "-o", "seeds=4"), 2, "seeds", id="an unknown option of a source"),
        pytest.param(("simulate", "-o", "days"), 2, "expected NAME=VALUE, got 'days'", id="an option without a value"),
        pytest.param(("publish", "traffic", "--speed", "60"), 2, "leave out --drive-clock and --speed", id="now cannot be faster than now"),
        pytest.param(("publish", "traffic", "--speed", "-1"), 2, "expected a positive number or max", id="a negative speed"),
        pytest.param(("check-event", "nowhere.json"), 1, "nowhere.json: cannot be read", id="no event file"),
        pytest.param(("simulate", "/nowhere/x.jsonl"), 1, "/nowhere/x.jsonl: cannot be written", id="a folder that is not there"),
    ],
)
def test_a_mistake_is_one_message_with_its_exit_code(arguments: tuple[str, ...], code: int, message: str, capsys: pytest.CaptureFixture[str]) -> None:
    ended = run(capsys, *arguments)
    assert ended.code == code
    assert message in ended.err
    assert "Traceback" not in ended.err


def test_settings_show_what_differs_and_hide_secrets(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLA_PARTITIONS", "8")
    monkeypatch.setenv("SLA_KAFKA_SASL_PASSWORD", "s3cret")
    rows = {row["variable"]: row["value"] for row in json.loads(run(capsys, "settings", "--output", "json").out)}
    assert (rows["SLA_PARTITIONS"], rows["SLA_KAFKA_SASL_PASSWORD"]) == ("8", "***")
    monkeypatch.setenv("SLA_PARTITIONS", "many")
    ended = run(capsys, "settings")
    assert (ended.code, ended.err.startswith("sla-monitor: SLA_PARTITIONS: expected")) == (2, True)
