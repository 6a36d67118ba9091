"""The benchmark programs run and print every figure; how large the figures are is for ``make bench`` to say, not for a test."""

import pytest

from tests.bench.__main__ import FIGURES, main


@pytest.mark.broker
@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_short_benchmark_prints_every_figure(bootstrap: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("SLA_KAFKA", bootstrap)
    assert main(["--events", "20000", "--calls", "100"]) == 0
    printed = dict(line.split(": ") for line in capsys.readouterr().out.splitlines())
    assert list(printed) == list(FIGURES)
    assert all(float(value) > 0 for value in printed.values())
