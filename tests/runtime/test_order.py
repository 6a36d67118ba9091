"""Fences as barriers: the order of application depends on the logs alone (design §4)."""

from hypothesis import given, settings
from hypothesis import strategies as st

from agents.runtime.counters import ProcessorCounters
from agents.runtime.inbox import Inbox
from agents.runtime.order import Arrival, Fences, Judge, Order, Step, Suspect
from agents.runtime.positions import Positions
from agents.runtime.settings import RuntimeSettings
from agents.runtime.slices import Slice
from agents.runtime.ticks import TickGate, encode_tick
from monitor.policy.book import Policies
from schemas.ticks import Tick
from tests.runtime.raws import piece, raw

SETTINGS = RuntimeSettings(clock="external")


def fences(positions: Positions | None = None) -> tuple[Fences, Inbox, Positions]:
    positions = positions or Positions({})
    inbox = Inbox(("a", "b", "ticks"), 10**9)
    for topic in inbox.queues:
        inbox[topic].begin_at(0)
    gate = TickGate("ticks", SETTINGS, ProcessorCounters(), Policies())
    return Fences(("a", "b"), inbox, positions, gate), inbox, positions


def ticks(*times_and_fences: tuple[int, int, int], start: int = 0) -> Slice:
    made = Slice(
        raw(start + number, encode_tick(Tick(t, t, {"a": a, "b": b}, "")), topic="ticks", timestamp=t // 1000)
        for number, (t, a, b) in enumerate(times_and_fences)
    )
    made.start, made.next = start, start + len(made)
    return made


def drain(order: Order, limit: int = 3) -> list[tuple[str, int]]:
    done: list[tuple[str, int]] = []
    while (step := order.take(limit, None)) is not None:
        done.extend((step.topic, record.offset) for record in step.raws)
    return done


def test_nothing_is_applied_without_a_tick() -> None:
    order, inbox, _ = fences()
    inbox["a"].accept(piece(0, 5))
    assert order.take(100, None) is None


def test_the_second_topic_waits_until_the_first_has_reached_the_fence() -> None:
    order, inbox, _ = fences()
    inbox["ticks"].accept(ticks((1000, 2, 2)))
    inbox["b"].accept(piece(0, 2))
    inbox["a"].accept(piece(0, 1))
    assert drain(order) == [("a", 0)]
    inbox["a"].accept(piece(1, 5))
    assert drain(order) == [("a", 1), ("b", 0), ("b", 1), ("ticks", 0)]


def test_markers_behind_the_last_record_reach_the_fence_too() -> None:
    order, inbox, positions = fences()
    inbox["ticks"].accept(ticks((1000, 4, 0)))
    inbox["a"].accept(piece(0, 4, 0, 1))
    assert drain(order) == [("a", 0), ("a", 1), ("ticks", 0)]
    assert positions.next["a"] == 4


def test_a_tick_that_goes_back_is_skipped_with_its_fence() -> None:
    order, inbox, positions = fences(Positions({}, judged_at=1500))
    inbox["ticks"].accept(ticks((1000, 9, 9), (2000, 1, 0)))
    inbox["a"].accept(piece(0, 1))
    assert drain(order) == [("a", 0), ("ticks", 1)]
    assert positions.next == {"a": 1, "ticks": 2}


@given(st.lists(st.integers(1, 7), min_size=1, max_size=12), st.lists(st.integers(1, 7), min_size=1, max_size=12), st.integers(1, 5))
@settings(max_examples=60, deadline=None)
def test_slices_may_interleave_in_any_way_without_changing_the_order(cut_a: list[int], cut_b: list[int], limit: int) -> None:
    plan = ticks((1000, 5, 3), (2000, 9, 12), (3000, 20, 20))

    def run(first: list[int], second: list[int], tick_first: bool, count: int) -> list[tuple[str, int]]:
        order, inbox, _ = fences()
        done: list[tuple[str, int]] = []
        if tick_first:
            inbox["ticks"].accept(plan)
        at = {"a": 0, "b": 0}
        for sizes, topic in ((first, "a"), (second, "b")):
            for size in sizes:
                inbox[topic].accept(piece(at[topic], min(20, at[topic] + size), topic=topic))
                at[topic] = min(20, at[topic] + size)
                done += drain(order, count)
        for topic in ("a", "b"):
            inbox[topic].accept(piece(at[topic], 25, topic=topic))
        inbox["ticks"].accept(plan)
        return done + drain(order, count)

    assert run(cut_a, cut_b, True, limit) == run([25], [25], False, 100)


def test_a_suspect_comes_in_a_run_of_its_own_and_put_back_steps_come_again() -> None:
    order, inbox, _ = fences()
    inbox["ticks"].accept(ticks((1000, 6, 0)))
    inbox["a"].accept(piece(0, 6))
    suspect = Suspect("a", 3)
    steps: list[Step] = []
    while (step := order.take(100, suspect)) is not None:
        steps.append(step)
    assert [[record.offset for record in step.raws] for step in steps] == [[0, 1, 2], [3], [4, 5], [0]]
    assert isinstance(steps[-1], Judge)
    order.put_back(steps)
    assert drain(order, 100) == [("a", offset) for offset in range(6)] + [("ticks", 0)]


def test_without_ticks_whatever_waits_is_applied_in_topic_order() -> None:
    inbox, positions = Inbox(("a", "b"), 10**9), Positions({})
    for topic in ("a", "b"):
        inbox[topic].begin_at(0)
    order = Arrival(("a", "b"), inbox, positions)
    inbox["b"].accept(piece(0, 2))
    inbox["a"].accept(piece(0, 4, 0, 1))
    assert drain(order) == [("a", 0), ("a", 1), ("b", 0), ("b", 1)]
    assert positions.next == {"a": 4, "b": 2}
