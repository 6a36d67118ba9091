"""Live equals replay for the first three days of the January log (design §4); ``make live-replay`` does the month."""

import pytest

from tests.live.installation import data_folder
from tests.live_replay.__main__ import main


@pytest.mark.broker
@pytest.mark.slow
@pytest.mark.timeout(900)
def test_the_first_three_days_through_two_workers_equal_the_offline_engine(
    bootstrap: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    if not data_folder().is_dir():
        pytest.skip(f"the recorded logs are not at {data_folder()}; SLA_DATA names their folder")
    monkeypatch.setenv("SLA_KAFKA", bootstrap)
    code = main(["--days", "3"])
    printed = capsys.readouterr().out
    assert code == 0, printed
    assert printed.splitlines()[-1] == "differences: 0"


@pytest.mark.broker
@pytest.mark.slow
@pytest.mark.timeout(600)
def test_made_traffic_through_two_workers_of_which_one_is_killed_equals_the_offline_engine(
    bootstrap: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Customers come back in it: what contacts tell customers, and what customers tell queues, is compared too."""
    monkeypatch.setenv("SLA_KAFKA", bootstrap)
    code = main(["--traffic", "--days", "0.03"])
    printed = capsys.readouterr().out
    assert code == 0, printed
    assert printed.splitlines()[-1] == "differences: 0"
    assert int(printed.partition("contacts_told: ")[2].split()[0]) > 100
