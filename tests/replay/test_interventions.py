"""People step in while a log is played: what they do counts from its own second, whatever ticks the plan has."""

from typing import Any

import pytest

from monitor.replay.interventions import Headers, Interventions
from monitor.sources.commanded import Given
from monitor.sources.tick_plan import play, tick_plan
from monitor.sources.timeline import arrivals_of
from schemas.commands import Lift
from schemas.instants import SECOND, parse_instant
from schemas.topics import COMMANDS

START = parse_instant("2026-03-02T14:00:00+08:00")


class Told:
    """A log that writes down what comes: seconds from the start, ticks as ``T``."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def send(self, topic: str, partition: int, key: bytes, value: bytes, headers: Headers, at: int) -> None:
        """A record."""
        name = f"{key.decode()}.{partition}" if topic == COMMANDS else "e"
        self.lines.append(f"{name} {(at - START) / SECOND:g}")

    def tick(self, t: int) -> None:
        """A tick."""
        self.lines.append(f"T {(t - START) / SECOND:g}")


def played(events: list[float], commands: tuple[float, ...] = (), switches: tuple[float, ...] = (), partitions: int = 1) -> list[str]:
    """What a log sees of a plan with interventions."""
    rows: list[dict[str, Any]] = [{"at": at, "type": "workorder.created", "contact": f"c{at}"} for at in events]
    who = {"person": "p", "reason": "r", "given_at": "2026-03-02T14:00:00Z"}
    given = [Given(START + round(at * SECOND), Lift(id=f"k{n}", target="x", **who)) for n, at in enumerate(commands)]
    told = Told()
    log = Interventions(told, partitions, given, [START + round(at * SECOND) for at in switches])
    play(tick_plan(arrivals_of(START, rows), 4, settle_seconds=65), log)
    return told.lines


PLAN = ["e 1.5", "T 2", "T 3", "T 60", "T 67"]
CASES = [
    pytest.param((), (), PLAN, id="nobody does anything: the plan as it is"),
    pytest.param((1.7,), (), ["e 1.5", "k0.0 1.7", "T 2", "T 3", "T 60", "T 67"], id="a command in a second that has its tick"),
    pytest.param((20.25,), (), ["e 1.5", "T 2", "T 3", "k0.0 20.25", "T 21", "T 60", "T 67"], id="a command in silence gets a tick of its own"),
    pytest.param((20,), (), ["e 1.5", "T 2", "T 3", "k0.0 20", "T 21", "T 60", "T 67"], id="on a whole second: at the end of the second that begins"),
    pytest.param((21, 20), (), ["e 1.5", "T 2", "T 3", "k1.0 20", "T 21", "k0.0 21", "T 22", "T 60", "T 67"], id="in order of time"),
    pytest.param((), (30,), ["T 1", "e 1.5", "T 2", "T 3", "T 30", "T 60", "T 67"], id="a version: a tick at its instant, one before all"),
    pytest.param((), (60,), ["T 1", *PLAN], id="a version at a tick of the plan"),
    pytest.param((), (0.5,), ["T 0", "T 1", "e 1.5", "T 2", "T 3", "T 60", "T 67"], id="a version before the first record"),
    pytest.param((29.5,), (30,), ["T 1", "e 1.5", "T 2", "T 3", "k0.0 29.5", "T 30", "T 60", "T 67"], id="both: a tick for two"),
    pytest.param((300,), (301,), ["T 1", *PLAN], id="after the end: never"),
]


@pytest.mark.parametrize(("commands", "switches", "expected"), CASES)
def test_when_what_people_do_counts(commands: tuple[float, ...], switches: tuple[float, ...], expected: list[str]) -> None:
    assert played([1.5], commands, switches) == expected


def test_a_command_reaches_every_shard_before_the_records_that_follow() -> None:
    assert played([1.5, 9], (4,), partitions=2)[:6] == ["e 1.5", "T 2", "T 3", "k0.0 4", "k0.1 4", "T 5"]
