"""Clocks and indicators as tables on the screen: n, met, breached; shares in percent, times in seconds."""

from collections.abc import Mapping

import msgspec
from rich.table import Table

from monitor.console.screen import table
from monitor.queues.overview import CORE, ClockLine, IndicatorLine

NOTHING = "-"


class Measured(msgspec.Struct, frozen=True):
    """A value with its n."""

    value: float | None
    n: int


def core_table(core: dict[str, Measured]) -> Table:
    """The operator's core indicators (R36, R41)."""
    shown = table("core indicators", "indicator", "", "value", "n", numbers=("value", "n"))
    units = {kpi.name: "seconds" if "seconds" in kpi.name else "ratio" for kpi in CORE}
    for kpi in CORE:
        found = core[kpi.name]
        shown.add_row(kpi.name, kpi.title, number(found.value, units[kpi.name]), f"{found.n:,}")
    return shown


def overview_tables(summary: Mapping[str, object]) -> tuple[Table, Table]:
    """Every clock, and every indicator that has a value."""
    clocks = msgspec.convert(summary["clock_table"], list[ClockLine])
    indicators = msgspec.convert(summary["indicators"], list[IndicatorLine])
    return clock_table(clocks), indicator_table(indicators)


def clock_table(lines: list[ClockLine]) -> Table:
    """Every clock: cycles by verdict, shares, counted time."""
    numbers = ("n", "met", "breached", "exempt", "cancelled", "met net", "met gross", "mean s", "p90 s")
    shown = table("clocks", "clock", *numbers, numbers=numbers)
    for line in lines:
        counts = (f"{count:,}" for count in (line.n, line.met, line.breached, line.exempt, line.cancelled))
        shares = (number(share, "ratio") for share in (line.met_ratio, line.met_ratio_gross))
        shown.add_row(line.clock, *counts, *shares, number(line.mean_seconds, "seconds"), number(line.p90_seconds, "seconds"))
    return shown


def indicator_table(lines: list[IndicatorLine]) -> Table:
    """Every indicator with a value or an n; those of which nothing was counted are left out."""
    shown = table("indicators", "indicator", "value", "n", "definition", numbers=("value", "n"))
    for line in lines:
        if line.value is not None and (line.n or line.unit != "count"):
            within = f" ({line.threshold_seconds} s)" if line.threshold_seconds is not None else ""
            shown.add_row(line.indicator + within, number(line.value, line.unit), f"{line.n:,}", line.definition)
    return shown


def number(value: float | None, unit: str) -> str:
    """A value for people: shares in percent; a dash where there is none."""
    if value is None:
        return NOTHING
    if unit == "ratio":
        return f"{value:.2%}"
    return f"{value:,.0f}" if unit == "count" else f"{value:,.1f}"
