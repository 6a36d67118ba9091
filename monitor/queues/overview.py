"""Every clock and every indicator of a policy over some totals, as ``replay`` and ``report`` print them: n with each value (P44)."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

import msgspec

from monitor.panes.where import TOTAL, Series, facet_text
from monitor.policy.durations import window_text
from monitor.policy.indicator_names import INDICATORS, About, Indicator
from monitor.policy.model import Policy
from monitor.queues.formulas import Facts
from monitor.queues.indicators import formula
from schemas.panes import PaneTotals

PROBLEMS: Final = frozenset({"fcr_ratio", "repeat_ratio", "solved_ratio"})
"""What can still change when a customer comes back within W."""

_VERDICTS: Final = ("met", "breached", "exempt", "cancelled")


class ClockLine(msgspec.Struct, frozen=True, kw_only=True):
    """One clock: cycles by verdict; n are those met or breached; shares net and gross of exemptions, counted time in seconds."""

    clock: str
    n: int
    met: int
    breached: int
    exempt: int
    cancelled: int
    met_ratio: float | None
    met_ratio_gross: float | None
    mean_seconds: float | None
    p90_seconds: float | None


class IndicatorLine(msgspec.Struct, frozen=True, kw_only=True):
    """One indicator; no value where nothing was (P30)."""

    indicator: str
    threshold_seconds: int | None
    value: float | None
    n: int
    unit: str
    definition: str


class Kpi(msgspec.Struct, frozen=True, kw_only=True):
    """One of the operator's core indicators (R36, R41), with its Chinese name."""

    name: str
    title: str
    indicator: str
    facet: str = ""


CORE: Final = (
    Kpi(name="answer_rate", title="接通率", indicator="answer_rate"),
    Kpi(name="call_handling_seconds", title="平均处理时长(通话)", indicator="handle_seconds"),
    Kpi(name="order_handling_seconds", title="平均处理时长(工单)", indicator="clock_mean_seconds.total_resolution"),
    Kpi(name="first_contact_resolution", title="一次性解决率", indicator="fcr_ratio"),
    Kpi(name="complaint_ratio", title="投诉率", indicator="complaint_ratio"),
    Kpi(
        name="complaints_in_time",
        title="投诉解决及时率",
        indicator="clock_met_ratio.total_resolution",
        facet=facet_text("request_type", "complaint"),
    ),
    Kpi(name="handling_accuracy", title="业务办理准确率", indicator="qc_pass_ratio.accuracy"),
)
"""R36's six: handling time is told for calls and orders apart; accuracy is the quality dimension ``accuracy``; complaints in time
need the facet ``request_type``."""


def core_line(parts: Mapping[Series, PaneTotals], series: Series) -> dict[str, tuple[float | None, int]]:
    """The core indicators of a series with their n; one that needs a facet is told of everything only."""
    line: dict[str, tuple[float | None, int]] = {}
    for kpi in CORE:
        about = (series[0], kpi.facet) if kpi.facet and series[1] == TOTAL else series
        held = parts.get(about, PaneTotals()) if not kpi.facet or series == ("all", TOTAL) else PaneTotals()
        reading = formula(kpi.indicator).read(Facts(held))
        line[kpi.name] = (reading.value, reading.n)
    return line


def clock_lines(totals: PaneTotals, policy: Policy) -> list[ClockLine]:
    """Every clock of the policy, those per department or node too, in order."""
    return [_clock(name, totals) for name in clocks_of(totals, policy)]


def indicator_lines(totals: PaneTotals, policy: Policy) -> list[IndicatorLine]:
    """Every indicator of the policy in the order of the catalogue; those of clocks are in ``clock_lines``."""
    thresholds = policy.queues.default.answer_within_seconds
    return [line for name, known in names_of(policy) for line in _indicator(name, known, thresholds, totals, policy)]


def clocks_of(totals: PaneTotals, policy: Policy) -> list[str]:
    """The names of all clocks, promised or counted."""
    counted = {name.removeprefix("clock.").rpartition(".")[0] for name in totals.counts if name.startswith("clock.")}
    return sorted(counted | {clock.name for clock in policy.clocks})


def names_of(policy: Policy) -> Iterator[tuple[str, Indicator]]:
    """Every indicator of one series over a window with its brackets filled in, but for those of clocks."""
    fillings: dict[About, Iterable[str]] = {
        "instrument": sorted(policy.surveys),
        "dimension": policy.qc_dimensions,
        "rule": dict.fromkeys(name for flow in policy.flows for name in (flow.name, flow.group) if name),
    }
    for pattern, known in INDICATORS.items():
        if known.instant or known.group or known.about == "clock":
            continue
        for value in fillings.get(known.about, ()) if known.about else ("",):
            yield pattern.replace(f"<{known.about}>", value), known


def _clock(name: str, totals: PaneTotals) -> ClockLine:
    facts = Facts(totals)
    met, breached, exempt, cancelled = (totals.counts.get(f"clock.{name}.{verdict}", 0) for verdict in _VERDICTS)
    return ClockLine(
        clock=name,
        n=met + breached,
        met=met,
        breached=breached,
        exempt=exempt,
        cancelled=cancelled,
        met_ratio=formula(f"clock_met_ratio.{name}").read(facts).value,
        met_ratio_gross=formula(f"clock_met_ratio_gross.{name}").read(facts).value,
        mean_seconds=formula(f"clock_mean_seconds.{name}").read(facts).value,
        p90_seconds=formula(f"clock_seconds.{name}.p90").read(facts).value,
    )


def _indicator(name: str, known: Indicator, thresholds: tuple[int, ...], totals: PaneTotals, policy: Policy) -> Iterator[IndicatorLine]:
    definition = known.definition
    if name in PROBLEMS:
        definition += f"; W = {window_text(policy.customers.window_us)}"
    for threshold in thresholds if known.threshold else (None,):
        reading = formula(name, threshold).read(Facts(totals))
        yield IndicatorLine(indicator=name, threshold_seconds=threshold, value=reading.value, n=reading.n, unit=known.unit, definition=definition)
