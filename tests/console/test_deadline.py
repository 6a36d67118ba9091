"""``deadline``: JSON lines in and out, and one question to a policy in words."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.console.running import ROOT, run

MONDAY = ("--start", "2026-09-28T09:00:00+08:00")
GOOD = {"time_zone": "UTC", "weekly": {"mon": [["09:00", "17:00"]]}, "start": "2025-06-30T16:00:00Z"}
LINES = [
    {"id": 1, **GOOD, "target_seconds": 7200},
    {"id": 2, **GOOD, "end": "2025-07-01T00:00:00Z"},
    {"id": 3, **GOOD, "weekly": {}, "target_seconds": 1},
]
ANSWERS = [{"id": 1, "due": "2025-07-07T10:00:00Z"}, {"id": 2, "counted_seconds": 3600}, {"id": 3, "due": None, "reason": "never_open"}]
POLICY = """
time_zone: Asia/Shanghai
calendars:
  office: {weekly: {mon-fri: ["09:00-18:00"]}, holidays: [2026-10-01]}
clocks:
  total_resolution:
    start: workorder.created
    stop: workorder.resolved
    calendar: office
    rules:
      - {when: {request_type: fault}, target: 2h, source: R4}
      - {when: {request_type: complaint}, target: 2bd, source: R12}
      - {when: {request_type: enquiry}, target: none}
"""


@pytest.fixture
def policy(tmp_path: Path) -> str:
    file = tmp_path / "policy.yaml"
    file.write_text(POLICY)
    return str(file)


def test_a_file_of_questions_is_answered_line_by_line(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    file = tmp_path / "cases.jsonl"
    file.write_text("\n".join(json.dumps(line) for line in LINES) + "\n\n")
    done = subprocess.run([sys.executable, "-m", "monitor.console", "deadline", str(file)], cwd=ROOT, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert [json.loads(line) for line in done.stdout.splitlines()] == ANSWERS


def test_each_answer_comes_before_the_next_question_and_a_bad_line_ends_with_1() -> None:
    """A caller may keep the command open and ask when it likes: no answer waits for a buffer to fill."""
    with subprocess.Popen([sys.executable, "-m", "monitor.console", "deadline"], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as asked:
        assert asked.stdin is not None
        assert asked.stdout is not None
        for question, expected in zip([*LINES, {"id": "x"}, LINES[0]], [*ANSWERS, None, ANSWERS[0]], strict=True):
            asked.stdin.write(json.dumps(question).encode() + b"\r\n")
            asked.stdin.flush()
            got = json.loads(asked.stdout.readline())
            assert got == expected or (expected is None and got.keys() == {"id", "error"} and got["error"].startswith("line 4: "))
        asked.stdin.close()
        assert asked.wait() == 1


def test_a_file_that_is_not_there_is_one_clear_message(capsys: pytest.CaptureFixture[str]) -> None:
    ended = run(capsys, "deadline", "nowhere.jsonl")
    assert (ended.code, ended.out) == (1, "")
    assert "nowhere.jsonl: cannot be read" in ended.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        pytest.param(
            ("--calendar", "office", "--target", "2h", "--start", "2026-09-30T17:00:00+08:00"),
            "due Fri 2026-10-02 10:00:00+08:00 (2026-10-02T02:00:00Z)",
            id="P4: two hours over a holiday",
        ),
        pytest.param(
            ("--clock", "total_resolution", "--with", "request_type=fault", "--start", "2026-09-30T17:00:00+08:00"),
            "clock total_resolution: clocks.total_resolution.rules[0] (R4)",
            id="P12: the rule that matched is named",
        ),
        pytest.param(
            ("--clock", "total_resolution", "--with", "request_type=complaint", "--start", "2026-09-30T17:00:00+08:00"),
            "due Mon 2026-10-05 18:00:00+08:00",
            id="P6: two business days, the holiday is none",
        ),
        pytest.param(
            (
                "--calendar",
                "office",
                "--target",
                "2h",
                "--start",
                "2026-09-29T16:00:00+08:00",
                "--pause",
                "2026-09-29T17:00:00+08:00/2026-09-29T17:30:00+08:00",
            ),
            "not counted because of pauses: 30m",
            id="P10: what a pause took away is told",
        ),
        pytest.param(
            ("--calendar", "office", "--target", "40h", *MONDAY),
            "Mon 2026-09-28 09:00:00+08:00 to Mon 2026-09-28 18:00:00+08:00: 9h",
            id="the stretches that were counted can be added up",
        ),
    ],
)
def test_a_policy_answers_in_words(arguments: tuple[str, ...], words: str, policy: str, capsys: pytest.CaptureFixture[str]) -> None:
    ended = run(capsys, "deadline", "--policy", policy, *arguments)
    assert ended.code == 0
    assert words in ended.out


def test_a_policy_answers_as_json_too(policy: str, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ("--calendar", "office", "--target", "300h", *MONDAY, "--output", "json")
    ended = run(capsys, "deadline", "--policy", policy, *arguments)
    found = json.loads(ended.out)
    assert (ended.code, found["due"], found["calendar"], found["target"]) == (0, "2026-11-13T04:00:00Z", "office", "300h")
    assert len(found["counted"]) + found["more_stretches"] == 34


@pytest.mark.parametrize(
    ("arguments", "words", "code"),
    [
        pytest.param(
            ("--calendar", "office", "--target", "2h", *MONDAY, "--pause", "2026-09-28T09:30:00+08:00/"),
            "not due while paused",
            1,
            id="a pause that is not over",
        ),
        pytest.param(
            ("--clock", "total_resolution", "--with", "request_type=enquiry", *MONDAY), "nothing is promised", 1, id="P23: no promise is no deadline"
        ),
        pytest.param(("--clock", "answer", *MONDAY), "this policy has: total_resolution", 2, id="an unknown clock"),
        pytest.param(("--calendar", "shop", "--target", "2h", *MONDAY), "this policy has: always office", 2, id="an unknown calendar"),
        pytest.param(("--calendar", "office", *MONDAY), "--target is needed", 2, id="no target"),
        pytest.param(("--target", "2h", *MONDAY), "--calendar or --clock is needed", 2, id="no hours"),
        pytest.param(("--calendar", "office", "--target", "2", *MONDAY), "expected counted time such as", 2, id="P6: a bare number"),
        pytest.param(
            ("--calendar", "office", "--target", "2h", "--start", "2026-09-28"), "expected RFC 3339 with an offset", 2, id="a start without a time"
        ),
        pytest.param(("--calendar", "office", "--target", "2h"), "--start is needed", 2, id="no start"),
        pytest.param(
            ("--clock", "total_resolution", "--with", "colour=red", *MONDAY), "expected NAME=VALUE with one of", 2, id="an unknown attribute"
        ),
    ],
)
def test_what_has_no_answer_says_why(arguments: tuple[str, ...], words: str, code: int, policy: str, capsys: pytest.CaptureFixture[str]) -> None:
    ended = run(capsys, "deadline", "--policy", policy, *arguments)
    assert ended.code == code
    assert words in ended.out + ended.err
