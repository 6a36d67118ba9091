"""A policy version for open contacts that moves a deadline later when little is left of it is counted (P14)."""

import pytest

from monitor.policy.model import PauseRule
from tests.contacts.driving import event
from tests.contacts.test_versions import created, judged, version, versioned

RELAXED = [
    pytest.param(60, 120, 44, 0, id="with more than a quarter left"),
    pytest.param(60, 120, 45, 1, id="with a quarter left"),
    pytest.param(60, 50, 46, 0, id="moved earlier"),
    pytest.param(60, 60, 50, 0, id="not moved at all"),
    pytest.param(60, 120, 61, 0, id="breached before: it stays so"),
]


@pytest.mark.parametrize(("old", "new", "switch", "counted"), RELAXED)
def test_a_version_that_moves_a_deadline_later_at_the_last_moment_is_counted(old: float, new: float, switch: float, counted: int) -> None:
    """P14: a target relaxed for open orders just before it is missed shows, by whatever it was relaxed."""
    shard = versioned(version("v1", old), version("v2", new, opens=True))
    shard.under("v1", 1, created(0)).under("v2", switch).restart().under("v2", 200)
    assert shard.totals().get("clock.fix.relaxed", 0) == counted


def test_pauses_that_a_version_adds_move_a_deadline_later_too() -> None:
    """P14: each version is asked with its own pauses."""
    listens = version("v2", 60, opens=True, pause=PauseRule(frozenset({"waiting_customer"})))
    shard = versioned(version("v1", 60), listens)
    shard.under("v1", 1, created(0)).under("v1", 21, event("workorder.paused", 10, reason="waiting_customer"))
    shard.under("v1", 41, event("workorder.resumed", 40)).under("v2", 50).under("v2", 200)
    assert (judged(shard)["c1"], shard.totals()["clock.fix.relaxed"]) == (("breached", "deadline_passed", "v2"), 1)
