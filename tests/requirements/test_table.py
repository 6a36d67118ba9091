"""``deploy/policies/README.md`` lists every requirement; what it names exists, and every golden timeline is in it."""

import re
from pathlib import Path

import pytest

from monitor.metrics.catalogue import CATALOGUE
from monitor.policy.source import PolicySource
from tests.requirements.test_pack import POLICY, named

ROOT = Path(__file__).parents[2]
GOLDEN = ROOT / "tests" / "golden" / "requirements"
ROW = re.compile(r"^\| (R\d+) \| (.+?) \| (.*?) \| (.*?) \|$", re.MULTILINE)
ROWS = ROW.findall((ROOT / "deploy" / "policies" / "README.md").read_text(encoding="utf-8"))
NAMES: dict[str, set[str]] = {
    "clock": {clock.name for clock in POLICY.clocks},
    "objective": {objective.name for objective in POLICY.objectives},
    "flow": {name for name, _ in named("flows")},
    "calendar": set(POLICY.calendars),
    "period": {name for name, _ in named("periods")},
    "campaign": {name for name, _ in named("campaigns")},
    "ladder": {name for name, _ in named("ladders")},
    "survey": set(POLICY.surveys),
    "facet": set(POLICY.queues.facets),
    "metric": {str(name) for name in CATALOGUE},
    "policy": set(PolicySource.__struct_fields__),
}


def test_every_requirement_has_one_row() -> None:
    assert [row[0] for row in ROWS] == [f"R{number}" for number in range(1, 87)]


@pytest.mark.parametrize(("number", "where", "shown"), [(row[0], row[2], row[3]) for row in ROWS], ids=[row[0] for row in ROWS])
def test_what_a_row_names_exists(number: str, where: str, shown: str) -> None:
    """A part of the pack or a metric, a test that shows it; or `out` and a reason."""
    assert shown, number
    if where == "out":
        assert "postponed" in shown or "not streaming" in shown
        return
    parts = re.findall(r"`(\w+):([^`]+)`", where)
    assert parts, where
    assert [f"{kind}:{name}" for kind, name in parts if name not in NAMES[kind]] == []
    for path in re.findall(r"`([^`]+\.(?:yaml|py))`", shown):
        assert (GOLDEN / path if path.endswith(".yaml") else ROOT / path).is_file(), path


def test_every_golden_timeline_is_in_its_row() -> None:
    listed = {row[0] for row in ROWS if f"`{row[0]}.yaml`" in row[3]}
    assert listed == {path.stem for path in GOLDEN.glob("R*.yaml")}


def test_every_promise_of_the_pack_cites_a_requirement_that_names_it() -> None:
    """A clock or objective that no row names would be a promise nobody asked for."""
    named_in_rows = set(re.findall(r"`(\w+:[^`]+)`", " ".join(row[2] for row in ROWS)))
    parts = (
        {f"clock:{name}" for name in NAMES["clock"]}
        | {f"objective:{name}" for name in NAMES["objective"]}
        | {f"flow:{name}" for name in NAMES["flow"]}
    )
    assert sorted(parts - named_in_rows) == []
