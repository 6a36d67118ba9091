"""A running window equals the merge of the panes inside it, whatever arrived and left (P44, P33)."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.panes import totals
from monitor.panes.slots import Slots
from monitor.panes.where import Series
from monitor.queues.windows import Window, resolution_of
from schemas.instants import DAY, HOUR, MINUTE, SECOND, Instant
from schemas.panes import PaneTotals, Resolution

SERIES: tuple[Series, ...] = (("queue:PS", ""), ("all", ""))
START: Instant = 1_770_000_000 * SECOND


class EvenMinutes:
    """A calendar that is open every other minute."""

    name, time_zone = "even", "UTC"

    def is_open(self, at: Instant) -> bool:
        return at // MINUTE % 2 == 0


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10**6), with_calendar=st.booleans(), length=st.sampled_from([30, 300, 1000]))
def test_the_running_total_is_the_merge_of_the_panes_inside(seed: int, with_calendar: bool, length: int) -> None:
    random, panes = Random(seed), dict[tuple[Series, Instant], PaneTotals]()
    calendar = EvenMinutes() if with_calendar else None
    window = Window(length * SECOND, calendar, Slots("UTC"))
    t = START

    def series_in(_: Resolution, slot_at: Instant) -> list[Series]:
        return [series for series, slot in panes if slot == slot_at]

    for _ in range(60):
        for _ in range(random.randrange(4)):
            series, slot_at = random.choice(SERIES), t - t % (10 * SECOND) - random.randrange(60) * 10 * SECOND
            delta = PaneTotals({"offered": random.choice((1, 2, -1))}, {"talk_us": 7}, {"wait": {random.randrange(3): 1}})
            totals.merge(panes.setdefault((series, slot_at), PaneTotals()), delta)
            window.add(series, slot_at, delta)
        t += random.choice((1, 10, 30, 400)) * SECOND
        window.advance(t, series_in, lambda series, _, slot_at: [panes[series, slot_at]])
        for series in SERIES:
            expected = totals.merged(
                pane for (each, at), pane in panes.items() if each == series and at >= window.begins_at and (calendar is None or calendar.is_open(at))
            )
            assert totals.canonical(window.totals.get(series, PaneTotals())) == totals.canonical(expected)


@pytest.mark.parametrize(
    ("length", "resolution"),
    [(300 * SECOND, "10s"), (6 * HOUR, "10s"), (6 * HOUR + 1, "5m"), (DAY, "5m"), (7 * DAY, "1h"), (35 * DAY, "1d"), (399 * DAY, "1d")],
)
def test_a_window_reads_the_finest_panes_that_are_kept_long_enough(length: int, resolution: str) -> None:
    assert resolution_of(length) == resolution


def test_a_window_longer_than_any_pane_is_kept_is_refused() -> None:
    with pytest.raises(ValueError, match="no pane is kept"):
        resolution_of(400 * DAY)


def test_a_window_holds_its_length_in_whole_slots_and_the_running_one() -> None:
    window = Window(300 * SECOND, None, Slots("UTC"))
    window.advance(START + 307 * SECOND, lambda *_: [], lambda *_: [])
    assert window.begins_at == START
