"""P36: an hour of backlog delays verdicts and falsifies none; the same check as ``make backlog``."""

import pytest

from tests.backlog.__main__ import main


@pytest.mark.broker
@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_worker_that_returns_to_an_hour_of_backlog_calls_nobody_late_who_was_not(
    bootstrap: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SLA_KAFKA", bootstrap)
    code = main()
    printed = capsys.readouterr().out
    assert code == 0, printed
    assert "false: 0" in printed.splitlines()
