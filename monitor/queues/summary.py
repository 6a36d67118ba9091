"""One queue over a whole log, as ``replay --output json`` shows it: shares 0-1 and seconds, unrounded, None where nothing was."""

from collections.abc import Iterable
from typing import Final

from monitor.policy.indicator_names import QUANTILES
from monitor.queues.formulas import Facts
from monitor.queues.indicators import formula
from schemas.panes import PaneTotals

LEVELS: Final = ("V1", "V2", "V3", "V4", "V5", "V6", "V7")
COUNTS: Final = ("offered", "answered", "abandoned", "short_abandoned", "flow_out", "callback")

Summary = dict[str, "int | float | Summary | None"]


def queue_summary(totals: PaneTotals, thresholds: Iterable[int]) -> Summary:
    """Return counts, service levels by formula and threshold, and times; ``abandoned`` includes short abandons."""
    facts, within = Facts(totals), sorted(set(thresholds))

    def value(name: str, threshold: int | None = None) -> float | None:
        return formula(name, threshold).read(facts).value

    summary: Summary = {name: totals.counts.get(name, 0) for name in COUNTS}
    summary["answer_rate"] = value("answer_rate")
    summary["service_level"] = {"V0": value("answer_rate")} | {
        level: {str(each): value(f"service_level.{level}", each) for each in within} for level in LEVELS
    }
    summary["abandonment_ratio"] = {kind: value(f"abandonment_ratio.{kind}") for kind in ("gross", "net")}
    for name in ("asa_seconds", "abandon_wait_seconds", "handle_seconds"):
        summary[name] = value(name)
    for name in ("wait_seconds", "wait_seconds_all"):
        summary[name] = {point: value(f"{name}.{point}") for point in QUANTILES}
    return summary
