"""``check``, and where policies come from."""

import json
from pathlib import Path

import pytest

from monitor.console.policies import SOURCE_POLICIES, open_policy, shipped_names
from monitor.errors import PolicyError
from monitor.sources.registry import SOURCES
from tests.console.running import run

ROOT = Path(__file__).parents[2]


def test_the_shipped_policies_are_those_of_deploy_and_all_are_clean(capsys: pytest.CaptureFixture[str]) -> None:
    names = shipped_names()
    folder = ROOT / "deploy" / "policies"
    assert names == sorted(path.stem for path in folder.iterdir() if path.suffix == ".yaml" or path.is_dir())
    assert "telecom" in names
    ended = run(capsys, "check", *names)
    assert (ended.code, ended.out) == (0, "")


def test_each_source_has_a_shipped_policy() -> None:
    assert SOURCE_POLICIES.keys() <= SOURCES.keys()
    for name in SOURCE_POLICIES.values():
        assert open_policy(name).clocks


def test_an_error_is_told_as_file_line_path_and_ends_with_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text("title: Bad\nclocks:\n  answer:\n    start: call.queued\n    stop: call.answered\n    rules:\n      - {target: soon}\n")
    ended = run(capsys, "check", str(bad))
    assert ended.code == 1
    assert ended.out.startswith(f"{bad}:7: clocks.answer.rules[0].target: ")
    found = run(capsys, "check", str(bad), "--output", "json")
    assert found.code == 1
    assert [(finding["level"], finding["line"]) for finding in json.loads(found.out)] == [("error", 7)]


def test_a_table_shows_what_is_promised(capsys: pytest.CaptureFixture[str]) -> None:
    """For policies without errors, below the findings; never in JSON."""
    ended = run(capsys, "check", "--table", str(ROOT / "tests" / "policies" / "good" / "promises.yaml"))
    assert ended.code == 0
    lines = [line.split() for line in ended.out.splitlines()]
    assert ["node:<dept>", "workorder", "3", "20h", "10h", "4h", "always", "total_resolution", "部门环节"] in lines
    assert ["promised", "workorder", "2", "due_at", "always"] in lines
    bad = str(ROOT / "tests" / "policies" / "bad" / "zero-target.yaml")
    assert "clock" not in run(capsys, "check", "--table", bad).out.replace("clocks.", "")
    assert json.loads(run(capsys, "check", "--table", "--output", "json", "default").out) == []


def test_a_mistake_in_an_overlay_is_told_where_it_stands(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """R58: the base is sound by itself; the overlay's campaign is what its links exceed."""
    base, overlay = tmp_path / "10-base.yaml", tmp_path / "20-campaign.yaml"
    base.write_text((ROOT / "tests" / "policies" / "good" / "promises.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    overlay.write_text(
        "campaigns:\n  rush:\n    from: 2027-03-01T00:00:00+08:00\n    until: 2027-04-01T00:00:00+08:00\n"
        "    clocks:\n      total_resolution: {rules: [{target: 24h}]}\n"
    )
    ended = run(capsys, "check", str(tmp_path))
    assert ended.code == 1
    assert ended.out.startswith(f"{overlay}:6: campaigns.rush.clocks.total_resolution.rules[0].target: the links add up to 40h")


def test_a_folder_is_laid_over_in_order_of_its_files(tmp_path: Path) -> None:
    base = (ROOT / "deploy" / "policies" / "default.yaml").read_text()
    (tmp_path / "10-base.yaml").write_text(base)
    (tmp_path / "20-ours.yaml").write_text("title: Ours\n")
    assert open_policy(str(tmp_path)).title == "Ours"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        pytest.param("nowhere.yaml", "nowhere.yaml: cannot be read", id="a file that is not there names the shipped ones"),
        pytest.param(".", "the folder holds no .yaml file", id="a folder without policies"),
    ],
)
def test_a_policy_that_is_not_there_is_one_clear_message(
    name: str, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(PolicyError, match=message):
        open_policy(name)
    ended = run(capsys, "check", name)
    assert ended.code == 1
    assert message in ended.err


def test_the_policy_of_the_settings_is_checked_when_none_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "broken.yaml"
    broken.write_text("nonsense: 1\n")
    monkeypatch.setenv("SLA_POLICY", str(broken))
    ended = run(capsys, "check")
    assert ended.code == 1
    assert str(broken) in ended.out
