"""Each pause of a cycle with whether it counts and why not (P9-P11)."""

from typing import Any

import pytest

from monitor.calendar.hours import parse_span
from monitor.calendar.wall_calendar import WallCalendar
from monitor.contacts.saying.pauses import without
from monitor.policy.model import PauseRule
from schemas.alerts import PauseInterval
from schemas.instants import HOUR, parse_instant
from tests.contacts.driving import ALWAYS, T0, Shard, clock, event, policy, rule

OFFICE = WallCalendar("office", "UTC", {day: [parse_span("09:00-17:00")] for day in range(5)})


def pauses_of(*pauses: tuple[str | None, float, float | None], hours: float = 4, stop: float = 3, office: bool = False) -> list[PauseInterval]:
    """The pauses of an order created at T0 (Monday 09:00), with a cap of an hour on ``parts``; times in hours."""
    calendar = OFFICE if office else ALWAYS
    promised = clock(
        "resolution",
        "workorder.created",
        "workorder.resolved",
        [rule(hours * 3600, "", calendar)],
        pause=PauseRule(frozenset({"customer", "parts"}), {"parts": HOUR}),
    )
    shard = Shard(policy(promised)).send(event("workorder.created", 0))
    steps: list[tuple[float, str, str | None]] = []
    for reason, begin, end in pauses:
        steps.append((begin, "workorder.paused", reason))
        if end is not None:
            steps.append((end, "workorder.resumed", reason))
    for at_hours, name, reason in sorted([*steps, (stop, "workorder.resolved", None)], key=lambda step: step[0]):
        fields: dict[str, Any] = {} if reason is None else {"reason": reason}
        shard.send(event(name, at_hours * 3600, **fields)).tick(at_hours * 3600 + 1)
    (verdict, *_) = reversed(shard.verdicts())
    return list(verdict.explanation.pauses)


def hours_of(pause: PauseInterval) -> tuple[float, float | None]:
    to_at = pause.counts_to_at
    return (parse_instant(pause.from_at) - T0) / HOUR, None if to_at is None else (parse_instant(to_at) - T0) / HOUR


@pytest.mark.parametrize(
    ("pauses", "options", "counts", "why", "counts_to"),
    [
        pytest.param([("customer", 1, 2)], {}, True, "", None, id="a listed reason counts"),
        pytest.param([("lunch", 1, 2)], {}, False, "not_listed", None, id="an unlisted reason does not"),
        pytest.param([("parts", 1, 2.5)], {}, True, "cap_used_up", 2, id="a pause counts until its cap is used up"),
        pytest.param([("parts", 1, 1.5)], {}, True, "", None, id="a pause within its cap counts"),
        pytest.param([("customer", 9, 23)], {"stop": 25, "office": True, "hours": 20}, False, "outside_open_time", None, id="a pause over night"),
        pytest.param([("customer", 5, 6)], {"stop": 7}, False, "after_breach", None, id="a pause after the breach"),
        pytest.param([("customer", 1, None)], {}, True, "", None, id="a pause that lasts until the stop"),
    ],
)
def test_a_pause_with_its_reason(
    pauses: list[tuple[str, float, float | None]], options: dict[str, float], counts: bool, why: str, counts_to: float | None
) -> None:
    (pause,) = pauses_of(*pauses, **options)  # type: ignore[arg-type]
    assert (pause.counts, pause.why, hours_of(pause)[1]) == (counts, why, counts_to)


def test_a_cap_is_used_up_over_several_pauses() -> None:
    first, second, third = pauses_of(("parts", 0.5, 1), ("parts", 1.5, 2.25), ("parts", 2.5, 2.75))
    assert (first.counts, first.why) == (True, "")
    assert (second.counts, second.why, hours_of(second)[1]) == (True, "cap_used_up", 2)
    assert (third.counts, third.why) == (False, "cap_used_up")


def test_pauses_before_the_start_and_after_the_end_are_not_listed() -> None:
    assert [hours_of(pause)[0] for pause in pauses_of(("customer", 1, 2), ("customer", 4, 5))] == [1]


@pytest.mark.parametrize(
    ("holes", "left"),
    [
        pytest.param([], [(0, 10), (20, 30)], id="nothing to take out"),
        pytest.param([(2, 4)], [(0, 2), (4, 10), (20, 30)], id="a hole inside"),
        pytest.param([(5, 25)], [(0, 5), (25, 30)], id="a hole over a gap"),
        pytest.param([(2, 6), (4, 8)], [(0, 2), (8, 10), (20, 30)], id="overlapping holes count once"),
        pytest.param([(22, None)], [(0, 10), (20, 22)], id="a hole that lasts"),
        pytest.param([(0, 10)], [(20, 30)], id="a whole stretch"),
    ],
)
def test_stretches_without_holes(holes: list[tuple[int, int | None]], left: list[tuple[int, int]]) -> None:
    assert without([(0, 10), (20, 30)], holes, 30) == left
