"""Every formula of requirements §5 on the ICMI day; nothing offered has no value (P30), shares are sums over sums (P44)."""

import pytest

from monitor.errors import PolicyError
from monitor.panes import sketch
from monitor.panes.presence import NOBODY, Shown
from monitor.panes.totals import merged
from monitor.policy.indicator_names import INDICATORS, indicator
from monitor.queues.formulas import Facts, Reading
from monitor.queues.groups import AGAINST, BASELINE, OF
from monitor.queues.indicators import MAKERS, formula
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


def assert_reads(reading: Reading, value: float, n: int, within: float = 1e-9) -> None:
    assert reading.value == pytest.approx(value, rel=within)
    assert reading.n == n


FACTS_OF_NONE = ("waiting", "longest_wait_seconds", "contacts", "flow_count.<rule>")
"""Nobody waiting and nothing seen are facts, not empty shares."""


@pytest.mark.parametrize("name", [name.replace("<indicator>", "asa_seconds") for name in INDICATORS if name not in FACTS_OF_NONE])
def test_an_empty_window_has_no_value_never_zero_or_one(name: str) -> None:
    assert formula(name, 20).read(Facts(PaneTotals())) == Reading(None, 0)


DAY = PaneTotals(
    counts={
        "contacts": 4000, "complaints": 18, "resolution.solved": 190, "clock.total_resolution.met": 180, "clock.total_resolution.breached": 20,
        "clock.total_resolution.exempt": 50, "clock.total_resolution.stopped": 40, "clock.node:network.met": 57, "clock.node:network.breached": 3,
        "survey.csat.n": 40, "survey.csat.satisfied": 36, "survey.csat.dissatisfied": 2, "survey.csat.other_scale": 7,
        "survey.nps.n": 50, "survey.nps.satisfied": 30, "survey.nps.dissatisfied": 10, "qc.script.n": 200, "qc.script.passed": 197,
        "fcr.first": 300, "fcr.solved": 261, "repeat.contacts": 400, "repeat.repeats": 30, "flow.stages.ok": 96, "flow.stages.violated": 4,
        "flow.time_limit.seen": 12, "offered": 1000, "callback": 25, "ivr.entered": 500, "ivr.human": 300, "ivr.self_served": 120, "ivr.hung_up": 80,
    },
    sums={"survey.csat.score_milli": 184_000, "clock.total_resolution.elapsed_us": 40 * 30_000 * SECOND, "ivr_us": 500 * 48 * SECOND},
)  # fmt: skip

DAY_ROWS = (
    ("complaints per contact (R25): 18 of 4,000", "complaint_ratio", 0.0045, 4000),
    ("node time-outs (R24): 3 of 60 cycles decided", "clock_breached_ratio.node:network", 0.05, 60),
    ("exempt cycles are in the gross denominator only", "clock_met_ratio_gross.total_resolution", 180 / 250, 250),
    ("mean handling of orders (R4): 1,200,000 s over 40 stopped, not over 200 decided", "clock_mean_seconds.total_resolution", 30_000.0, 40),
    ("satisfaction mean of 40 answers (R26): 184 points", "survey_mean.csat", 4.6, 40),
    ("top two of five (R28), answers on another scale left out", "survey_satisfied_ratio.csat", 0.9, 40),
    ("net promoters (R27): 60 % - 20 %", "nps.nps", 40.0, 50),
    ("script compliance (R29)", "qc_pass_ratio.script", 0.985, 200),
    ("solved and not reopened / cycles booked (R31)", "solved_ratio", 0.95, 200),
    ("first-contact resolution by problem (R22)", "fcr_ratio", 0.87, 300),
    ("repeat rate by contact (R23)", "repeat_ratio", 0.075, 400),
    ("process compliance (R30)", "flow_ratio.stages", 0.96, 100),
    ("complaints about time limits (R18)", "flow_count.time_limit", 12.0, 12),
    ("call-back share beside V0 (§5.10)", "callback_ratio", 0.025, 1000),
    ("hung up in the voice menu (R85)", "ivr_hang_up_ratio", 0.16, 500),
    ("served by the voice menu", "ivr_self_served_ratio", 0.24, 500),
    ("time in the voice menu", "ivr_seconds", 48.0, 500),
    ("contacts", "contacts", 4000.0, 4000),
)


@pytest.mark.parametrize(("name", "value", "n"), [row[1:] for row in DAY_ROWS], ids=[row[0] for row in DAY_ROWS])
def test_indicator_on_a_day_worked_out_by_hand(name: str, value: float, n: int) -> None:
    assert_reads(formula(name).read(Facts(DAY)), value, n)


def test_detractors_include_six_and_all_detractors_are_minus_a_hundred() -> None:
    totals = PaneTotals(counts={"survey.nps.n": 4, "survey.nps.dissatisfied": 4})
    assert formula("nps.nps").read(Facts(totals)) == Reading(-100.0, 4)


def test_quantiles_of_a_clock_stand_beside_its_mean() -> None:
    totals = PaneTotals(sketches={"clock.answer": {}})
    for second in range(1, 101):
        sketch.observe(totals.sketches["clock.answer"], second * SECOND)
    for point, exact in (("p50", 51), ("p90", 91), ("p95", 96)):
        assert_reads(formula(f"clock_seconds.answer.{point}").read(Facts(totals)), exact, 100, within=0.01)


def part(met: int, breached: int) -> PaneTotals:
    return PaneTotals(counts={"clock.answer.met": met, "clock.answer.breached": breached})


def test_a_spread_is_the_highest_less_the_lowest_of_the_parts_with_enough_contacts() -> None:
    parts = {"Lhasa": part(95, 5), "Shigatse": part(70, 30), "Nagqu": part(0, 3)}
    spread = formula("spread.clock_met_ratio.answer")
    assert_reads(spread.read(Facts(PaneTotals(), parts=parts, least=20)), 0.25, 100)
    assert_reads(spread.read(Facts(PaneTotals(), parts=parts, least=1)), 0.95, 3)
    assert spread.read(Facts(PaneTotals(), parts={"Lhasa": part(95, 5)}, least=1)).value is None, "one alone is no spread"


def test_a_gap_above_zero_says_that_the_first_waits_longer() -> None:
    vip = PaneTotals(counts={"answers": 10}, sums={"answer_wait_us": 300 * SECOND})
    standard = PaneTotals(counts={"answers": 100}, sums={"answer_wait_us": 2500 * SECOND})
    gap = formula("gap.asa_seconds")
    assert gap.read(Facts(PaneTotals(), parts={OF: vip, AGAINST: standard}, least=10)) == Reading(5.0, 10)
    assert gap.read(Facts(PaneTotals(), parts={OF: vip, AGAINST: standard}, least=11)).value is None
    assert gap.read(Facts(PaneTotals(), parts={AGAINST: standard})).value is None


def test_a_share_of_named_channels_is_of_all_contacts() -> None:
    parts = {"app": PaneTotals(counts={"contacts": 30}), "wechat": PaneTotals(counts={"contacts": 25})}
    assert formula("contact_share").read(Facts(PaneTotals(counts={"contacts": 100}), parts=parts)) == Reading(0.55, 100)


def test_a_surge_compares_with_the_mean_window_of_the_baseline_before_it() -> None:
    now, day = PaneTotals(counts={"contacts": 60}), PaneTotals(counts={"contacts": 530})
    surge = formula("surge.contacts")
    assert_reads(surge.read(Facts(now, parts={BASELINE: day}, times=48)), 60 / (470 / 47), 60)
    assert surge.read(Facts(now, parts={BASELINE: now}, times=48)).value is None, "nothing is usual yet (P30)"


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


def test_the_catalogue_and_the_formulas_know_the_same_names() -> None:
    assert set(MAKERS) == set(INDICATORS)


@pytest.mark.parametrize(
    ("name", "pattern", "value", "unit"),
    [
        pytest.param("clock_met_ratio.node:network", "clock_met_ratio.<clock>", "node:network", "ratio", id="a department's clock"),
        pytest.param("clock_seconds.answer.p90", "clock_seconds.<clock>.p90", "answer", "seconds", id="brackets in the middle"),
        pytest.param("gap.asa_seconds", "gap.<indicator>", "asa_seconds", "seconds", id="a gap has the unit of what it compares"),
        pytest.param("spread.nps.nps", "spread.<indicator>", "nps.nps", "points", id="a spread of a bracketed name"),
        pytest.param("wait_seconds.p90", "wait_seconds.p90", "", "seconds", id="no brackets"),
    ],
)
def test_brackets_are_filled_in(name: str, pattern: str, value: str, unit: str) -> None:
    found = indicator(name)
    assert found is not None
    assert (found.pattern, found.value, found.unit) == (pattern, value, unit)


@pytest.mark.parametrize(
    "name", ["clock_met_ratio.", "clock_seconds.answer", "gap.gap.asa_seconds", "spread.waiting", "spread.nothing", "service_level"]
)
def test_what_is_not_in_the_catalogue_is_unknown(name: str) -> None:
    assert indicator(name) is None


def test_an_unknown_name_and_a_missing_threshold_are_policy_errors() -> None:
    with pytest.raises(PolicyError, match="no indicator is called"):
        formula("service_level.V9", 20)
    with pytest.raises(PolicyError, match="needs a threshold"):
        formula("service_level.V6")
