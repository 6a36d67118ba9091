"""A quantile sketch of logarithmic buckets (the idea of DDSketch): order-free, exactly mergeable, subtractable.

A value falls into the bucket ``ceil(log_gamma(value))``; a bucket answers with the value that is within 1 % of everything in
it. Buckets add, so the merge of panes is the sketch of all their values, and a pane can leave a window again.
"""

from collections.abc import Mapping, MutableMapping
from math import ceil, log
from typing import Final

from monitor.panes.amounts import add, subtract

ACCURACY: Final = 0.01
ZERO: Final = -1
"""The bucket of zero and below (a skewed clock counts as zero, P37); one microsecond is bucket 0."""

_GAMMA: Final = (1 + ACCURACY) / (1 - ACCURACY)
_SCALE: Final = 1 / log(_GAMMA)

Sketch = dict[int, int]


def bucket_of(value_us: int) -> int:
    """Return the bucket of a duration."""
    return ceil(log(value_us) * _SCALE) if value_us > 0 else ZERO


def value_of(bucket: int) -> float:
    """Return the duration, in microseconds, that stands for every value of a bucket."""
    return 0.0 if bucket == ZERO else float(2 * _GAMMA**bucket / (_GAMMA + 1))


def observe(sketch: MutableMapping[int, int], value_us: int, sign: int = 1) -> None:
    """Add one value, or take it back with ``sign`` -1."""
    bucket = bucket_of(value_us)
    sketch[bucket] = sketch.get(bucket, 0) + sign


def merge(into: dict[int, int], other: dict[int, int], sign: int = 1) -> None:
    """Add the buckets of ``other``, or subtract them with ``sign`` -1; empty buckets vanish."""
    if sign == 1:
        add(into, other)
    else:
        subtract(into, other)


def size(sketch: Mapping[int, int]) -> int:
    """Return how many values the sketch holds."""
    return sum(sketch.values())


def quantiles(sketch: Mapping[int, int], ratios: tuple[float, ...]) -> tuple[float | None, ...]:
    """Return for each ratio q (ascending) the value at index floor(q * n) of the sorted values, in microseconds; None when empty.

    A bucket whose count fell below zero (a value taken back before it was seen here) counts as empty.
    """
    if sketch and min(sketch.values()) < 0:
        sketch = {bucket: count for bucket, count in sketch.items() if count > 0}
    total = sum(sketch.values())
    if not total:
        return (None,) * len(ratios)
    answers: list[float | None] = []
    buckets, reached, bucket = iter(sorted(sketch)), 0, ZERO
    for ratio in ratios:
        rank = min(int(ratio * total), total - 1)
        while reached <= rank:
            bucket = next(buckets)
            reached += sketch[bucket]
        answers.append(value_of(bucket))
    return tuple(answers)


def quantile(sketch: Mapping[int, int], ratio: float) -> float | None:
    """Return one quantile in microseconds; None when the sketch is empty."""
    return quantiles(sketch, (ratio,))[0]
