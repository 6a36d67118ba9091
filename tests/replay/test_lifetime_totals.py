"""Totals read from a shard's state alone hold every booking, also those still on their way into panes (design §6)."""

from random import Random

import pytest

from monitor.panes.ledger import PaneLedger
from monitor.panes.where import Where
from monitor.policy.model import Policy, QueuePolicy
from monitor.processing import merge_changes
from monitor.replay.totals import lifetime_totals
from schemas.instants import SECOND, Instant

RULES = Policy(version="test", calendars={}, clocks=(), queues=QueuePolicy())
START: Instant = 1_770_000_000 * SECOND


@pytest.mark.parametrize("seed", range(10))
def test_totals_from_state_are_complete_after_any_drain(seed: int) -> None:
    random = Random(seed)
    states: list[dict[bytes, bytes]] = [{}, {}]
    ledgers = [PaneLedger(partition, RULES, state, 2) for partition, state in enumerate(states)]
    booked = {"PS": 0, "NW": 0}
    for second in range(60):
        for ledger, state in zip(ledgers, states, strict=True):
            queue, amount = random.choice(("PS", "NW")), random.randint(1, 3)
            booked[queue] += amount
            ledger.book(Where(queue, "hotline"), START + second * SECOND, "offered", amount)
            if random.random() < 0.5:
                ledger.emit(START + second * SECOND)
            merge_changes(state, ledger.changes())
        found = lifetime_totals(states, RULES)
        assert {queue: found[f"queue:{queue}"].counts["offered"] for queue in booked if booked[queue]} == {q: n for q, n in booked.items() if n}
        assert found["all"].counts["offered"] == sum(booked.values())
