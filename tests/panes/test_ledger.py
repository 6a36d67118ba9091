"""Bookings become absolute totals of every scope and resolution, the same however often the shard drains or dies (design §6)."""

from collections.abc import Iterable
from random import Random

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.panes import ledger as ledger_module
from monitor.panes import sketch, totals
from monitor.panes.booked import CHUNK, JOURNAL
from monitor.panes.ledger import PaneLedger
from monitor.panes.where import Where
from monitor.policy.model import Policy, QueuePolicy
from monitor.processing import Output, merge_changes
from schemas.instants import DAY, HOUR, MINUTE, SECOND, Instant
from schemas.panes import PaneRecord, PaneTotals
from schemas.partition import partition_of

RULES = Policy(version="test", time_zone="Asia/Shanghai", calendars={}, clocks=(), queues=QueuePolicy(dimensions=("vip_tier",)))
START: Instant = 1_770_000_000 * SECOND
PLACES = (Where("PS", "hotline", "Lhasa"), Where("PS", "hotline", None, "vip_tier=vip"), Where(None, "app"), Where("a|b%", "hotline"))

Step = tuple[str, int, int, int]
STEPS = st.lists(
    st.tuples(st.sampled_from(["book", "add", "observe", "drain", "emit"]), st.integers(0, 3), st.integers(0, 20_000), st.integers(-2, 5)),
    max_size=60,
)


def decode(outputs: Iterable[Output]) -> list[PaneRecord]:
    return [msgspec.json.decode(out.value or b"", type=PaneRecord) for out in outputs]


def commit(ledger: PaneLedger, state: dict[bytes, bytes]) -> None:
    merge_changes(state, ledger.changes())


def play(steps: list[Step], *, drains: bool, crashes: bool) -> tuple[list[Output], list[tuple[str, str, PaneTotals]]]:
    """Play bookings and emissions; T moves 7 s an emission. A crash after every drain when asked for."""
    state: dict[bytes, bytes] = {}
    ledger, outputs, t = PaneLedger(1, RULES, state, 4), list[Output](), START + 20_000 * SECOND
    for kind, place, second, amount in steps:
        where, at = PLACES[place], START + second * SECOND
        if kind == "book":
            ledger.book(where, at, "offered", amount)
        elif kind == "add":
            ledger.add(where, at, "answer_wait_us", amount * SECOND)
        elif kind == "observe":
            ledger.observe(where, at, "wait", max(amount, 0) * SECOND)
        elif kind == "emit":
            t += 7 * SECOND
            outputs += ledger.emit(t)
        elif drains:
            commit(ledger, state)
            ledger = PaneLedger(1, RULES, state, 4) if crashes else ledger
    outputs += ledger.emit(t + 2 * HOUR)
    return outputs, [(scope, dims, totals.canonical(each)) for scope, dims, each in ledger.lifetime()]


@settings(max_examples=60, deadline=None)
@given(steps=STEPS)
def test_drains_and_crashes_change_nothing_that_is_sent(steps: list[Step]) -> None:
    calm = play(steps, drains=False, crashes=False)
    assert play(steps, drains=True, crashes=False) == calm
    assert play(steps, drains=True, crashes=True) == calm


@settings(max_examples=30, deadline=None)
@given(steps=STEPS)
def test_rolling_up_early_for_want_of_memory_changes_nothing_that_is_sent(steps: list[Step]) -> None:
    calm = play(steps, drains=False, crashes=False)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ledger_module, "BOOKED", 2)
        patch.setattr(ledger_module, "CACHED", 2)
        assert play(steps, drains=True, crashes=False) == calm
        assert play(steps, drains=True, crashes=True) == calm


def test_bookings_between_two_emissions_lie_in_the_state_in_small_values_until_they_are_panes() -> None:
    state: dict[bytes, bytes] = {}
    ledger = PaneLedger(0, RULES, state, 4)
    for number in range(3 * CHUNK):
        ledger.book(Where(f"q{number}"), START, "offered")
    commit(ledger, state)
    assert len(state) == 3
    ledger.emit(START + SECOND)
    commit(ledger, state)
    assert not [key for key in state if key.startswith(JOURNAL)]
    assert len([key for key in state if b"|10s|" in key]) == 3 * CHUNK + 1


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_the_merge_of_panes_of_any_resolution_equals_the_whole(seed: int) -> None:
    random = Random(seed)
    ledger, whole, day = PaneLedger(0, RULES, {}, 4), PaneTotals({}, {}, {"wait": {}}), START - START % DAY
    for _ in range(60):
        at, wait_us = day + random.randrange(5 * HOUR), random.randrange(300 * SECOND)
        ledger.book(PLACES[0], at, "offered")
        ledger.add(PLACES[0], at, "answer_wait_us", wait_us)
        ledger.observe(PLACES[0], at, "wait", wait_us)
        whole.counts["offered"] = whole.counts.get("offered", 0) + 1
        whole.sums["answer_wait_us"] = whole.sums.get("answer_wait_us", 0) + wait_us
        sketch.observe(whole.sketches["wait"], wait_us)
    sent = [record for record in decode(ledger.emit(day + 5 * HOUR)) if record.scope == "queue:PS"]
    for resolution in ("10s", "5m", "1h", "1d"):
        parts = [record.totals for record in sent if record.resolution == resolution]
        assert len(parts) > (resolution != "1d")
        assert totals.canonical(totals.merged(parts)) == totals.canonical(whole)
    assert {scope: totals.canonical(each) for scope, _, each in ledger.lifetime()}["queue:PS"] == totals.canonical(whole)


def test_each_scope_gets_its_total_and_its_dimensions() -> None:
    ledger = PaneLedger(2, RULES, {}, 4)
    ledger.book(Where("PS", "hotline", None, "vip_tier=vip"), START, "offered")
    sent = ledger.emit(START + SECOND)
    fine = [out for out, record in zip(sent, decode(sent), strict=True) if record.resolution == "10s"]
    assert [out.key for out in fine] == [
        b"all||10s|1770000000|contacts|2",
        b"all|vip_tier=vip|10s|1770000000|contacts|2",
        b"channel:hotline||10s|1770000000|contacts|2",
        b"channel:hotline|vip_tier=vip|10s|1770000000|contacts|2",
        b"queue:PS||10s|1770000000|contacts|2",
        b"queue:PS|vip_tier=vip|10s|1770000000|contacts|2",
    ]
    assert [out.partition for out in fine] == [partition_of(scope, 4) for scope in (b"all",) * 2 + (b"channel:hotline",) * 2 + (b"queue:PS",) * 2]


def test_a_coarse_pane_is_sent_when_t_enters_a_new_slot_of_the_next_finer_one() -> None:
    ledger, sent = PaneLedger(0, RULES, {}, 4), []
    for second in range(0, 4000, 2):
        ledger.book(PLACES[2], START + second * SECOND, "offered")
        sent += [(record.resolution, record.t) for record in decode(ledger.emit(START + second * SECOND)) if record.scope == "all"]
    assert sum(resolution == "10s" for resolution, _ in sent) == 2000
    assert len({t for resolution, t in sent if resolution == "5m"}) == 400
    assert len({t for resolution, t in sent if resolution == "1h"}) in (14, 15)
    assert {t % (5 * MINUTE) for resolution, t in sent if resolution == "1h" and t != START} == {0}
    assert [t % HOUR for resolution, t in sent if resolution == "1d"][1:] == [0]


def test_a_pane_taken_back_to_nothing_is_sent_empty_once_and_leaves_the_state() -> None:
    state: dict[bytes, bytes] = {}
    ledger = PaneLedger(0, RULES, state, 4)
    ledger.book(PLACES[2], START, "offered")
    ledger.emit(START + SECOND)
    commit(ledger, state)
    ledger.book(PLACES[2], START, "offered", -1)
    sent = [record for record in decode(ledger.emit(START + 2 * SECOND)) if record.resolution == "10s"]
    assert [totals.is_empty(record.totals) for record in sent] == [True, True]
    commit(ledger, state)
    assert not [key for key in state if b"|10s|" in key]
    assert not [record for record in decode(ledger.emit(START + 3 * SECOND)) if record.resolution == "10s"]


def test_a_closed_resolution_changes_no_more_but_coarser_ones_and_the_lifetime_do_and_it_is_counted() -> None:
    state: dict[bytes, bytes] = {}
    ledger = PaneLedger(0, RULES, state, 4)
    ledger.book(PLACES[2], START, "offered")
    ledger.emit(START + 10 * SECOND + 6 * HOUR - SECOND)
    commit(ledger, state)
    assert [key for key in state if b"|10s|" in key]
    ledger.emit(START + 10 * SECOND + 6 * HOUR)
    commit(ledger, state)
    assert not [key for key in state if b"|10s|" in key]
    ledger.book(PLACES[2], START, "answered")
    ledger.book(PLACES[2], START, "answers")
    sent = decode(ledger.emit(START + 7 * HOUR))
    assert {record.resolution for record in sent} == {"5m", "1h", "1d"}
    assert {scope: each.counts for scope, _, each in ledger.lifetime()}["all"] == {"offered": 1, "answered": 1, "answers": 1, "missed.10s": 2}


def test_everything_but_the_lifetime_total_is_forgotten_at_its_age() -> None:
    state: dict[bytes, bytes] = {}
    ledger = PaneLedger(0, RULES, state, 4)
    ledger.book(PLACES[2], START, "offered")
    for days, left in ((1, ["1d", "1h", "5m"]), (3, ["1d", "1h"]), (36, ["1d"]), (402, [])):
        ledger.emit(START + days * DAY)
        commit(ledger, state)
        kept = {key.decode().split("|")[3] for key in state if key.startswith(b"p|") and key != b"p|sent"}
        assert sorted(kept - {"all"}) == left
        assert "all" in kept


def test_t_never_goes_back() -> None:
    ledger = PaneLedger(0, RULES, {}, 4)
    ledger.emit(START)
    with pytest.raises(ValueError, match="goes back"):
        ledger.emit(START)


def test_decoded_panes_are_let_go_after_a_drain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger_module, "CACHED", 2)
    state: dict[bytes, bytes] = {}
    ledger = PaneLedger(0, RULES, state, 4)
    for _ in range(2):
        ledger.book(PLACES[0], START, "offered")
        commit(ledger, state)
    counts = {(record.scope, record.resolution): record.totals.counts for record in decode(ledger.emit(START + SECOND))}
    assert counts["queue:PS", "10s"] == {"offered": 2}
