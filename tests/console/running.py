"""A command of the real command line, run in this process: what it printed and how it ended."""

import msgspec
import pytest

from monitor.console.entry import main


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
