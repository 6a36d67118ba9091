"""Erlang formulas against textbook cases, each other and a plain simulation."""

import heapq
import random

import pytest

from monitor.sources.traffic.erlang import erlang_a, erlang_b, erlang_c, erlang_c_within, staff_for

RATE, SERVICE = 100 / 1800, 180.0


def test_erlang_c_of_the_textbook_call_centre() -> None:
    """100 calls in half an hour of 180 s each, 14 agents: 17.4 % wait, 88.8 % are answered within 20 s."""
    assert erlang_c(RATE * SERVICE, 14) == pytest.approx(0.1741, abs=0.0001)
    assert erlang_c_within(RATE, SERVICE, 14, 20) == pytest.approx(0.888, abs=0.0005)


def test_erlang_b_of_ten_erlangs_on_ten_lines() -> None:
    assert erlang_b(10, 10) == pytest.approx(0.2146, abs=0.0001)


def test_overload_without_patience_serves_nobody_in_time() -> None:
    assert (erlang_c(14, 14), erlang_c_within(14 / 180, 180, 14, 20)) == (1.0, 0.0)


@pytest.mark.parametrize("staff", [11, 12, 14, 20])
def test_erlang_a_with_endless_patience_is_erlang_c(staff: int) -> None:
    patient = erlang_a(RATE, SERVICE, 1e8, staff, 20)
    assert patient.waiting_ratio == pytest.approx(erlang_c(RATE * SERVICE, staff), abs=1e-4)
    assert patient.answered_within_ratio == pytest.approx(erlang_c_within(RATE, SERVICE, staff, 20), abs=1e-4)


@pytest.mark.parametrize(("staff", "patience"), [(8, 60.0), (10, 120.0), (12, 60.0), (3, 30.0), (500, 90.0)])
def test_erlang_a_against_a_plain_simulation(staff: int, patience: float) -> None:
    rng, rate = random.Random(staff), RATE if staff < 100 else 2.8
    free = [0.0] * staff
    now = waited = 0.0
    abandoned = within = 0
    calls = 40_000
    for _ in range(calls):
        now += rng.expovariate(rate)
        wait, bears = max(0.0, free[0] - now), rng.expovariate(1 / patience)
        waited += min(wait, bears)
        if wait > bears:
            abandoned += 1
            continue
        heapq.heapreplace(free, max(free[0], now) + rng.expovariate(1 / SERVICE))
        within += wait <= 20
    expected = erlang_a(rate, SERVICE, patience, staff, 20)
    assert abandoned / calls == pytest.approx(expected.abandoned_ratio, abs=0.01)
    assert within / calls == pytest.approx(expected.answered_within_ratio, abs=0.015)
    assert waited / calls == pytest.approx(expected.mean_wait_seconds, rel=0.08, abs=0.3)


def test_staff_is_the_fewest_that_keep_the_promise() -> None:
    staff = staff_for(RATE, SERVICE, 120, 20, 0.8)
    assert erlang_a(RATE, SERVICE, 120, staff, 20).answered_within_ratio >= 0.8
    assert erlang_a(RATE, SERVICE, 120, staff - 1, 20).answered_within_ratio < 0.8
    assert staff_for(0, SERVICE, 120, 20, 0.8) == 0
