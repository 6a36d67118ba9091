"""What one metric of the catalogue is. Names follow Prometheus: prefix ``sla_``, base units, ``_total`` for counters, no per-contact labels."""

from typing import Literal

import msgspec

Kind = Literal["counter", "gauge", "histogram", "summary"]
Merge = Literal["sum", "max", "min"]
Origin = Literal["contacts", "queues", "runtime"]


class Metric(msgspec.Struct, frozen=True):
    """One metric. ``labels`` in the order of a Sample's label values; ``merge`` says how the values of several shards become one.

    A histogram arrives as samples of three names: ``<name>_bucket`` (label values plus the upper edge), ``<name>_sum`` and
    ``<name>_count``; a summary as the last two.
    """

    kind: Kind
    labels: tuple[str, ...]
    help: str
    origin: Origin
    merge: Merge = "sum"
