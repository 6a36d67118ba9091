"""The wall clock, read at the edge only: everything behind a shard takes the time as an argument."""

import time

from schemas.instants import Instant


def wall_clock() -> Instant:
    """Now, in microseconds since the epoch."""
    return time.time_ns() // 1000
