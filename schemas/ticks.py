"""The tick: "it is T now", and how far each source must be applied before T is judged (design §4)."""

import msgspec

from schemas.instants import Instant


class Tick(msgspec.Struct, frozen=True, array_like=True):
    """One record of a tick topic, for the shard of its own partition; msgpack.

    ``clock_at`` is the writer's clock, ``t`` = clock minus verdict delay; ``fence`` gives for each source topic the end
    offset of this shard's partition; ``policy`` is the hash of the policy that the writer runs.
    """

    clock_at: Instant
    t: Instant
    fence: dict[str, int]
    policy: str
