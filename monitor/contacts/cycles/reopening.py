"""A contact was opened again: by the clock's ``reopen``, go on with the cycle, start one, or do nothing (P13).

The time a contact was closed is a pause of the cycle that goes on. A date that was promised does not move: if it passed while
the contact was closed, its verdict stands (P23: no instant breach). A department's cycle goes on only if that department held the
contact to the end and holds it now; else the holder of now gets one of its own (P15).
"""

from monitor.contacts.counting import Desk
from monitor.contacts.cycles import rematch
from monitor.contacts.cycles.cycle_bookings import book_end
from monitor.contacts.cycles.deadline import schedule
from monitor.contacts.cycles.endings import DONE_THERE, HANDED_OVER, LEFT
from monitor.contacts.cycles.starting import Happening, begin, of_clock
from monitor.contacts.kept.contact import RUNNING, STOPPED, Run, View
from monitor.contacts.plan import ClockPlan, FamilyPlan


def reopen(desk: Desk, family: FamilyPlan, view: View, event: Happening) -> bool:
    """Let one event open every clock again that its policy lets; answer whether any cycle changed."""
    changed = False
    for plan in family.order:
        if plan.reopen == "first":
            continue
        last = _last(plan, view)
        if not last or any(run.state != STOPPED for run in last):
            continue
        if plan.reopen == "reset" or not _is_still_held(plan, view, last[-1]):
            changed |= begin(desk, plan, view, event) is not None
            continue
        for run in last:
            changed |= _go_on(desk, plan, view, run, event)
    return changed


def _last(plan: ClockPlan, view: View) -> list[Run]:
    """The last cycle of a clock; where dates run side by side, all that the last stop ended, or all that run."""
    runs = [run for run in view.runs if of_clock(plan, run)]
    if not plan.dated or not runs:
        return runs[-1:]
    going = [run for run in runs if run.state == RUNNING]
    return going or [run for run in runs if run.ended_at == max(each.ended_at for each in runs)]


def _is_still_held(plan: ClockPlan, view: View, last: Run) -> bool:
    if not plan.per or plan.first_holder:
        return True
    return last.reason not in (HANDED_OVER, LEFT, DONE_THERE) and last.value == view.attributes.get(plan.per)


def _go_on(desk: Desk, plan: ClockPlan, view: View, run: Run, event: Happening) -> bool:
    if run.promised_at and run.promised_at <= event.at and rematch.is_dated(plan, view, run):
        return False
    if run.rule >= 0:
        book_end(desk, plan.of(run), run, -1)
    run.closed.append((run.ended_at, event.at))
    run.state, run.ended_at, run.deadline_at, run.elapsed_us = RUNNING, 0, 0, 0
    if run.reason != rematch.NO_LONGER_PROMISED:
        run.reason = ""
    run.events.append(event.id)
    rematch.take_over(desk, plan, view, run, event.at)
    schedule(plan.of(run), view, run)
    return True
