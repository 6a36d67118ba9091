"""The sketch answers within 1 %, merges exactly, and agrees with ddsketch (ecosystem §6)."""

from math import floor

import pytest
from ddsketch import LogCollapsingLowestDenseDDSketch
from hypothesis import given
from hypothesis import strategies as st

from monitor.panes import sketch

VALUES = st.lists(st.integers(0, 10**10), min_size=1, max_size=120)


def of(values: list[int]) -> dict[int, int]:
    made: dict[int, int] = {}
    for value in values:
        sketch.observe(made, value)
    return made


@given(values=VALUES, ratio=st.sampled_from([0.0, 0.5, 0.9, 0.95, 0.99, 1.0]))
def test_a_quantile_is_within_one_percent_of_the_value_at_floor_q_n(values: list[int], ratio: float) -> None:
    exact = sorted(values)[min(floor(ratio * len(values)), len(values) - 1)]
    assert sketch.quantile(of(values), ratio) == pytest.approx(exact, rel=sketch.ACCURACY + 1e-9)


@given(one=VALUES, two=VALUES)
def test_the_merge_of_two_is_the_sketch_of_the_union_and_can_be_taken_apart(one: list[int], two: list[int]) -> None:
    merged = of(one)
    sketch.merge(merged, of(two))
    assert merged == of(two + one)
    sketch.merge(merged, of(two), -1)
    assert merged == of(one)


@given(values=st.lists(st.integers(1, 10**10), min_size=1, max_size=120), ratio=st.sampled_from([0.5, 0.9, 0.95, 0.99]))
def test_ddsketch_with_the_same_accuracy_gives_the_same_bucket(values: list[int], ratio: float) -> None:
    judge = LogCollapsingLowestDenseDDSketch(relative_accuracy=sketch.ACCURACY, bin_limit=4096)
    for value in values:
        judge.add(value)
    index = min(floor(ratio * len(values)), len(values) - 1)
    theirs = judge.get_quantile_value(index / (len(values) - 1) if len(values) > 1 else 0.0)
    ours = sketch.quantile(of(values), ratio)
    exact = sorted(values)[index]
    assert theirs is not None
    assert ours == pytest.approx(theirs, rel=2 * sketch.ACCURACY + 1e-9)
    assert abs((ours or 0) - exact) <= sketch.ACCURACY * exact * (1 + 1e-6)


def test_zero_and_skewed_durations_share_the_bucket_of_zero() -> None:
    assert of([0, -5]) == {sketch.ZERO: 2}
    assert sketch.quantile(of([0, 1]), 0.0) == 0
    assert sketch.quantile(of([0, 1]), 0.99) == pytest.approx(1, rel=0.01)


def test_an_empty_sketch_has_no_quantile() -> None:
    assert sketch.quantile({}, 0.5) is None
    assert sketch.quantile({3: -1}, 0.5) is None
