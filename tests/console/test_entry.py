"""Where commands begin and errors end: one message, a useful exit code, never a traceback."""

import importlib
import os
import re
import subprocess
import sys
from pathlib import Path

import click
import pytest

from monitor.console import entry
from monitor.console.manual import COMMANDS
from monitor.errors import BrokerError, PolicyError, SettingsError, SlaMonitorError
from tests.console.running import run

ROOT = Path(__file__).parents[2]
DEMANDED = ["broker", "topics", "worker", "publish", "replay", "simulate", "alerts", "check", "check-event", "schemas", "demo"]


def test_the_manual_names_every_command_and_reads_without_importing_any(capsys: pytest.CaptureFixture[str]) -> None:
    ended = run(capsys, "--help")
    assert ended.code == 0
    assert set(DEMANDED) <= COMMANDS.keys()
    for name, command in COMMANDS.items():
        assert re.search(rf"^  {name}\s", ended.out, re.MULTILINE), name
        assert command.help[:20] in ended.out


def test_help_does_not_wait_for_faust() -> None:
    script = (
        "import sys; from monitor.console.entry import sla_monitor as g; g.main(['-h'], standalone_mode=False); assert 'faust' not in sys.modules"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    command = importlib.import_module(COMMANDS[name].module).command
    assert isinstance(command, click.Command)
    ended = run(capsys, name, "--help")
    assert ended.code == 0
    assert ended.out.startswith(f"Usage: sla-monitor {name}")
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert parameter.help, parameter.name


def test_a_misspelt_command_is_usage_and_gets_a_suggestion(capsys: pytest.CaptureFixture[str]) -> None:
    ended = run(capsys, "reply")
    assert ended.code == 2
    assert "Did you mean 'replay'?" in ended.err


@pytest.mark.parametrize(
    ("error", "code"),
    [
        pytest.param(SlaMonitorError("it broke"), 1, id="any error of ours ends with 1"),
        pytest.param(PolicyError("no clocks", file="p.yaml", line=3, path="clocks"), 1, id="a policy that cannot be used ends with 1"),
        pytest.param(BrokerError("nobody answers"), 1, id="an unreachable broker ends with 1"),
        pytest.param(SettingsError("SLA_X is wrong"), 2, id="a wrong setting ends with 2, as wrong usage does"),
    ],
)
def test_an_error_is_one_message(error: SlaMonitorError, code: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_arguments: object, **_options: object) -> None:
        raise error

    monkeypatch.setattr(entry.sla_monitor, "main", fail)
    ended = run(capsys, "check")
    assert (ended.code, ended.out, ended.err) == (code, "", f"sla-monitor: {error}\n")


def test_ctrl_c_ends_quietly_with_130(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_arguments: object, **_options: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(entry.sla_monitor, "main", interrupted)
    assert run(capsys, "check").code == 130


def test_a_reader_that_leaves_early_is_no_error() -> None:
    command = [sys.executable, "-m", "monitor.console", "simulate", "-o", "days=0.3"]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.readline()
    process.stdout.close()
    said = process.stderr.read().decode()
    process.stderr.close()
    assert process.wait(60) == 1  # as click ends it
    assert "Traceback" not in said
    assert "Exception ignored" not in said


def test_nothing_is_coloured_in_a_pipe_or_with_no_color() -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SLA_")} | {"NO_COLOR": "1", "TERM": "xterm-256color"}
    command = [sys.executable, "-m", "monitor.console", "metrics"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=True)
    assert b"sla_contacts_total" in done.stdout
    assert b"\x1b[" not in done.stdout


def test_the_readme_lists_the_commands_that_there_are() -> None:
    listed = set(re.findall(r"^\| `sla-monitor ([a-z-]+)`", (ROOT / "README.md").read_text(), re.MULTILINE))
    assert listed == COMMANDS.keys()
