"""Samples of owned shards as Prometheus families: merged over shards, bounded in labels, gone with the shard that gave them."""

from collections.abc import Iterable, Iterator
from typing import Final

from prometheus_client.core import Metric as Family
from prometheus_client.registry import Collector
from prometheus_client.utils import floatToGoString

from monitor.errors import SlaMonitorError
from monitor.metrics.catalogue import CATALOGUE, SAMPLES
from monitor.metrics.metric import Merge, Metric
from monitor.metrics.names import MetricName
from monitor.processing import Sample

OVERFLOW: Final = "other"
CAPPED_LABELS: Final = frozenset({"queue", "region", "scope", "node", "dept"})

Key = tuple[str, ...]


class UnknownMetricError(SlaMonitorError):
    """A sample that the catalogue does not know, or with another number of labels: a bug of this product."""


class LabelCap:
    """Admits the first ``limit`` values of a label for good, so that a series never moves into ``other`` and back."""

    def __init__(self, limit: int) -> None:
        """Start with nothing admitted."""
        self.limit = limit
        self._admitted: dict[str, set[str]] = {}
        self._over: dict[str, set[str]] = {}

    def admit(self, label: str, value: str) -> str:
        """The value itself, or ``other`` where the label already has ``limit`` values."""
        admitted = self._admitted.setdefault(label, set())
        if value in admitted or len(admitted) < self.limit:
            admitted.add(value)
            return value
        self._over.setdefault(label, set()).add(value)
        return OVERFLOW

    @property
    def overflow(self) -> int:
        """How many values went into ``other``."""
        return sum(map(len, self._over.values()))


class SnapshotCollector(Collector):
    """Families of one scrape, from samples that were taken on the event loop; collecting may run in another thread."""

    def __init__(self, samples: Iterable[Sample], cap: LabelCap) -> None:
        """Take the snapshot."""
        self._samples = list(samples)
        self._cap = cap

    def collect(self) -> Iterator[Family]:
        """One family for each metric that has values, in the order of the catalogue."""
        merged = merge(self._samples, self._cap)
        merged["sla_metric_overflow_series"] = {("", ()): float(self._cap.overflow)}
        for name, metric in CATALOGUE.items():
            if name in merged:
                yield _family(name, metric, merged[name])


def merge(samples: Iterable[Sample], cap: LabelCap) -> dict[MetricName, dict[tuple[str, Key], float]]:
    """Values by metric, suffix and label values; shards that give the same series become one value."""
    merged: dict[MetricName, dict[tuple[str, Key], float]] = {}
    for sample in samples:
        found = SAMPLES.get(sample.name)
        if found is None:
            raise UnknownMetricError(f"{sample.name} is not in the metric catalogue (monitor/metrics/catalogue.py)")
        name, suffix = found
        metric = CATALOGUE[name]
        labels = label_names(metric, suffix)
        if len(labels) != len(sample.labels):
            raise UnknownMetricError(f"{sample.name} has the labels {', '.join(labels) or '(none)'}; a sample came with {sample.labels}")
        values = tuple(cap.admit(label, value) if label in CAPPED_LABELS else value for label, value in zip(labels, sample.labels, strict=True))
        if metric.merge == "single" and values != sample.labels:
            continue
        series = merged.setdefault(name, {})
        key = (suffix, values)
        series[key] = _combine(metric.merge, series[key], sample.value) if key in series else sample.value
    return merged


def label_names(metric: Metric, suffix: str) -> Key:
    """Label names of one exposed series; a bucket has its upper edge too."""
    return (*metric.labels, "le") if suffix == "_bucket" else metric.labels


def _combine(how: Merge, one: float, other: float) -> float:
    if how == "sum":
        return one + other
    return min(one, other) if how == "min" else max(one, other)


def _family(name: MetricName, metric: Metric, series: dict[tuple[str, Key], float]) -> Family:
    base = name.removesuffix("_total") if metric.kind == "counter" else name
    family = Family(base, metric.help, metric.kind)
    suffixed = "_total" if metric.kind == "counter" else ""
    for suffix, values in sorted(series, key=_exposition_order):
        labels = dict(zip(label_names(metric, suffix), values, strict=True))
        if suffix == "_bucket":
            labels["le"] = floatToGoString(float(values[-1]))  # type: ignore[no-untyped-call]  # prometheus_client does not annotate it
        family.add_sample(base + (suffix or suffixed), labels, series[suffix, values])
    return family


def _exposition_order(key: tuple[str, Key]) -> tuple[Key, str, float]:
    """Series together, buckets by their edge, then count and sum, as OpenMetrics wants them."""
    suffix, values = key
    if suffix == "_bucket":
        return values[:-1], "", float(values[-1])
    return values, suffix, 0.0
