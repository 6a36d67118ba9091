"""An objective rests until something that it reads changes or its next instant comes, and nothing is missed by that (P30, P43)."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.policy.model import Burn, Period
from monitor.queues.formulas import Reading
from monitor.queues.hours import Hours
from monitor.queues.judging import Judge
from monitor.queues.looking import Looking, moves_by_itself, next_at
from monitor.queues.objectives import Standing
from monitor.queues.promises import Promise, promises
from monitor.queues.reading import Reader
from schemas.instants import HOUR, MINUTE, SECOND, Instant
from tests.queues.feed import PEAK, START, Shard, interleaved, objective, policy, processor, records, run, traffic

RULES = policy(
    objective("level", for_us=40 * SECOND, hysteresis=0.05),
    objective("opening", calendar=PEAK, for_us=20 * SECOND),
    objective("asa", indicator="asa_seconds", threshold_seconds=None, comparison="<=", target=20.0, scope="all"),
    objective("longest", indicator="longest_wait_seconds", threshold_seconds=None, comparison="<=", target=60.0),
    objective("now", indicator="service_level.V8", comparison=">=", target=0.5, window_us=60 * SECOND, minimum_volume=1, for_us=30 * SECOND),
    objective("silence", indicator="contacts", threshold_seconds=None, scope="all", comparison=">=", target=1.0, window_us=120 * SECOND),
    objective("budget", window_us=24 * HOUR, burns=(Burn(long_us=10 * MINUTE, short_us=MINUTE, rate=1.5, severity="critical"),)),
    objective("surge", indicator="surge.offered", threshold_seconds=None, comparison="<=", target=1.5, window_us=MINUTE, baseline_us=10 * MINUTE),
)


@settings(max_examples=6, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_looking_at_everything_in_every_slot_says_nothing_more(seed: int) -> None:
    """The schedule is compared with a judge that treats every slot as its first."""
    random = Random(seed)
    feed = interleaved(random, [shard.sent for shard in traffic(random, RULES, 2400)])
    rested = run(RULES, feed)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Judge, "_everything", property(lambda _: True, lambda _, __: None), raising=False)
        assert run(RULES, feed) == rested
    assert rested


def test_a_slot_in_which_nothing_happens_reads_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    rules = policy(objective("level"), objective("firing", minimum_volume=1, target=1.0, window_us=6 * HOUR), objective("budget", window_us=HOUR))
    shard, queue = Shard(0, rules), processor(rules, 1)
    shard.call("PS", START, 90.0)
    shard.tick(START + 100 * SECOND)
    shard.tick(START + 600 * SECOND)  # the call has left the window of five minutes
    reads: list[Instant] = []
    read = Reader.read

    def counted(reader: Reader, promise: Promise, series: tuple[str, str], t: Instant) -> Reading:
        reads.append(t)
        return read(reader, promise, series, t)

    monkeypatch.setattr(Reader, "read", counted)
    for at in range(610, 1800, 10):
        shard.tick(START + at * SECOND)
    for record in records(shard.sent):
        queue.apply(record, 0)
    assert {t for t in reads if t > START + 600 * SECOND} <= {START + 610 * SECOND}
    assert reads


@pytest.mark.parametrize(
    ("standing", "expected"),
    [
        pytest.param(Standing(), None, id="what holds waits for nothing"),
        pytest.param(Standing("pending", START), START + 60 * SECOND, id="what is pending fires when its `for` is over"),
        pytest.param(Standing("firing", START), None, id="what fires waits for other numbers"),
        pytest.param(Standing("firing", START, START + SECOND), START + 301 * SECOND, id="what has no evidence ends after a whole window"),
        pytest.param(Standing("pending", START, START + SECOND), START + 301 * SECOND, id="a `for` without evidence waits for the window too"),
    ],
)
def test_the_next_instant_of_a_standing(standing: Standing, expected: Instant | None) -> None:
    (promise,) = promises(policy(objective(for_us=60 * SECOND)))
    looking = Looking()
    looking.plan(promise, ("queue:PS", ""), standing, silent=False)
    assert next_at(promise, standing) == expected
    assert looking.due(START + 3600 * SECOND) == ([] if expected is None else [(promise.name, ("queue:PS", ""))])
    assert not looking.every


def test_a_standing_that_ended_is_not_looked_at_when_its_instant_comes() -> None:
    (promise,) = promises(policy(objective(for_us=60 * SECOND)))
    looking = Looking()
    looking.plan(promise, ("queue:PS", ""), Standing("pending", START), silent=False)
    looking.plan(promise, ("queue:PS", ""), Standing(), silent=False)
    assert looking.due(START + 3600 * SECOND) == []


def test_what_moves_with_time_alone_is_looked_at_in_every_slot_while_it_stands() -> None:
    moving = {each.name for each in promises(RULES) if moves_by_itself(each)}
    assert moving == {"longest", "silence", "surge"}
    longest = next(each for each in promises(RULES) if each.name == "longest")
    looking = Looking()
    looking.plan(longest, ("queue:PS", ""), Standing("firing", START), silent=False)
    assert looking.every == {"longest": {("queue:PS", ""): None}}
    looking.plan(longest, ("queue:PS", ""), Standing(), silent=False)
    assert not looking.every


@settings(max_examples=200, deadline=None)
@given(offsets=st.lists(st.integers(-40 * 60, 5 * 3600), min_size=1, max_size=30))
def test_hours_answer_as_their_calendar_and_periods_do_however_they_are_asked(offsets: list[int]) -> None:
    """An answer is remembered for a quarter of an hour only while nothing opens or closes in it."""
    campaign = Period(name="campaign", from_at=START + 50 * MINUTE, until_at=START + 3 * HOUR + 7 * SECOND)
    noon = Period(name="noon", calendar=PEAK, from_at=START + HOUR, until_at=START + 2 * HOUR)
    hours = Hours(objective(calendar=PEAK, during=(campaign,), outside=(noon,)))
    for offset in offsets:
        at = START + offset * SECOND
        assert hours.is_open(at) == (PEAK.is_open(at) and campaign.covers(at) and not noon.covers(at))
