"""How often Python looks for cyclic garbage: shard state is plain trees, so looking often costs a fifth of the CPU and finds nothing."""

import gc
from typing import Final

YOUNG: Final = 100_000
"""Allocations between two looks at the youngest objects; Python's own default is 700."""


def look_seldom() -> None:
    """Set the thresholds of this process and leave what is loaded by now out of every later look."""
    gc.set_threshold(YOUNG, 20, 20)
    gc.freeze()
