"""Bookings are listed as they come and summed up once; what is kept of them says the same (design §6)."""

from hypothesis import given
from hypothesis import strategies as st

from monitor.panes import totals
from monitor.panes.amounts import add, in_order, subtract
from monitor.panes.bookings import COUNT, SUM, TAKEN, VALUE, Booked, listed, summed
from schemas.panes import PaneTotals

NAMES = st.sampled_from(["offered", "answers", "wait"])
BOOKED = st.builds(
    Booked,
    st.lists(NAMES, max_size=20),
    st.lists(st.tuples(st.sampled_from([COUNT, SUM, VALUE, TAKEN]), NAMES, st.integers(-3, 3)), max_size=20),
)
AMOUNTS = st.dictionaries(NAMES, st.integers(-3, 3))


def one_by_one(booked: Booked) -> PaneTotals:
    """The sum, each booking for itself."""
    whole = PaneTotals()
    for name in booked.names:
        totals.merge(whole, PaneTotals({name: 1}))
    for kind, name, amount in booked.amounts:
        part = {COUNT: PaneTotals({name: amount}), SUM: PaneTotals(sums={name: amount})}.get(kind)
        totals.merge(whole, part or PaneTotals(sketches={name: {amount: 1 if kind == VALUE else -1}}))
    return whole


@given(booked=BOOKED)
def test_the_sum_of_a_list_is_that_of_its_bookings_one_by_one(booked: Booked) -> None:
    assert totals.canonical(PaneTotals(*_parts(summed(booked)))) == totals.canonical(one_by_one(booked))


@given(booked=BOOKED)
def test_what_is_listed_anew_from_its_sum_has_the_same_sum_and_as_many_bookings(booked: Booked) -> None:
    anew = Booked()
    listed(summed(booked), len(booked), anew)
    assert len(anew) == len(booked)
    assert _parts(summed(anew)) == _parts(summed(booked))


@given(one=BOOKED, two=BOOKED)
def test_the_sum_of_joined_lists_is_the_sum_of_both(one: Booked, two: Booked) -> None:
    joined, whole = Booked(), PaneTotals()
    for part in (one, two):
        joined.join(part)
        totals.merge(whole, summed(part))
    assert totals.canonical(PaneTotals(*_parts(summed(joined)))) == totals.canonical(whole)


@given(one=AMOUNTS, two=AMOUNTS)
def test_amounts_that_are_added_can_be_taken_away_and_zeros_vanish(one: dict[str, int], two: dict[str, int]) -> None:
    held: dict[str, int] = {}
    add(held, one)
    before = dict(held)
    assert 0 not in held.values()
    add(held, two)
    subtract(held, two)
    assert held == before == dict(in_order(one))
    assert list(in_order(one)) == sorted(before)


def _parts(sums: PaneTotals) -> tuple[dict[str, int], dict[str, int], dict[str, dict[int, int]]]:
    return sums.counts, sums.sums, sums.sketches
