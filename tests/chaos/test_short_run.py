"""The short form of ``make chaos``: every disturbance at least once, the real processors under people at work and the toys, four zeros."""

import pytest

from tests.chaos.__main__ import main


@pytest.mark.broker
@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("scenario", ["product", "toys"])
def test_nothing_is_lost_false_doubled_or_miscounted_while_everything_breaks(scenario: str, capfd: pytest.CaptureFixture[str]) -> None:
    code = main(["--kills", "2", "--scenario", scenario])
    captured = capfd.readouterr()
    figures = dict(line.split(": ", 1) for line in captured.out.splitlines() if ": " in line)
    assert code == 0, captured.out + captured.err[-4000:]
    assert {name: figures[name] for name in ("lost", "false", "duplicates", "wrong_counters")} == dict.fromkeys(
        ("lost", "false", "duplicates", "wrong_counters"), "0"
    )
    assert int(figures["kill_9"]) >= 2
    assert figures["truncation_refused"] == "1"
    if scenario == "product":
        for name in ("switch_cut_short", "exempt", "lift", "repair"):
            assert int(figures[name]) >= 1, name
        assert int(figures["policy_switch"]) >= 4, "every kind of version: strict and easy, for new contacts and for open ones"
        assert int(figures["commands"]) > sum(int(figures[name]) for name in ("exempt", "lift", "repair")), "some are sent twice"
        assert int(figures["started_on_several_versions"]) >= 2 + int(figures["kill_9"])
        assert int(figures["endings_compared"]) >= 20
