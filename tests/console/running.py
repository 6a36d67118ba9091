"""A command of the real command line, run in this process or in its own: what it printed and how it ended."""

import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from monitor.console.entry import main

ROOT = Path(__file__).parents[2]


class Ended(msgspec.Struct, frozen=True):
    """Exit code, standard output, standard error."""

    code: int
    out: str
    err: str


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> Ended:
    """Run ``sla-monitor`` with these arguments."""
    capsys.readouterr()
    with pytest.raises(SystemExit) as ended:
        main(list(arguments))
    printed = capsys.readouterr()
    assert isinstance(ended.value.code, int)
    return Ended(ended.value.code, printed.out, printed.err)


def run_apart(*arguments: str) -> Ended:
    """Run ``sla-monitor`` as a process of its own, with the environment of the test."""
    command = [sys.executable, "-m", "monitor.console", *arguments]
    done = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=240, check=False)
    return Ended(done.returncode, done.stdout, done.stderr)
