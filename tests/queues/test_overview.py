"""All clocks and indicators of a policy over some totals, and the core line of R36."""

from monitor.panes.where import Series
from monitor.policy import load_policy
from monitor.queues.overview import CORE, clock_lines, core_line, indicator_lines
from schemas.instants import SECOND
from schemas.panes import PaneTotals

POLICY = load_policy(
    [
        (
            "policy.yaml",
            "clocks:\n"
            "  total_resolution: {start: workorder.created, stop: workorder.resolved, reopen: resume, rules: [{target: 24h}]}\n"
            "  node: {per: dept, start: workorder.assigned, stop: workorder.result_returned, rules: [{target: 4h}]}\n"
            "surveys: {csat: {scale: [1, 5], satisfied_at_least: 4, dissatisfied_at_most: 2}}\n"
            "qc_dimensions: [accuracy]\n"
            "limits: {facets: [request_type]}\n",
        )
    ]
)
WHOLE = PaneTotals(
    counts={
        "answered": 95, "abandoned": 5, "answers": 95, "handled": 90, "contacts": 200, "complaints": 3, "fcr.first": 50, "fcr.solved": 44,
        "clock.total_resolution.met": 40, "clock.total_resolution.breached": 10, "clock.total_resolution.stopped": 45,
        "clock.node:network.met": 9, "clock.node:network.breached": 1, "clock.node:network.exempt": 2, "qc.accuracy.n": 20, "qc.accuracy.passed": 19,
        "survey.csat.n": 10, "survey.csat.satisfied": 9,
    },
    sums={"talk_us": 90 * 100 * SECOND, "clock.total_resolution.elapsed_us": 45 * 3600 * SECOND, "survey.csat.score_milli": 45_000},
)  # fmt: skip
COMPLAINTS = PaneTotals(counts={"clock.total_resolution.met": 2, "clock.total_resolution.breached": 1})
PARTS: dict[Series, PaneTotals] = {("all", ""): WHOLE, ("all", "request_type=complaint"): COMPLAINTS}


def test_every_clock_has_a_line_those_per_department_and_those_that_never_ran_too() -> None:
    lines = {line.clock: line for line in clock_lines(WHOLE, POLICY)}
    assert list(lines) == ["node", "node:network", "total_resolution"]
    assert (lines["node"].n, lines["node"].met_ratio) == (0, None)
    network = lines["node:network"]
    assert (network.n, network.met, network.breached, network.exempt, network.met_ratio, network.met_ratio_gross) == (10, 9, 1, 2, 0.9, 9 / 12)
    assert lines["total_resolution"].mean_seconds == 3600.0


def test_every_indicator_of_the_policy_has_a_line_with_its_n() -> None:
    lines = {(line.indicator, line.threshold_seconds): line for line in indicator_lines(WHOLE, POLICY)}
    assert (lines["answer_rate", None].value, lines["answer_rate", None].n) == (0.95, 100)
    assert lines["survey_mean.csat", None].value == 4.5
    assert lines["ivr_seconds", None].value is None
    assert {threshold for name, threshold in lines if name == "service_level.V6"} == {10, 15, 20, 30}
    assert lines["fcr_ratio", None].definition.endswith("W = 3d"), "the window is part of the definition (R22)"


def test_the_core_line_has_all_six_of_the_operator_and_complaints_by_themselves() -> None:
    """R36: 接通率、平均处理时长、一次性解决率、投诉率、投诉解决及时率、业务办理准确率."""
    line = core_line(PARTS, ("all", ""))
    assert line == {
        "answer_rate": (0.95, 100), "call_handling_seconds": (100.0, 90), "order_handling_seconds": (3600.0, 45),
        "first_contact_resolution": (0.88, 50), "complaint_ratio": (0.015, 200), "complaints_in_time": (2 / 3, 3), "handling_accuracy": (0.95, 20),
    }  # fmt: skip
    assert set(line) == {kpi.name for kpi in CORE}
    assert core_line(PARTS, ("queue:PS", ""))["complaints_in_time"] == (None, 0)
