"""Lifetime totals of what is booked beside waits and clocks: flow rules, surveys, quality, the voice menu, complaints, links.

Counters are ``<area>.<name>.<outcome>``; names come from the policy alone, so their number is bounded.
"""

from collections.abc import Iterator
from typing import Final

from monitor.processing import Sample

DEPT: Final = "dept="
_MILLI: Final = 1000
_NAMED: Final = {"flow": "sla_flow_checks_total", "survey": "sla_survey_answers_total", "qc": "sla_qc_checks_total"}
_LINKS: Final = frozenset({"node", "dept"})


def beside(counter: str, shard: str, value: float, *, is_sum: bool) -> Iterator[Sample]:
    """The sample of one counter or sum (seconds, as all sums arrive here) of everything together, if it is one of these."""
    area, _, rest = counter.partition(".")
    name, _, outcome = rest.rpartition(".")
    if is_sum:
        yield from _sums(area, name, outcome, shard, value)
    elif area in _NAMED and name:
        yield Sample(_NAMED[area], (name, outcome, shard), value)
    elif area == "ivr":
        yield Sample("sla_ivr_calls_total", (rest, shard), value)
    elif counter == "complaints":
        yield Sample("sla_complaints_total", (shard,), value)
    elif area in _LINKS and outcome == "n":
        yield Sample("sla_node_stays_total", (area, name, shard), value)


def by_dept(dept: str, counter: str, shard: str, value: float) -> Iterator[Sample]:
    """The sample of one counter of a department, if a flow rule counts it (R66)."""
    area, _, rest = counter.partition(".")
    if area == "flow":
        name, _, outcome = rest.rpartition(".")
        yield Sample("sla_flow_checks_by_dept_total", (name, dept, outcome, shard), value)


def _sums(area: str, name: str, outcome: str, shard: str, seconds: float) -> Iterator[Sample]:
    if area == "ivr_us":
        yield Sample("sla_ivr_seconds_total", (shard,), seconds)
    elif area == "survey" and outcome == "score_milli":
        yield Sample("sla_survey_score_total", (name, shard), seconds * _MILLI)
    elif area in _LINKS and outcome == "elapsed_us":
        yield Sample("sla_node_elapsed_seconds_total", (area, name, shard), seconds)
