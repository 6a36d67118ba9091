"""Error budgets: burn rates that can happen at their target, told when both windows burn (requirements §5.9)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.policy.budgets import derived_burns, highest_burn
from monitor.policy.model import Burn, Objective
from schemas.instants import DAY, HOUR, MINUTE, SECOND
from tests.queues.feed import START, objective
from tests.queues.lines import Line, place, rules

MONTH = 30 * DAY


@pytest.mark.parametrize(
    ("target", "rates"),
    [
        pytest.param(0.999, [14.4, 6.0, 1.0], id="99.9 %: as the SRE workbook has them"),
        pytest.param(0.95, [14.4, 6.0, 1.0], id="95 %: the highest is 20, so they can still fire"),
        pytest.param(0.9, [8.0, 6.0, 1.0], id="90 %: the highest is 10 and 14.4 could never fire; between 6 and 10"),
        pytest.param(0.8, [4.0, 3.0, 1.0], id="80 %: the highest is 5; neither 14.4 nor 6 could fire"),
    ],
)
def test_burn_rates_over_thirty_days_follow_from_the_target(target: float, rates: list[float]) -> None:
    assert [burn.rate for burn in derived_burns(MONTH, round(1 - target, 12))] == pytest.approx(rates)


def test_burn_rates_scale_with_the_window_and_never_fall_below_an_even_pace() -> None:
    assert [burn.rate for burn in derived_burns(7 * DAY, 0.001)] == pytest.approx([3.36, 1.4, 1.0])
    assert [burn.long_us for burn in derived_burns(2 * DAY, 0.001)] == [HOUR, 6 * HOUR], "a pair longer than the window is left out"


@given(budget=st.floats(0.0001, 0.99), days=st.integers(1, 399))
def test_every_derived_rate_can_happen_and_faster_pairs_have_higher_rates(budget: float, days: int) -> None:
    rates = [burn.rate for burn in derived_burns(days * DAY, budget)]
    assert all(rate < highest_burn(budget) for rate in rates)
    assert rates == sorted(rates, reverse=True)


def budget(*burns: Burn, **changes: object) -> Objective:
    base: dict[str, object] = {
        "indicator": "clock_met_ratio.feedback", "threshold_seconds": None, "scope": "all", "window_us": MONTH, "target": 0.9, "minimum_volume": 5,
        "burns": burns or derived_burns(MONTH, 0.1),
    }  # fmt: skip
    return objective("feedback", **(base | changes))


def feedback(line: Line, seconds: float, met: int, breached: int) -> None:
    line.book(place(), START + round(seconds * SECOND), clock__feedback__met=met, clock__feedback__breached=breached)


def test_an_outage_pages_within_the_hour_and_the_alert_says_what_it_is_made_of() -> None:
    line = Line(rules(budget(source="R21")))
    feedback(line, 0, 100, 0)
    assert line.tick(10) == []
    feedback(line, 3600 * 2, 1, 9)
    fired = {alert.labels["burn"]: alert for alert in line.tick(3600 * 2 + 10)}
    assert set(fired) == {"1h/5m"}, "six hours hold the good ones too"
    alert = fired["1h/5m"]
    assert (alert.kind, alert.objective, alert.severity, alert.target) == ("objective", "feedback", "critical", 8.0)
    assert alert.value == pytest.approx(9.0)
    assert alert.annotations["window"] == "1h/5m"
    assert "spent 9 times faster than it lasts" in alert.annotations["summary"]
    assert "at most 10" in alert.annotations["summary"]


def test_the_alert_ends_with_the_short_window_and_each_pair_has_a_life_of_its_own() -> None:
    line = Line(rules(budget()))
    feedback(line, 0, 1, 99)
    fired = line.tick(10)
    assert {(alert.labels["burn"], alert.severity) for alert in fired} == {("1h/5m", "critical"), ("6h/30m", "critical"), ("3d/6h", "warning")}
    assert len({alert.id for alert in fired}) == 3
    feedback(line, 600, 20, 0)
    ended = line.tick(620)
    assert [(alert.labels["burn"], alert.state, alert.reason) for alert in ended] == [("1h/5m", "resolved", "recovered")]
    line.crash(rules(budget()))
    line.tick(630)
    line.tick(3600)
    quiet = line.tick(3600 + 1900)
    assert ("6h/30m", "resolved", "no_volume") in [(alert.labels["burn"], alert.state, alert.reason) for alert in quiet]


def test_an_empty_short_window_has_no_burn_rate_and_few_contacts_are_no_evidence() -> None:
    """P30, §5.11: some tools return 0 or fire on one contact."""
    line = Line(rules(budget()))
    feedback(line, 0, 0, 4)
    assert line.tick(10) == []
    shown = line.samples()
    assert shown["sla_error_budget_burn_rate", ("feedback", "all", "", "1h/5m", "1h")] == pytest.approx(10.0)
    line.tick(1000)
    assert ("sla_error_budget_burn_rate", ("feedback", "all", "", "1h/5m", "5m")) not in line.samples()


def test_burn_rates_are_compared_unrounded() -> None:
    """Exactly the limit is not above it; a hair more is."""
    pair = Burn(long_us=HOUR, short_us=5 * MINUTE, rate=5.0, severity="critical")
    line = Line(rules(budget(pair)))
    feedback(line, 0, 5000, 5000)
    assert line.tick(10) == []
    feedback(line, 11, 0, 1)
    assert [alert.state for alert in line.tick(20)] == ["firing"]


def test_the_budget_that_is_left_is_a_metric_and_may_be_overspent() -> None:
    line = Line(rules(budget()))
    feedback(line, 0, 96, 4)
    line.tick(10)
    labels = ("feedback", "all", "")
    shown = line.samples()
    assert shown["sla_objective_value", labels] == pytest.approx(0.96)
    assert shown["sla_objective_target", labels] == 0.9
    assert shown["sla_error_budget_left_ratio", labels] == pytest.approx(0.6)
    assert shown["sla_error_budget_burn_limit", (*labels, "1h/5m")] == 8.0
    feedback(line, 11, 0, 25)
    line.tick(400)
    assert line.samples()["sla_error_budget_left_ratio", labels] == pytest.approx(1 - (29 / 125) / 0.1)
    assert line.samples()["sla_objective_breached", labels] in (0.0, 1.0)


def test_a_share_that_must_be_low_has_a_budget_too() -> None:
    pair = Burn(long_us=HOUR, short_us=5 * MINUTE, rate=14.4, severity="critical")
    low = budget(pair, indicator="clock_breached_ratio.feedback", comparison="<=", target=0.05)
    line = Line(rules(low))
    feedback(line, 0, 20, 80)
    (alert,) = line.tick(10)
    assert alert.value == pytest.approx(16.0)
