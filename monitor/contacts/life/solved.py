"""Which orders were solved for good (R31): resolved and not opened again within W, of all ``total_resolution`` cycles booked.

A solution is booked where and when its cycle is (requirements §5.10), so that the ratio never counts one without the other.
"""

from typing import Final

from monitor.contacts.counting import Desk
from monitor.contacts.kept.contact import RUNNING, STOPPED, OrderFlow, Run, View
from schemas.instants import Instant

CLOCK: Final = "total_resolution"
COUNTER: Final = "resolution.solved"


def resolved(desk: Desk, view: View, flow: OrderFlow, at: Instant) -> None:
    """The order was settled: its solution counts with the cycle that ended, if anything was promised."""
    flow.resolved_at = at
    run = _last_cycle(view)
    if flow.solved is None and run is not None and run.state == STOPPED and run.rule >= 0:
        flow.solved = (run.place, run.breach_booked_at if run.breach_at else run.ended_at)
        desk.count(*flow.solved, COUNTER)


def reopened(desk: Desk, view: View, flow: OrderFlow, at: Instant, window_us: int) -> None:
    """The order was opened again: no solution within W, and none either while a cycle that had been met runs on."""
    if flow.solved is None:
        return
    run = _last_cycle(view)
    runs_on = run is not None and run.state == RUNNING and not run.breach_at
    if runs_on or at - flow.resolved_at <= window_us:
        desk.count(*flow.solved, COUNTER, -1)
        flow.solved = None


def _last_cycle(view: View) -> Run | None:
    return next((run for run in reversed(view.runs) if run.clock == CLOCK), None)
