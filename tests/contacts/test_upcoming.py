"""What breaches next: found in the heap of deadlines, read without changing anything."""

import pytest

from monitor.contacts.telling.upcoming import DueQuery
from monitor.policy.model import PauseRule
from schemas.due import DueClock
from schemas.instants import HOUR, MINUTE
from tests.contacts.driving import Shard, at, clock, event, policy, rule

LISTED = PauseRule(frozenset({"parts"}), {"parts": 10 * MINUTE})
PROMISES = policy(
    clock("feedback", "workorder.created", "workorder.first_feedback", [rule(1800, "priority=high"), rule(7200)], levels=(50, 100)),
    clock("settled", "workorder.created", "workorder.resolved", [rule(3600, "dept=network|billing"), rule(None)], pause=LISTED),
)


def shard() -> Shard:
    """Three orders at T0, judged ten minutes later."""
    made = Shard(PROMISES)
    made.send(event("workorder.created", 0, "urgent", priority="high", queue="faults", vip_tier="vip"))
    made.send(event("workorder.created", 0, "plain", priority="normal", queue="bills"))
    made.send(event("workorder.created", 60, "held", priority="normal", dept="network", queue="faults"))
    return made.tick(600)


def due(of: Shard, within_us: int = 30 * MINUTE, **asked: str) -> list[DueClock]:
    query = DueQuery(within_us=within_us, **asked)  # type: ignore[arg-type]
    found = [clock for clocks in of.processor.due(query) for clock in clocks]
    return sorted(found, key=lambda each: (each.deadline, each.contact, each.clock))


def names(found: list[DueClock]) -> list[str]:
    return [f"{each.contact} {each.clock}" for each in found]


def test_clocks_within_the_span_are_found_and_no_others() -> None:
    assert names(due(shard())) == ["urgent feedback"]
    assert names(due(shard(), HOUR)) == ["urgent feedback", "held settled"]
    assert names(due(shard(), 3 * HOUR)) == ["urgent feedback", "held settled", "plain feedback", "held feedback"]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        pytest.param({"clock": "feedback"}, ["urgent feedback", "plain feedback", "held feedback"], id="one clock"),
        pytest.param({"queue": "faults"}, ["urgent feedback", "held settled", "held feedback"], id="one queue"),
        pytest.param({"dept": "network"}, ["held settled", "held feedback"], id="one department"),
        pytest.param({"tier": "vip"}, ["urgent feedback"], id="one tier"),
        pytest.param({"family": "call"}, [], id="another family"),
        pytest.param({"family": "workorder", "dept": "billing"}, [], id="nobody"),
    ],
)
def test_the_question_narrows_what_is_found(asked: dict[str, str], found: list[str]) -> None:
    assert names(due(shard(), 3 * HOUR, **asked)) == found


def test_the_answer_says_how_much_time_is_left_and_who_holds_it() -> None:
    (_, held) = due(shard(), HOUR)
    assert (held.remaining_seconds, held.remaining_counted_seconds, held.target_seconds) == (3060, 3060, 3600)
    assert (held.dept, held.queue, held.priority, held.severity, held.rule) == (
        "network",
        "faults",
        "normal",
        "critical",
        "rules[dept=network|billing]",
    )
    assert (held.started_at, held.deadline) == ("2026-03-02T09:01:00Z", "2026-03-02T10:01:00Z")


def test_a_paused_clock_whose_cap_ends_the_pause_is_due_and_says_so() -> None:
    made = shard().send(event("workorder.paused", 660, "held", reason="parts")).tick(720)
    (held,) = due(made, 2 * HOUR, clock="settled")
    assert (held.paused_since, held.paused_reason, held.deadline) == ("2026-03-02T09:11:00Z", "parts", "2026-03-02T10:11:00Z")
    assert (held.remaining_seconds, held.remaining_counted_seconds) == (3540, 3000)


def test_breached_and_stopped_clocks_are_not_coming() -> None:
    made = shard().send(event("workorder.resolved", 700, "held")).tick(1801)
    assert names(due(made, HOUR)) == []


def test_a_shard_that_starts_again_answers_the_same() -> None:
    made = shard()
    before = due(made, 3 * HOUR)
    again = made.restart().tick(600)
    assert due(again, 3 * HOUR) == before
    assert again.processor.judged_at == at(600)


def test_asking_changes_nothing() -> None:
    made = shard().drain()
    kept, young = dict(made.state), dict(made.processor._shelf._young)
    due(made, 3 * HOUR)
    assert made.processor.explain("workorder", "held") is not None
    assert made.processor.explain("workorder", "nobody") is None
    assert made.processor._shelf._young == young
    effects = made.processor.drain()
    assert not effects.changes
    assert made.state == kept


def test_the_heap_may_change_while_it_is_walked() -> None:
    made = shard()
    walk = made.processor.due(DueQuery(within_us=3 * HOUR))
    first = next(walk)
    made.send(event("workorder.created", 601, "later", priority="high")).tick(900)
    found = [clock for clocks in (first, *walk) for clock in clocks]
    assert {each.contact for each in found} == {"urgent", "plain", "held"}
