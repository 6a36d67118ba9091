"""Every formula of requirements §5 on the ICMI day; nothing offered has no value (P30), shares are sums over sums (P44)."""

import pytest

from monitor.errors import PolicyError
from monitor.panes import sketch
from monitor.panes.presence import NOBODY, Shown
from monitor.panes.totals import merged
from monitor.policy.indicator_names import INDICATORS as PROMISED
from monitor.queues.formulas import Facts, Reading
from monitor.queues.indicators import INDICATORS, find, formula
from schemas.instants import SECOND
from schemas.panes import PaneTotals

ICMI = PaneTotals(
    counts={
        "offered": 1060, "answered": 1000, "abandoned": 60, "short_abandoned": 10, "answered_within.20": 860, "abandoned_within.20": 20,
        "sl_hit.20": 860, "sl_miss.20": 200, "answers": 1000, "abandons": 60, "handled": 900,
        "clock.first_feedback.met": 90, "clock.first_feedback.breached": 6, "clock.first_feedback.exempt": 4,
    },
    sums={
        "answer_wait_us": 12_500 * SECOND, "abandon_wait_us": 1_800 * SECOND,
        "talk_us": 180_000 * SECOND, "hold_us": 9_000 * SECOND, "wrapup_us": 27_000 * SECOND,
    },
)  # fmt: skip

ROWS = (
    ("V0, answer rate (R20): A / (A + B + F)", "answer_rate", 1000 / 1060, 1060),
    ("V0 under its other name", "service_level.V0", 1000 / 1060, 1060),
    ("V1, abandons positive", "service_level.V1", 880 / 1060, 1060),
    ("V2, answered only", "service_level.V2", 860 / 1000, 1000),
    ("V3, abandons negative", "service_level.V3", 860 / 1060, 1060),
    ("V4, abandons within Y ignored", "service_level.V4", 860 / 1040, 1040),
    ("V5, short abandons credited", "service_level.V5", 870 / 1060, 1060),
    ("V6, short abandons removed (P25)", "service_level.V6", 860 / 1050, 1050),
    ("V7, service-level events (P24)", "service_level.V7", 860 / 1060, 1060),
    ("abandonment, gross", "abandonment_ratio.gross", 60 / 1060, 1060),
    ("abandonment, net of short ones", "abandonment_ratio.net", 50 / 1050, 1050),
    ("ASA (R37)", "asa_seconds", 12.5, 1000),
    ("average wait of who abandoned", "abandon_wait_seconds", 30.0, 60),
    ("AHT: talk, hold and wrap-up", "handle_seconds", 240.0, 900),
    ("clocks net of exemptions (§5.10)", "clock_met_ratio.first_feedback", 90 / 96, 96),
    ("clocks gross", "clock_met_ratio_gross.first_feedback", 90 / 100, 100),
)
PRINTED = {"V0": 94.34, "V1": 83.02, "V2": 86.00, "V3": 81.13, "V4": 82.69, "V5": 82.08, "V6": 81.90}


@pytest.mark.parametrize(("name", "value", "n"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_indicator_on_the_icmi_day(name: str, value: float, n: int) -> None:
    assert formula(name, 20).read(Facts(ICMI)) == Reading(value, n)


@pytest.mark.parametrize(("level", "percent"), PRINTED.items())
def test_the_levels_are_those_printed_in_the_requirements(level: str, percent: float) -> None:
    value = formula(f"service_level.{level}", 20).read(Facts(ICMI)).value
    assert value is not None
    assert round(100 * value, 2) == percent


def test_flow_outs_count_against_the_variants_that_say_so() -> None:
    totals = merged([ICMI, PaneTotals(counts={"flow_out": 40})])
    assert formula("service_level.V3", 20).read(Facts(totals)).n == 1060
    assert formula("service_level.V3_with_flow_out", 20).read(Facts(totals)) == Reading(860 / 1100, 1100)
    assert formula("service_level.V6_with_flow_out", 20).read(Facts(totals)) == Reading(860 / 1090, 1090)
    assert formula("answer_rate").read(Facts(totals)) == Reading(1000 / 1100, 1100)


def test_callers_still_waiting_and_call_backs_are_in_no_denominator() -> None:
    totals = merged([ICMI, PaneTotals(counts={"offered": 30, "callback": 10})])
    assert formula("service_level.V6", 20).read(Facts(totals)) == Reading(860 / 1050, 1050)
    assert formula("answer_rate").read(Facts(totals)).n == 1060
    assert formula("callback_ratio").read(Facts(totals)) == Reading(10 / 1090, 1090)


@pytest.mark.parametrize("name", [name for name in INDICATORS if name not in ("waiting", "longest_wait_seconds")] + ["clock_met_ratio.x"])
def test_an_empty_window_has_no_value_never_zero_or_one(name: str) -> None:
    assert formula(name, 20).read(Facts(PaneTotals())) == Reading(None, 0)


def test_a_mean_of_windows_is_the_mean_of_their_contacts() -> None:
    busy = PaneTotals(counts={"answered": 90, "abandoned": 10, "answered_within.20": 45})
    idle = PaneTotals(counts={"answered": 1, "answered_within.20": 1})
    assert formula("service_level.V3", 20).read(Facts(merged([busy, idle]))) == Reading(46 / 101, 101)


def test_quantiles_are_of_answered_and_beside_them_of_everybody() -> None:
    totals = PaneTotals(sketches={"answer_wait": {}, "wait": {}})
    for second in range(1, 101):
        sketch.observe(totals.sketches["wait"], second * SECOND)
        if second <= 50:
            sketch.observe(totals.sketches["answer_wait"], second * SECOND)
    for name, exact, n in (("wait_seconds.p90", 46, 50), ("wait_seconds_all.p90", 91, 100)):
        reading = formula(name).read(Facts(totals))
        assert reading.value == pytest.approx(exact, rel=0.01)
        assert reading.n == n


def test_indicators_of_now_look_at_who_waits() -> None:
    facts = Facts(PaneTotals(), Shown(8, 100 * SECOND, {20: 2}), 160 * SECOND)
    assert formula("service_level.V8", 20).read(facts) == Reading(0.75, 8)
    assert formula("longest_wait_seconds").read(facts) == Reading(60.0, 8)
    assert formula("waiting").read(facts) == Reading(8.0, 8)
    assert formula("waiting").read(Facts(PaneTotals(), NOBODY)) == Reading(0.0, 0)
    assert formula("longest_wait_seconds").read(Facts(PaneTotals(), NOBODY)) == Reading(0.0, 0)


def test_every_indicator_that_a_policy_may_promise_has_a_formula() -> None:
    for name, promised in PROMISED.items():
        known = find(name)
        assert known is not None, name
        assert (known.threshold, known.instant) == (promised.threshold, promised.instant), name


def test_an_unknown_name_and_a_missing_threshold_are_policy_errors() -> None:
    with pytest.raises(PolicyError, match="no indicator is called"):
        formula("service_level.V9", 20)
    with pytest.raises(PolicyError, match="needs a threshold"):
        formula("service_level.V6")
