"""The chaos runs' own reading of decision 011: what a contact was promised, and where nobody can know."""

import pytest

from schemas.instants import SECOND
from tests.chaos.promises import NEVER, Life, Switch, outcomes


def switch(from_seconds: float, by_seconds: float, target_seconds: float, *, opens: bool = False) -> Switch:
    """A version that promises one thing to everybody."""
    target_us = round(target_seconds * SECOND)
    return Switch(round(from_seconds * SECOND), round(by_seconds * SECOND), {"call": target_us, "chat": target_us, "workorder": target_us}, opens)


def life(opened: float, served: float | None = None) -> Life:
    """A call in a run that is over after 1000 s."""
    return Life("call", round(opened * SECOND), NEVER if served is None else round(served * SECOND), 1000 * SECOND)


STRICT, EASY = switch(0, 0, 5), switch(0, 0, 3600)
CASES = [
    pytest.param([STRICT], life(100), {True}, id="nobody serves it: breached"),
    pytest.param([STRICT], life(100, 107), {True}, id="served too late: breached"),
    pytest.param([EASY], life(100), {False}, id="the deadline lies beyond the run: not breached"),
    pytest.param([EASY], life(100, 107), {False}, id="served long before the deadline: not breached"),
    pytest.param([STRICT, switch(150, 152, 3600)], life(100), {True}, id="breached before another version was published"),
    pytest.param([STRICT, switch(101, 103, 3600)], life(100), {True}, id="new: who was opened before keeps the strict promise"),
    pytest.param([STRICT, switch(101, 103, 3600)], life(104), {False}, id="new: who was opened afterwards has the easy one"),
    pytest.param([STRICT, switch(101, 103, 3600)], life(102), {True, False}, id="new: opened while it came to count, nobody knows"),
    pytest.param([STRICT, switch(101, 103, 4)], life(102), {True}, id="new: breached under either"),
    pytest.param([STRICT, switch(101, 103, 3600, opens=True)], life(100), {False}, id="open: a running clock becomes easy"),
    pytest.param([STRICT, switch(101, 103, 3600, opens=True)], life(95), {True}, id="open: what was breached before stays breached"),
    pytest.param([STRICT, switch(101, 103, 3600, opens=True)], life(97), {True, False}, id="open: the deadline lies where it came to count"),
    pytest.param([EASY, switch(200, 203, 5, opens=True)], life(100), {True}, id="open: an old clock becomes strict and is breached at once"),
    pytest.param([EASY, switch(200, 203, 5, opens=True)], life(100, 107), {False}, id="open: who was served before is left alone"),
    pytest.param([EASY, switch(110, 112, 5, opens=True)], life(100, 107), {True, False}, id="open: a reply just before may arrive after it"),
    pytest.param([EASY, switch(101, 102, 5, opens=True)], life(100, 107), {True}, id="open: strict before it was served too late"),
    pytest.param([EASY, switch(101, 102, 5), switch(103, 104, 4)], life(100), {False}, id="new ones never reach who was opened before"),
    pytest.param([EASY, switch(101, 102, 5, opens=True), switch(150, 151, 3600, opens=True)], life(100), {True}, id="strict for long enough"),
    pytest.param([EASY, switch(101, 102, 60, opens=True), switch(150, 151, 3600, opens=True)], life(100), {False}, id="easy again in time"),
    pytest.param([STRICT, switch(101, NEVER, 3600)], life(500), {True, False}, id="a version that may or may not count yet"),
]


@pytest.mark.parametrize(("switches", "contact", "expected"), CASES)
def test_what_can_become_of_a_contact(switches: list[Switch], contact: Life, expected: set[bool]) -> None:
    assert outcomes(switches, contact) == expected
