"""Every requirement of an operator, shown on a timeline: events in; verdicts, alerts and ratios out (R1-R86)."""

from functools import cache
from pathlib import Path

import pytest

from monitor.console.policies import open_policy, read_files
from monitor.policy.model import Policy
from tests.timelines.reading import Case, GoldenFile, Row, read_golden
from tests.timelines.running import Outcome, same

FOLDER = Path(__file__).parents[1] / "golden" / "requirements"
FILES = [read_golden(path) for path in sorted(FOLDER.glob("R*.yaml"))]
CASES = [pytest.param(file, case, id=f"{file.requirement}: {case.title}") for file in FILES for case in file.cases]


@cache
def shipped(name: str) -> Policy:
    """A policy that comes with the program."""
    return open_policy(name)


@pytest.mark.parametrize(("file", "case"), CASES)
def test_requirement(file: GoldenFile, case: Case) -> None:
    """One case of one requirement."""
    outcome = Outcome(case, case.under(read_files(file.policy)) if case.policies else shipped(file.policy))
    _compare(outcome.shown_verdicts(), case.verdicts)
    if case.alerts is not None:
        names = {(row.get("clock"), row.get("objective"), row.get("flow")) for row in case.alerts}
        _compare([row for row in outcome.shown_alerts() if (row["clock"], row["objective"], row["flow"]) in names], case.alerts)
    for row in case.ratios:
        reading = outcome.reading(row)
        assert reading.value == pytest.approx(row["value"]), (row, reading)
        assert reading.n == row.get("n", reading.n), (row, reading)
    for length, by in sorted({(row["length"], row.get("by", "")) for row in case.reports}):
        _compare(outcome.shown_report(length, by), [row for row in case.reports if (row["length"], row.get("by", "")) == (length, by)])
    booked = outcome.totals(("all", "")).counts if case.counters else {}
    assert {name: booked.get(name, 0) for name in case.counters} == case.counters
    for scope, wanted in case.presence.items():
        assert same(outcome.presence(scope), wanted), (scope, outcome.presence(scope))
    assert outcome.leaked == []
    assert outcome.dead_letters == case.dead_letters


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.yaml")), ids=lambda path: path.stem)
def test_each_file_is_named_after_its_requirement(path: Path) -> None:
    """The number in the file is the number in its name."""
    assert read_golden(path).requirement == path.stem


def _compare(shown: list[Row], wanted: list[Row]) -> None:
    """As many as wanted, in order, each with every field that is named."""
    assert len(shown) == len(wanted), shown
    for found, want in zip(shown, wanted, strict=True):
        assert same(found, want), (want, found)
