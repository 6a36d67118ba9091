"""Every rule of clocks (P1-P38) on a timeline: verdicts, alerts, the explanation as data, and its text in both languages.

After a change that is meant: ``python -m tests.timelines.write_texts`` writes the texts anew; read the difference.
"""

from functools import cache
from pathlib import Path
from typing import Final, get_args

import pytest

from monitor.policy.model import Language
from schemas.explanations import Explanations
from tests.console.running import run
from tests.timelines.explained import Timeline, read_timeline, shown, text_of
from tests.timelines.reading import Row
from tests.timelines.running import Outcome, same

FOLDER: Final = Path(__file__).parents[1] / "golden" / "timelines"
FILES: Final = sorted(FOLDER.glob("P*.yaml"))
RULES: Final = {"P6", "P7", "P37", "P38", *(f"P{n}" for n in (1, 2, 3, 4, *range(8, 34)))}


@cache
def explained(path: Path) -> Explanations:
    """What is told of a file."""
    return read_timeline(path).explained()


@pytest.fixture(params=FILES, ids=lambda path: path.stem)
def path(request: pytest.FixtureRequest) -> Path:
    """One file after the other."""
    found: Path = request.param
    return found


@pytest.fixture
def timeline(path: Path) -> Timeline:
    """The file, read."""
    return read_timeline(path)


def test_what_is_published_is_what_the_file_says(path: Path, timeline: Timeline) -> None:
    outcome = Outcome(timeline, timeline.schedule())
    _compare(outcome.shown_verdicts(), timeline.verdicts)
    if timeline.alerts is not None:
        _compare(outcome.shown_alerts(), timeline.alerts)
    for row in timeline.ratios:
        reading = outcome.reading(row)
        assert (reading.value, reading.n) == (pytest.approx(row["value"]) if row["value"] is not None else None, row["n"])
    assert outcome.dead_letters == timeline.dead_letters


def test_the_explanation_is_what_the_file_says(path: Path, timeline: Timeline) -> None:
    told = explained(path)
    start_at = timeline.start_at
    cycles = [shown(cycle, contact.contact, start_at) for contact in told.contacts for cycle in contact.cycles]
    _compare(cycles, timeline.explanation)


@pytest.mark.parametrize("language", get_args(Language))
def test_the_text_is_the_one_that_was_read(path: Path, language: Language) -> None:
    kept = path.with_suffix(f".{language}.txt").read_text(encoding="utf-8")
    assert text_of(explained(path), language) == kept


@pytest.mark.parametrize("language", get_args(Language))
def test_the_command_prints_that_text(path: Path, language: Language, capsys: pytest.CaptureFixture[str]) -> None:
    ended = run(capsys, "explain", str(path), "--language", language)
    assert ended.code == 0, ended.err
    assert ended.out == path.with_suffix(f".{language}.txt").read_text(encoding="utf-8")


def test_the_number_in_the_file_is_the_number_in_its_name(path: Path, timeline: Timeline) -> None:
    assert path.stem.split("_")[0] == timeline.rule


def test_every_rule_in_scope_has_a_timeline() -> None:
    assert {read_timeline(path).rule for path in FILES} >= RULES


def _compare(found: list[Row], wanted: list[Row]) -> None:
    """As many as wanted, in order, each with every field that is named."""
    assert len(found) == len(wanted), found
    for row, want in zip(found, wanted, strict=True):
        assert same(row, want), (want, row)
