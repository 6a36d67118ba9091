"""Bad input gets a named reason and a dead letter (design §4); the same check as ``make bad-events``."""

import pytest

from tests.bad_events.__main__ import main


@pytest.mark.broker
@pytest.mark.slow
@pytest.mark.timeout(300)
def test_every_bad_event_becomes_one_dead_letter_with_its_reason(
    bootstrap: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SLA_KAFKA", bootstrap)
    code = main()
    printed = capsys.readouterr().out
    assert code == 0, printed
    assert "wrong_reason: 0" in printed.splitlines()
