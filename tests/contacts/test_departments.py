"""Clocks kept per department or node book for the one they belong to, and under names that the policy bounds (P15, R57, R83)."""

import pytest

from monitor.contacts.plan import ClockPlan
from monitor.policy.model import QueuePolicy
from tests.contacts.driving import Shard, clock, event, policy, rule

NODE = clock("node", "workorder.assigned", "contact.settled", [rule(3600, "dept=network"), rule(7200)], per="dept")


def by_dept(shard: Shard) -> dict[str, dict[str, int]]:
    """What each department's facet counts of the clock."""
    shard.drain()
    found = {}
    for scope, dimensions, totals in shard.processor._emission.ledger.lifetime():
        if scope == "all" and dimensions.startswith("dept="):
            found[dimensions.removeprefix("dept=")] = {n: c for n, c in sorted(totals.counts.items()) if n.startswith("clock.node.") and c}
    return found


def test_a_hand_over_counts_for_the_department_that_hands_over() -> None:
    shard = Shard(policy(NODE, queues=QueuePolicy(facets=("dept",))))
    shard.send(event("workorder.created", 0), event("workorder.assigned", 60, dept="network"), event("workorder.assigned", 600, dept="billing"))
    shard.send(event("workorder.resolved", 900)).tick(1000)
    once = {"clock.node.met": 1, "clock.node.stopped": 1}
    assert by_dept(shard) == {"network": once, "billing": once}


def test_a_breach_counts_for_the_department_that_held_it_and_a_retraction_moves_it() -> None:
    shard = Shard(policy(NODE, queues=QueuePolicy(facets=("dept",))))
    shard.send(event("workorder.created", 0), event("workorder.assigned", 60, dept="network")).tick(4000)
    assert by_dept(shard)["network"] == {"clock.node.breached": 1}
    shard.send(event("workorder.assigned", 600, dept="billing"), t=4000).tick(4001)
    assert by_dept(shard)["network"] == {"clock.node.met": 1, "clock.node.stopped": 1}


@pytest.mark.parametrize(
    ("value", "counters"),
    [
        pytest.param("network", ["clock.node.met", "clock.node:network.met"], id="a department that a rule names has counters of its own"),
        pytest.param("d4711", ["clock.node.met", "clock.node:other.met"], id="any other is booked as other: events cannot make counters"),
    ],
)
def test_counters_are_bounded_by_the_policy(value: str, counters: list[str]) -> None:
    assert [names.met for names in ClockPlan(NODE, policy(NODE)).names_for(value)] == counters


def test_a_department_that_nobody_knows_starts_nothing() -> None:
    shard = Shard(policy(NODE)).send(event("workorder.created", 0), event("workorder.assigned", 60)).tick(9000)
    assert shard.verdicts() == []
