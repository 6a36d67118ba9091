"""Lifetime totals of panes by the names of the catalogue."""

from monitor.metrics.exposition import render
from monitor.metrics.families import LabelCap
from monitor.metrics.lifetime import translated
from monitor.processing import Sample


def counts(scope: str, shard: str = "0", dimensions: str = "", **values: float) -> list[Sample]:
    return [Sample("sla_pane_total", (scope, dimensions, name.replace("__", "."), shard), value) for name, value in values.items()]


def page(samples: list[Sample]) -> set[str]:
    text = render(translated(samples), LabelCap(9))[0].decode()
    return {line for line in text.splitlines() if not line.startswith("#")}


def test_a_histogram_has_an_edge_for_each_promised_time_and_every_shard_its_own_series() -> None:
    samples = counts("queue:PS", "0", answered=8, answered_within__10=3, answered_within__20=5) + counts(
        "queue:PS", "1", answered=2, answered_within__10=2
    )
    samples.append(Sample("sla_pane_sum_seconds", ("queue:PS", "", "answer_wait_us", "0"), 99.5))
    assert page(samples) >= {
        'sla_response_seconds_bucket{le="10.0",partition="0",queue="PS"} 3.0',
        'sla_response_seconds_bucket{le="20.0",partition="0",queue="PS"} 5.0',
        'sla_response_seconds_bucket{le="+Inf",partition="0",queue="PS"} 8.0',
        'sla_response_seconds_count{partition="0",queue="PS"} 8.0',
        'sla_response_seconds_sum{partition="0",queue="PS"} 99.5',
        'sla_contacts_total{outcome="answered",partition="0",queue="PS"} 8.0',
        'sla_contacts_total{outcome="answered",partition="1",queue="PS"} 2.0',
    }


def test_each_scope_has_its_own_metric_so_that_a_sum_counts_nobody_twice() -> None:
    samples = [sample for scope in ("queue:PS", "channel:hotline", "region:north", "all") for sample in counts(scope, offered=4)]
    assert {line for line in page(samples) if "offered" in line} == {
        'sla_contacts_total{outcome="offered",partition="0",queue="PS"} 4.0',
        'sla_channel_contacts_total{channel="hotline",outcome="offered",partition="0"} 4.0',
        'sla_region_contacts_total{outcome="offered",partition="0",region="north"} 4.0',
    }


def test_clock_outcomes_come_from_the_scope_of_everything_and_keep_names_with_marks() -> None:
    name = "clock.node:back office.1.met"
    samples = [Sample("sla_pane_total", (scope, "", name, "0"), 4.0) for scope in ("all", "queue:PS")]
    assert {line for line in page(samples) if line.startswith("sla_clock")} == {
        'sla_clock_cycles_total{clock="node:back office.1",outcome="met",partition="0"} 4.0'
    }


def test_means_and_relaxed_targets_of_clocks_are_no_outcomes() -> None:
    samples = counts("all", clock__node__met=1, clock__node__stopped=2, clock__node__relaxed=3, clock__node__past_promises=4)
    samples.append(Sample("sla_pane_sum_seconds", ("all", "", "clock.node.elapsed_us", "0"), 50.0))
    assert page(samples) >= {
        'sla_clock_cycles_total{clock="node",outcome="met",partition="0"} 1.0',
        'sla_clock_elapsed_seconds_count{clock="node",partition="0"} 2.0',
        'sla_clock_elapsed_seconds_sum{clock="node",partition="0"} 50.0',
        'sla_targets_relaxed_total{clock="node",partition="0"} 3.0',
        'sla_promises_past_total{clock="node",partition="0"} 4.0',
    }
    assert len([line for line in page(samples) if "outcome" in line]) == 1


def test_handling_is_the_sum_of_its_parts() -> None:
    samples = counts("queue:PS", handled=4)
    samples += [Sample("sla_pane_sum_seconds", ("queue:PS", "", part, "0"), 30.0) for part in ("talk_us", "hold_us", "wrapup_us")]
    assert page(samples) >= {'sla_handle_seconds_sum{partition="0",queue="PS"} 90.0', 'sla_handle_seconds_count{partition="0",queue="PS"} 4.0'}


def test_service_level_events_keep_their_threshold() -> None:
    assert page(counts("queue:PS", sl_hit__20=3, sl_miss__20=1)) >= {
        'sla_service_level_events_total{outcome="hit",partition="0",queue="PS",threshold="20"} 3.0',
        'sla_service_level_events_total{outcome="miss",partition="0",queue="PS",threshold="20"} 1.0',
    }


def test_totals_split_by_dimensions_stay_out() -> None:
    assert not {line for line in page(counts("queue:PS", dimensions="vip_tier=vip", offered=4)) if "PS" in line}


def test_queues_that_the_policy_does_not_name_are_counted_where_it_names_any() -> None:
    samples = counts("queue:PS", offered=1) + counts("queue:XX", "1", offered=1)
    unknown = {named: [s.value for s in translated(samples, frozenset(named)) if s.name == "sla_queues_unknown"] for named in (("PS",), ())}
    assert unknown == {("PS",): [1], (): [0]}


def test_flows_feedback_menu_and_links_come_from_the_scope_of_everything() -> None:
    names = (
        "flow.bounced.violated",
        "survey.csat.n",
        "survey.unlisted",
        "qc.script.passed",
        "ivr.human",
        "complaints",
        "node.audit.n",
        "dept.other.n",
    )
    samples = [Sample("sla_pane_total", (scope, "", name, "0"), 2.0) for scope in ("all", "queue:PS") for name in names]
    sums = (("ivr_us", 30.0), ("survey.csat.score_milli", 0.0085), ("node.audit.elapsed_us", 60.0))
    samples += [Sample("sla_pane_sum_seconds", ("all", "", name, "0"), seconds) for name, seconds in sums]
    assert page(samples) - page([]) == {
        'sla_flow_checks_total{flow="bounced",outcome="violated",partition="0"} 2.0',
        'sla_survey_answers_total{instrument="csat",outcome="n",partition="0"} 2.0',
        'sla_survey_score_total{instrument="csat",partition="0"} 8.5',
        'sla_qc_checks_total{dimension="script",outcome="passed",partition="0"} 2.0',
        'sla_ivr_calls_total{outcome="human",partition="0"} 2.0',
        'sla_ivr_seconds_total{partition="0"} 30.0',
        'sla_complaints_total{partition="0"} 2.0',
        'sla_node_stays_total{kind="node",node="audit",partition="0"} 2.0',
        'sla_node_stays_total{kind="dept",node="other",partition="0"} 2.0',
        'sla_node_elapsed_seconds_total{kind="node",node="audit",partition="0"} 60.0',
    }


def test_who_gave_orders_back_is_known_where_the_policy_counts_by_department() -> None:
    samples = counts("all", dimensions="dept=network", flow__bounced__violated=3, contacts=9)
    assert {line for line in page(samples) if line.startswith("sla_flow")} == {
        'sla_flow_checks_by_dept_total{dept="network",flow="bounced",outcome="violated",partition="0"} 3.0'
    }
