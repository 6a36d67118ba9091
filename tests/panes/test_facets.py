"""Everything of one facet value together is a series of ``all``; open sets of values are bounded, for good (R50, R54, R55)."""

from random import Random

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.panes import facets as facets_module
from monitor.panes import totals
from monitor.panes.facets import MOST, FacetValues
from monitor.panes.ledger import PaneLedger
from monitor.panes.presence import PresenceBook
from monitor.panes.where import Where, facet_parts, facet_text
from monitor.policy.model import Policy, QueuePolicy, Scope
from monitor.processing import merge_changes
from schemas.instants import HOUR, SECOND, Instant
from schemas.panes import PaneRecord, PaneTotals

RULES = Policy(version="test", calendars={}, clocks=(), queues=QueuePolicy(facets=("dept", "vip_tier"), dimensions=("priority",)))
START: Instant = 1_770_000_000 * SECOND


def place(dept: str, tier: str = "vip", queue: str = "PS", dims: str = "priority=high") -> Where:
    return Where(queue, "hotline", "Lhasa", dims, (facet_text("dept", dept), facet_text("vip_tier", tier)))


def commit(ledger: PaneLedger, state: dict[bytes, bytes]) -> PaneLedger:
    merge_changes(state, ledger.changes())
    return PaneLedger(0, RULES, state, 4)


def test_a_place_counts_in_all_by_each_of_its_facets_and_once_where_a_dimension_says_the_same() -> None:
    scopes: tuple[Scope, ...] = ("queue", "all")
    where = Where("PS", None, None, "", ("dept=network", "vip_tier=vip"))
    assert where.series(scopes) == (("queue:PS", ""), ("all", ""), ("all", "dept=network"), ("all", "vip_tier=vip"))
    assert where.series(("queue",)) == (("queue:PS", ""),), "facets live in scope all"
    assert where._replace(dims="vip_tier=vip").series(("all",)) == (("all", ""), ("all", "vip_tier=vip"), ("all", "dept=network"))


@given(value=st.text(max_size=12))
def test_a_value_comes_back_from_its_text(value: str) -> None:
    assert facet_parts(facet_text("dept", value)) == ("dept", value)


def test_totals_and_several_dimensions_are_no_facet() -> None:
    assert facet_parts("") == facet_parts("vip_tier=vip,priority=high") == ("", "")


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10**6), most=st.integers(1, 4))
def test_the_values_of_a_facet_together_are_the_whole_and_crashes_change_nothing(seed: int, most: int) -> None:
    before, facets_module.MOST = facets_module.MOST, most  # type: ignore[misc]  # small enough to be reached
    try:
        random, state = Random(seed), dict[bytes, bytes]()
        steady, crashing = PaneLedger(0, RULES, {}, 4), PaneLedger(0, RULES, state, 4)
        for _ in range(80):
            where = place(
                random.choice("abcdef"), random.choice(("vip", "standard")), random.choice(("PS", "NW")), random.choice(("", "priority=high"))
            )
            at, amount = START + random.randrange(HOUR), random.choice((1, 2, -1))
            for ledger in (steady, crashing):
                ledger.book(where, at, "offered", amount)
                ledger.observe(where, at, "wait", amount * SECOND)
            if random.random() < 0.2:
                crashing = commit(crashing, state)
        sent = steady.emit(START + 2 * HOUR)
        assert crashing.emit(START + 2 * HOUR) == sent
    finally:
        facets_module.MOST = before  # type: ignore[misc]
    panes = [msgspec.json.decode(out.value or b"", type=PaneRecord) for out in sent]
    day = {pane.dimensions: pane.totals for pane in panes if pane.scope == "all" and pane.resolution == "1d"}
    for name in RULES.queues.facets:
        values = [dims for dims in day if facet_parts(dims)[0] == name]
        assert len(values) <= most + 1
        assert totals.canonical(totals.merged(day[dims] for dims in values)) == totals.canonical(day.get("", PaneTotals()))


def test_an_open_set_of_values_has_room_for_two_hundred_and_the_rest_is_other_for_good() -> None:
    state: dict[bytes, bytes] = {}
    values = FacetValues(state)
    for number in range(MOST + 5):
        values.apart(Where(facets=(facet_text("dept", f"d{number}"),)))
    state |= dict(values.changes())
    again = FacetValues(state)
    again.apart(Where(facets=("dept=d203",)))
    for held in (values, again):
        assert held.shown(place("d0")).facets == ("dept=d0", "vip_tier=other")
        assert held.shown(place("d199")).facets[0] == "dept=d199"
        assert held.shown(place("d200")).facets[0] == held.shown(place("d203")).facets[0] == "dept=other"


def test_who_waits_shows_in_the_series_in_which_the_wait_was_booked() -> None:
    ledger = PaneLedger(0, RULES, {}, 4)
    presence = PresenceBook(0, RULES, {}, 4, "contacts", ledger.facets)
    ledger.book(place("network"), START, "offered")
    presence.enter(place("network"), "c1", START)
    shown = {out.key for out in presence.emit(START + SECOND)}
    assert b"all|dept=network|now|contacts|0" in shown
    assert b"all|vip_tier=vip|now|contacts|0" in shown
