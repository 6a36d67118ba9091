"""The folders of policies: adding a case is adding a file.

``tests/policies/bad/NAME.yaml`` is refused with exactly the findings of ``NAME.expected``; what is in ``good`` loads, with
the warnings of ``NAME.expected`` where that file exists and none where it does not.
"""

from pathlib import Path

import pytest

from monitor.errors import PolicyError
from monitor.policy import PolicyErrors, check_policy, load_policy
from tests.policy.write_expected import FOLDER, findings

SHIPPED = Path(__file__).parents[2] / "deploy" / "policies"
BAD = sorted((FOLDER / "bad").glob("*.yaml"))
GOOD = sorted([*(FOLDER / "good").glob("*.yaml"), *SHIPPED.glob("*.yaml")])
PACKS = sorted({path.parent for path in SHIPPED.glob("*/*.yaml")})


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_a_bad_policy_is_refused_with_the_message_beside_it(path: Path) -> None:
    assert findings(path) == path.with_suffix(".expected").read_text(encoding="utf-8")
    with pytest.raises(PolicyErrors) as refused:
        load_policy([(path.name, path.read_text(encoding="utf-8"))])
    assert isinstance(refused.value, PolicyError)
    assert all(error.file == path.name and error.line > 0 for error in refused.value.errors)
    assert str(refused.value).splitlines() == [str(error) for error in refused.value.errors]


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_a_good_policy_loads_with_no_more_than_its_warnings(path: Path) -> None:
    expected = path.with_suffix(".expected")
    assert findings(path) == (expected.read_text(encoding="utf-8") if expected.exists() else "")
    assert len(load_policy([(path.name, path.read_text(encoding="utf-8"))]).version) == 12


@pytest.mark.parametrize("folder", PACKS, ids=lambda folder: folder.name)
def test_a_shipped_pack_is_clean(folder: Path) -> None:
    """The issue: `sla-monitor check deploy/policies/telecom` has nothing to say."""
    files = [(path.name, path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.yaml"))]
    assert [str(finding) for finding in check_policy(files)] == []


def test_every_message_has_its_policy() -> None:
    assert {path.stem for path in BAD} == {path.stem for path in (FOLDER / "bad").glob("*.expected")}
    assert len(BAD) > 80
