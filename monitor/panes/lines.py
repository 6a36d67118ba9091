"""The decoded panes of a shard, by series: what is always the same about a series and a pane is made once."""

from typing import Final

import msgspec

from monitor.panes.store import PREFIX
from monitor.panes.where import Series, scope_partition, series_key
from monitor.processing import Output
from schemas.instants import SECOND, Instant
from schemas.panes import PaneRecord, PaneTotals, Resolution
from schemas.topics import QUEUE_PANES

_SEPARATOR: Final = "|"
_encoder = msgspec.json.Encoder()


class Pane(msgspec.Struct, gc=False):
    """One pane in memory; ``stamp`` is the T last sent before its last change."""

    name: tuple[Series, Instant]
    resolution: Resolution
    key: bytes
    totals: PaneTotals
    stamp: Instant


class Line:
    """One series: its panes that are decoded, the beginning of their keys, the partition where its sources meet."""

    __slots__ = ("panes", "partition", "series", "text")

    def __init__(self, series: Series, partitions: int) -> None:
        self.series = series
        self.text = series_key(series) + _SEPARATOR
        self.partition = scope_partition(series[0], partitions)
        self.panes: dict[tuple[Resolution, Instant], Pane] = {}

    def key(self, resolution: Resolution, slot_at: Instant) -> bytes:
        """Return the key of a pane in the state, as ``PaneName.key`` gives it."""
        return PREFIX + f"{self.text}{resolution}|{slot_at // SECOND}".encode()

    def output(self, pane: Pane, totals: PaneTotals, t: Instant, source: tuple[str, int]) -> Output:
        """Return the record of a pane as of ``t``."""
        (scope, dims), slot_at = pane.name
        processor, partition = source
        record = PaneRecord(scope, dims, pane.resolution, slot_at, processor, partition, t, totals)
        key = pane.key[len(PREFIX) :] + f"|{processor}|{partition}".encode()
        return Output(QUEUE_PANES, key, _encoder.encode(record), (), self.partition)
