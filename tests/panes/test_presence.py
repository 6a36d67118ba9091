"""Who waits now is sent when it shows something new, also across a crash (R75, V8, P22)."""

from collections.abc import Iterable
from random import Random

import msgspec
import pytest

from monitor.panes.presence import PresenceBook
from monitor.panes.where import Where
from monitor.policy.model import Policy, QueuePolicy, QueueRules
from monitor.processing import Output, merge_changes
from schemas.instants import SECOND, Instant
from schemas.panes import Presence

RULES = Policy(
    version="test",
    calendars={},
    clocks=(),
    queues=QueuePolicy(
        default=QueueRules(answer_within_seconds=(20, 30)), named={"VIP": QueueRules(answer_within_seconds=(10,))}, scopes=("queue", "all")
    ),
)
START: Instant = 1_770_000_000 * SECOND
PS, VIP = Where("PS", "hotline"), Where("VIP", "hotline")


def at(second: float) -> Instant:
    return START + round(second * SECOND)


def shown(outputs: Iterable[Output]) -> dict[str, tuple[int, float | None, dict[int, int]]]:
    records = [msgspec.json.decode(out.value or b"", type=Presence) for out in outputs]
    return {each.scope: (each.waiting, None if each.oldest_at is None else (each.oldest_at - START) / SECOND, each.beyond) for each in records}


def book(state: dict[bytes, bytes] | None = None) -> PresenceBook:
    return PresenceBook(0, RULES, {} if state is None else state, 4)


def test_a_scope_is_sent_when_somebody_enters_leaves_or_passes_a_threshold_and_not_otherwise() -> None:
    presence = book()
    presence.enter(PS, "a", at(0))
    assert shown(presence.emit(at(1))) == {"all": (1, 0, {20: 0, 30: 0}), "queue:PS": (1, 0, {20: 0, 30: 0})}
    assert shown(presence.emit(at(2))) == {}
    presence.enter(VIP, "b", at(2))
    assert shown(presence.emit(at(3))) == {"all": (2, 0, {10: 0, 20: 0, 30: 0}), "queue:VIP": (1, 2, {10: 0})}
    assert shown(presence.emit(at(20))) == {"all": (2, 0, {10: 1, 20: 0, 30: 0}), "queue:VIP": (1, 2, {10: 1})}
    assert shown(presence.emit(at(21)))["queue:PS"] == (1, 0, {20: 1, 30: 0})
    presence.leave(PS, "a")
    assert shown(presence.emit(at(22))) == {"all": (1, 2, {10: 1}), "queue:PS": (0, None, {})}


def test_waiting_exactly_y_is_within_and_the_instant_after_is_beyond() -> None:
    presence = book()
    presence.enter(PS, "a", at(0))
    assert shown(presence.emit(at(20)))["queue:PS"][2] == {20: 0, 30: 0}
    presence = book()
    presence.enter(PS, "a", at(0) - 1)
    assert shown(presence.emit(at(20)))["queue:PS"][2] == {20: 1, 30: 0}


def test_entering_and_leaving_between_two_emissions_shows_nothing() -> None:
    presence = book()
    presence.enter(PS, "a", at(0))
    presence.leave(PS, "a")
    presence.leave(PS, "never came")
    assert presence.emit(at(1)) == []


def test_who_leaves_and_comes_back_with_the_same_instant_counts_once() -> None:
    presence = book()
    for _ in range(3):
        presence.enter(PS, "a", at(0))
        presence.leave(PS, "a")
    presence.enter(PS, "a", at(0))
    assert shown(presence.emit(at(25)))["queue:PS"] == (1, 0, {20: 1, 30: 0})
    presence.enter(PS, "a", at(10))
    assert shown(presence.emit(at(26)))["queue:PS"] == (1, 10, {20: 0, 30: 0})


@pytest.mark.parametrize("seed", range(20))
def test_a_crash_at_any_point_sends_the_same(seed: int) -> None:
    """The contacts shard enters everybody again; what was changed and not sent yet is sent once, by whoever comes next."""
    calm, crashing = _walk(Random(seed), crashes=False), _walk(Random(seed), crashes=True)
    assert calm == crashing
    assert len(calm) > 50


def _walk(random: Random, *, crashes: bool) -> list[Output]:
    state: dict[bytes, bytes] = {}
    presence, waiting, outputs = book(state), dict[str, tuple[Where, Instant]](), list[Output]()
    for second in range(150):
        if random.random() < 0.4:
            waiting[f"c{second}"] = (random.choice((PS, VIP)), at(second - random.randrange(40)))
            where, queued_at = waiting[f"c{second}"]
            presence.enter(where, f"c{second}", queued_at)
        if waiting and random.random() < 0.4:
            contact = random.choice(sorted(waiting))
            presence.leave(waiting.pop(contact)[0], contact)
        if random.random() < 0.7:
            outputs += presence.emit(at(second))
        crash = random.random() < 0.3
        if crash and crashes:
            merge_changes(state, presence.changes())
            presence = book(state)
            for contact, (where, queued_at) in waiting.items():
                presence.enter(where, contact, queued_at)
    assert presence.waiting() == len(waiting)
    return outputs


def test_a_ghost_that_waits_for_hours_keeps_no_trace_of_the_thousands_who_left() -> None:
    presence = book()
    presence.enter(PS, "ghost", at(0))
    for number in range(1000):
        presence.enter(PS, f"c{number}", at(number))
        presence.leave(PS, f"c{number}")
    (place,) = presence._places.values()
    assert len(place.oldest) < 100
    assert shown(presence.emit(at(1000)))["queue:PS"] == (1, 0, {20: 1, 30: 1})


def test_the_longest_wait_moves_on_when_the_oldest_leaves() -> None:
    presence = book()
    for name, second in (("a", 0), ("b", 1), ("c", 2)):
        presence.enter(PS, name, at(second))
    presence.enter(PS, "c", at(2))
    presence.leave(PS, "a")
    assert shown(presence.emit(at(3)))["queue:PS"] == (2, 1, {20: 0, 30: 0})
    presence.emit(at(40))
    presence.enter(PS, "late", at(5))
    presence.leave(PS, "b")
    assert shown(presence.emit(at(41)))["queue:PS"] == (2, 2, {20: 2, 30: 2})
