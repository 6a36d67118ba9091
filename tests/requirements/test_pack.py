"""The telecom pack as a text that people read: every promise cites its requirement and has its name in both languages."""

import re
from datetime import date

import pytest

from monitor.console.policies import read_files
from monitor.policy import check_policy, load_policy
from monitor.policy.yaml_nodes import Plain, merge, parse
from schemas.instants import parse_instant

FILES = read_files("telecom")
POLICY = load_policy(FILES)
TITLED = ("calendars", "periods", "clocks", "flows", "objectives", "campaigns")
HAN = re.compile("[\u4e00-\u9fff]")
NUMBER = re.compile(r"R([1-9]|[1-7]\d|8[0-6])")


def sections() -> dict[str, Plain]:
    tree = parse(*FILES[0])
    for file in FILES[1:]:
        tree = merge(tree, parse(*file))
    plain = tree.plain()
    assert isinstance(plain, dict)
    return plain


def named(section: str) -> list[tuple[str, dict[str, Plain]]]:
    found = sections()[section]
    assert isinstance(found, dict)
    return [(name, part) for name, part in found.items() if isinstance(part, dict)]


def test_the_pack_is_clean_also_when_the_year_is_about_to_end() -> None:
    assert check_policy(FILES, date(2026, 12, 31)) == []


@pytest.mark.parametrize(
    ("section", "name", "part"), [(section, *each) for section in TITLED for each in named(section)], ids=lambda value: str(value)[:40]
)
def test_everything_has_its_name_in_both_languages(section: str, name: str, part: dict[str, Plain]) -> None:
    title = part.get("title")
    assert isinstance(title, dict), (section, name)
    assert title.keys() == {"en", "zh"}
    assert not HAN.search(str(title["en"]))
    assert HAN.search(str(title["zh"]))


def test_every_promise_cites_its_requirement() -> None:
    """One line, one R number: rules, objectives and flows carry it where verdicts and alerts take it from."""
    cited = [(rule.path, rule.source) for clock in POLICY.clocks for rule in clock.rules if rule.target is not None]
    cited += [(objective.name, objective.source) for objective in POLICY.objectives]
    cited += [(name, str(part.get("source"))) for name, part in named("flows")]
    assert len(cited) > 60
    assert [place for place, source in cited if not NUMBER.fullmatch(source)] == []


def test_every_line_with_a_limit_of_a_clock_says_where_it_comes_from() -> None:
    lines = [line for _, text in FILES for line in text.splitlines() if re.search(r"^[^#]*target: (?!none)", line)]
    assert len(lines) > 40
    assert [line for line in lines if not NUMBER.search(line)] == []


@pytest.mark.parametrize(
    ("at", "open_then"),
    [
        pytest.param("2026-10-10T10:00:00+08:00", True, id="a make-up Saturday"),
        pytest.param("2026-10-11T10:00:00+08:00", False, id="an ordinary Sunday"),
        pytest.param("2026-10-07T10:00:00+08:00", False, id="the last day of the National Day week, a Wednesday"),
        pytest.param("2026-10-08T12:30:00+08:00", False, id="lunch"),
        pytest.param("2026-10-08T14:00:00+08:00", True, id="after lunch"),
    ],
)
def test_the_back_office_is_open_as_china_works(at: str, open_then: bool) -> None:
    assert POLICY.calendars["office"].is_open(parse_instant(at)) == open_then
