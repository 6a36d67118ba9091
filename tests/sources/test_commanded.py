"""Commands in a timeline: what may be left out, offsets, versions by their names, and what is wrong said with its row (design §8)."""

from typing import Any

import pytest

from monitor.errors import SourceError
from monitor.sources.commanded import Given, given_of
from schemas.commands import Exempt, Lift, Repair, Selector
from schemas.instants import HOUR, parse_instant

START = parse_instant("2026-03-02T14:00:00+08:00")
WHO: dict[str, Any] = {"person": "staff-7", "reason": "fibre cut"}


def test_what_a_row_leaves_out_is_filled_in() -> None:
    (given,) = given_of(START, [{"at": "1h", "command": "exempt", "selector": {"region": "north", "until_at": "+6h"}, **WHO}], {})
    selector = Selector(region="north", until_at="2026-03-02T12:00:00Z")
    assert given == Given(START + HOUR, Exempt(id="k0", given_at="2026-03-02T07:00:00Z", selector=selector, **WHO))


def test_commands_come_in_the_order_of_time_and_keep_what_they_say() -> None:
    rows = [
        {"at": "2h", "command": "lift", "id": "L", "target": "k1", "given_at": "+1h", **WHO},
        {"at": 0, "command": "exempt", "selector": {"contact": "a"}, "clocks": ["fix"], **WHO},
    ]
    exempt, lift = given_of(START, rows, {})
    assert exempt.command == Exempt(id="k1", given_at="2026-03-02T06:00:00Z", selector=Selector(contact="a"), clocks=("fix",), **WHO)
    assert lift.command == Lift(id="L", given_at="2026-03-02T07:00:00Z", target="k1", **WHO)


@pytest.mark.parametrize(("policy", "version"), [("weather", "1f0c"), ("2b1d", "2b1d")], ids=["by its name", "by its version"])
def test_a_repair_names_the_policy_as_the_file_does(policy: str, version: str) -> None:
    (given,) = given_of(START, [{"at": 0, "command": "repair", "contact": "a", "policy": policy, **WHO}], {"weather": "1f0c"})
    assert isinstance(given.command, Repair)
    assert given.command.policy == version


WRONG = [
    pytest.param({"command": "lift", "target": "k0", **WHO}, "'at' is missing", id="no offset"),
    pytest.param({"at": "soon", "command": "lift", "target": "k0", **WHO}, "could not convert", id="no offset but a word"),
    pytest.param({"at": None, "command": "lift", "target": "k0", **WHO}, "expected an offset", id="an offset that says nothing"),
    pytest.param({"at": 0, "command": "explode", **WHO}, "Invalid value 'explode'", id="a command that there is not"),
    pytest.param({"at": 0, "command": "silence", "labels": {"a": "b"}, **WHO}, "Invalid value 'silence'", id="one that is for delivery"),
    pytest.param({"at": 0, "command": "lift", "target": "k0", "person": "staff-7"}, "Object missing required field `reason`", id="no reason"),
    pytest.param({"at": 0, "command": "lift", "target": "k0", "tagret": "k1", **WHO}, "there is no field tagret; there are", id="a misspelt field"),
    pytest.param({"at": 0, "command": "exempt", "selector": {"regoin": "n"}, **WHO}, "there is no field selector.regoin", id="a misspelt test"),
    pytest.param({"at": 0, "command": "exempt", "selector": "north", **WHO}, "Expected `object`, got `str`", id="a selector that is a word"),
]


@pytest.mark.parametrize(("row", "problem"), WRONG)
def test_what_is_wrong_is_said_with_its_row(row: dict[str, Any], problem: str) -> None:
    with pytest.raises(SourceError) as caught:
        given_of(START, [row], {}, "a.yaml")
    assert str(caught.value).startswith(f"a.yaml: commands[0]: {problem}")
