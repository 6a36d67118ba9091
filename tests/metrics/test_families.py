"""Samples become families: merged over shards, bounded, refused when unknown."""

from typing import get_args

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from monitor.metrics.catalogue import CATALOGUE, SAMPLES
from monitor.metrics.exposition import render
from monitor.metrics.families import LabelCap, UnknownMetricError, label_names, merge
from monitor.metrics.metric import Merge
from monitor.metrics.names import MetricName
from monitor.processing import Sample

PERSONAL = {"contact", "contact_id", "call_id", "customer", "customer_key", "agent", "agent_id", "person"}


def test_the_catalogue_has_each_name_of_the_type_once() -> None:
    assert sorted(CATALOGUE) == sorted(get_args(MetricName))


@pytest.mark.parametrize("name", sorted(CATALOGUE))
def test_names_follow_prometheus_and_labels_are_bounded(name: MetricName) -> None:
    metric = CATALOGUE[name]
    assert name.startswith("sla_")
    assert name.endswith("_total") == (metric.kind == "counter")
    assert not PERSONAL & set(metric.labels)  # R80, design §8
    assert "le" not in metric.labels
    assert metric.help
    assert not metric.help.endswith(".")


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        pytest.param("sum", 5.0, id="counters of two shards add up"),
        pytest.param("max", 3.0, id="the longest wait is the longest of any shard"),
        pytest.param("min", 2.0, id="the next deadline is the earliest of any shard"),
    ],
)
def test_the_same_series_of_two_shards_becomes_one_value(how: Merge, expected: float) -> None:
    name = next(name for name, metric in CATALOGUE.items() if metric.merge == how and metric.kind in ("gauge", "counter"))
    labels = tuple("x" for _ in CATALOGUE[name].labels)
    assert merge([Sample(name, labels, 2.0), Sample(name, labels, 3.0)], LabelCap(9)) == {name: {("", labels): expected}}


@pytest.mark.parametrize(
    "sample",
    [
        pytest.param(Sample("sla_surprise_total", (), 1.0), id="a name that is not in the catalogue"),
        pytest.param(Sample("sla_response_seconds", ("PS",), 1.0), id="a histogram without its suffix"),
        pytest.param(Sample("sla_contacts_total", ("PS",), 1.0), id="too few labels"),
    ],
)
def test_a_sample_outside_the_catalogue_is_refused(sample: Sample) -> None:
    with pytest.raises(UnknownMetricError, match=sample.name):
        merge([sample], LabelCap(9))


def test_queues_beyond_the_cap_are_counted_together_and_never_move_back() -> None:
    cap = LabelCap(2)
    first = [Sample("sla_queue_waiting_contacts", (name,), 1.0) for name in ("b", "c", "a", "d")]
    assert merge(first, cap)["sla_queue_waiting_contacts"] == {("", ("b",)): 1.0, ("", ("c",)): 1.0, ("", ("other",)): 2.0}
    again = [Sample("sla_queue_waiting_contacts", (name,), 1.0) for name in ("a", "b")]
    assert merge(again, cap)["sla_queue_waiting_contacts"] == {("", ("other",)): 1.0, ("", ("b",)): 1.0}
    assert cap.overflow == 2


def test_a_ratio_of_a_queue_beyond_the_cap_is_left_out_not_added_up() -> None:
    cap = LabelCap(1)
    samples = [Sample("sla_service_level_ratio", (name, "V6", "20", "30m"), 0.5) for name in ("a", "b")]
    assert merge(samples, cap)["sla_service_level_ratio"] == {("", ("a", "V6", "20", "30m")): 0.5}


def one_of_each() -> list[Sample]:
    samples = []
    for name, (metric_name, suffix) in SAMPLES.items():
        labels = tuple("1" for _ in label_names(CATALOGUE[metric_name], suffix))
        samples.append(Sample(name, labels, 1.0))
        if suffix == "_bucket":
            samples.append(Sample(name, (*labels[:-1], "+Inf"), 1.0))
    return samples


def test_every_metric_of_the_catalogue_survives_the_openmetrics_parser() -> None:
    page, _ = render(one_of_each(), LabelCap(9), "application/openmetrics-text")
    families = {family.name: family for family in text_string_to_metric_families(page.decode())}  # type: ignore[no-untyped-call]  # not annotated
    assert len(families) == len(CATALOGUE)
    for name, metric in CATALOGUE.items():
        assert families[name.removesuffix("_total")].type == metric.kind


def test_a_page_of_500_queues_keeps_its_order_and_size() -> None:
    samples = [Sample("sla_queue_waiting_contacts", (f"q{i:03}",), float(i)) for i in reversed(range(600))]
    page, _ = render(samples, LabelCap(500))
    rows = [line for line in page.decode().splitlines() if line.startswith("sla_queue_waiting_contacts{")]
    assert len(rows) == 501
    assert rows == sorted(rows)
