"""What one cycle books (requirements §5.10): once, at its stop, its deadline or the change that decided, under the place it had then.

A breach is booked when it happens, everything else when the cycle ends; sign -1 takes a booking back. Which counter a breach
moves is said in one place, ``_missed``.
"""

from monitor.contacts.counting import Desk
from monitor.contacts.cycles.clock_names import ClockNames
from monitor.contacts.kept.contact import STOPPED, Run, View
from monitor.contacts.plan import ClockPlan
from monitor.panes.where import Where
from schemas.instants import Instant


def place_of(desk: Desk, plan: ClockPlan, view: View, run: Run) -> Where:
    """Where the contact is now, as its holder sees it: a department's cycle counts for that department after a hand-over too (P15)."""
    if not plan.per or view.attributes.get(plan.per) == run.value:
        return desk.place_of(view)
    return desk.place_of(View(attributes=plan.attributes_of(view.attributes, run.value)))


def book_breach(desk: Desk, plan: ClockPlan, run: Run, sign: int = 1) -> None:
    """The deadline went by, or was found to be past at a change."""
    for names in plan.names_for(run.value):
        desk.count(run.place, run.breach_booked_at, _missed(run, names), sign)


def book_end(desk: Desk, plan: ClockPlan, run: Run, sign: int = 1) -> None:
    """The cycle was stopped or cancelled; the breach itself was booked when it happened."""
    at = run.breach_booked_at if run.breach_at else run.ended_at
    for names in plan.names_for(run.value):
        if not run.breach_at:
            desk.count(run.place, at, names.met if run.state == STOPPED else names.cancelled, sign)
        if run.state == STOPPED:
            desk.value(run.place, at, names.sketch, run.elapsed_us, sign)
            desk.count(run.place, at, names.stopped, sign)
            desk.total(run.place, at, names.elapsed, sign * run.elapsed_us)


def book_unpromised(desk: Desk, plan: ClockPlan, run: Run, sign: int = 1) -> None:
    """A change took the promise away (P14)."""
    for names in plan.names_for(run.value):
        desk.count(run.place, run.breach_booked_at, names.cancelled, sign)


def book_relaxed(desk: Desk, plan: ClockPlan, run: Run, place: Where, at: Instant) -> None:
    """A change moved the deadline later when little was left of it (P14)."""
    for names in plan.names_for(run.value):
        desk.count(place, at, names.relaxed)


def book_past_promise(desk: Desk, plan: ClockPlan, run: Run, place: Where, at: Instant) -> None:
    """A date was named that had passed already: no promise, and never an instant breach (P23)."""
    for names in plan.names_for(run.value):
        desk.count(place, at, names.past_promises)


def _missed(run: Run, names: ClockNames) -> str:
    """The counter of a cycle that missed its deadline."""
    return names.breached
