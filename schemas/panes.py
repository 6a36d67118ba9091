"""What travels between contacts and queues: panes as absolute totals, presence, watermarks (design §6). Encoded as JSON.

Record keys: ``scope|dimensions|resolution|slot|processor|partition`` for panes, ``scope|dimensions|now|processor|partition``
for presence, ``watermark|processor|partition`` for watermarks (sent to every partition).
"""

from typing import Literal

import msgspec

from schemas.instants import Instant

Resolution = Literal["10s", "5m", "1h", "1d"]


class PaneTotals(msgspec.Struct, omit_defaults=True, gc=False):
    """Counters, sums (microseconds or plain units, see the catalogue in ``monitor.panes``) and log-bucket sketches of one slot."""

    counts: dict[str, int] = {}
    sums: dict[str, int] = {}
    sketches: dict[str, dict[int, int]] = {}


class PaneRecord(msgspec.Struct, frozen=True, tag="pane", tag_field="kind", gc=False):
    """One pane of one source shard as an absolute total as of ``t``."""

    scope: str
    dimensions: str
    resolution: Resolution
    slot_at: Instant
    processor: str
    partition: int
    t: Instant
    totals: PaneTotals


class Presence(msgspec.Struct, frozen=True, tag="presence", tag_field="kind", gc=False):
    """Who waits now in one source shard as of ``t``; ``beyond`` counts those waiting longer than each Y (whole seconds)."""

    scope: str
    dimensions: str
    processor: str
    partition: int
    t: Instant
    waiting: int
    oldest_at: Instant | None
    beyond: dict[int, int]


class Watermark(msgspec.Struct, frozen=True, tag="watermark", tag_field="kind", gc=False):
    """ "Everything of this source shard as of ``t`` was sent"; ``appended_at`` is the LogAppendTime of the tick behind it.

    ``policy`` is the version in force for the shard at ``t``.
    """

    processor: str
    partition: int
    t: Instant
    appended_at: Instant
    policy: str = ""


QueueInput = PaneRecord | Presence | Watermark
