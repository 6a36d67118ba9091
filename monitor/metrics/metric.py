"""What one metric of the catalogue is. Names follow Prometheus: prefix ``sla_``, base units, ``_total`` for counters, no per-contact labels."""

from typing import Literal

import msgspec

Kind = Literal["counter", "gauge", "histogram", "summary"]
Merge = Literal["sum", "max", "min", "single"]
Origin = Literal["contacts", "customers", "queues", "runtime"]


class Metric(msgspec.Struct, frozen=True):
    """One metric. ``labels`` in the order of a Sample's label values; ``merge`` says how the values of several shards become one;
    ``single`` means that only one shard has the series, so that it cannot be part of an overflow either (no sum of ratios).

    A histogram arrives as samples of three names: ``<name>_bucket`` (label values plus the upper edge), ``<name>_sum`` and
    ``<name>_count``; a summary as the last two.
    """

    kind: Kind
    labels: tuple[str, ...]
    help: str
    origin: Origin
    merge: Merge = "sum"
