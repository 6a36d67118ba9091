"""Policy versions in a timeline: each laid over the one before, its own name, time and scope not taken over (R84, P7)."""

import pytest

from monitor.errors import SourceError
from monitor.policy.findings import PolicyErrors
from monitor.sources.revisions import Revision, versions_of
from schemas.instants import HOUR, parse_instant

START = parse_instant("2026-03-02T14:00:00+08:00")
BASE = """
version: first
effective_from: "2026-01-01T00:00:00Z"
clocks: {fix: {start: workorder.created, stop: workorder.resolved, levels: [100], rules: [{target: 4h}]}}
"""
OPEN = 'version: second\napplies_to: open\neffective_from: "2026-03-03T00:00:00Z"\nclocks: {fix: {rules: [{target: 3h}]}}'
FILES = [("10-base.yaml", BASE), ("20-more.yaml", "clocks: {fix: {levels: [50, 100]}}")]


def test_a_version_is_laid_over_the_one_before_it() -> None:
    revisions = [Revision(at="1h", overlay=OPEN), Revision(at="2h", overlay="clocks: {fix: {levels: [75, 100]}}")]
    (start, first), (at, second), (_, third) = versions_of(START, FILES, revisions)
    assert (start, at) == (START, START + HOUR)
    assert [each.clocks[0].levels for each in (first, second, third)] == [(50, 100), (50, 100), (75, 100)]
    assert [each.clocks[0].rules[0].target.amount // HOUR for each in (first, second, third) if each.clocks[0].rules[0].target] == [4, 3, 3]


def test_name_time_and_scope_are_those_of_the_version_itself() -> None:
    _, (_, second), (_, third) = versions_of(START, FILES, [Revision(at=60, overlay=OPEN), Revision(at=120, overlay="title: T")])
    assert (second.label, second.applies_to, second.effective_from) == ("second", "open", parse_instant("2026-03-03T00:00:00Z"))
    assert (third.label, third.applies_to, third.effective_from) == ("", "new", None)


WRONG = [
    pytest.param([Revision(at="soon", overlay=OPEN)], "policies[0]: could not convert", id="no offset"),
    pytest.param([Revision(at=0, overlay=OPEN)], "policies[0]: comes no later", id="at the start, where the first version stands"),
    pytest.param([Revision(at=9, overlay=OPEN), Revision(at=9, overlay="title: T")], "policies[1]: comes no later", id="two at once"),
    pytest.param([Revision(at=9, overlay=OPEN), Revision(at=10, overlay=OPEN)], "policies[1]: says what an earlier", id="the same twice"),
]


@pytest.mark.parametrize(("revisions", "problem"), WRONG)
def test_what_is_wrong_is_said_with_its_row(revisions: list[Revision], problem: str) -> None:
    with pytest.raises(SourceError) as caught:
        versions_of(START, FILES, revisions, "a.yaml")
    assert str(caught.value).startswith(f"a.yaml: {problem}")


def test_a_mistake_in_an_overlay_is_said_with_its_line() -> None:
    with pytest.raises(PolicyErrors) as caught:
        versions_of(START, FILES, [Revision(at=9, overlay="title: T\nclocks:\n  fix: {calender: x}")])
    assert str(caught.value).startswith("20-more.yaml + policies[0]:3: clocks.fix.calender: unknown field")
