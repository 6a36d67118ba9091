"""How a cycle begins: under the first rule that matches, and whether it may begin at all.

Of a plain clock one cycle runs at a time. A clock ``per`` department or node runs one for each value (P15), or one whoever
holds the contact (R66). Promises that name an instant run side by side, each judged against its own; the same instant named
again is the same promise, and one that had passed already is none (P23).
"""

from typing import Final

import msgspec

from monitor.contacts import rematch
from monitor.contacts.contact import RUNNING, CallFlow, Run, View
from monitor.contacts.counting import Desk
from monitor.contacts.cycle_bookings import book_past_promise
from monitor.contacts.deadline import schedule
from monitor.contacts.plan import ClockPlan
from schemas.events import EventData
from schemas.events.call import CallCallbackRequested
from schemas.instants import Instant, parse_instant

NEVER: Final = 0


class Happening(msgspec.Struct, frozen=True, gc=False):
    """One event as the clocks see it: its id, when, what it says, who says it."""

    id: str
    at: Instant
    data: EventData
    source: str = ""


def running(view: View, clock: str) -> Run | None:
    """The running cycle of a published clock; of a dated one the oldest."""
    for run in view.runs:
        if run.state == RUNNING and run.clock == clock:
            return run
    return None


def all_running(plan: ClockPlan, view: View) -> list[Run]:
    """Every running cycle of a clock, whatever its value; of a plain clock there is one at most."""
    if plan.plain:
        run = running(view, plan.name)
        return [] if run is None else [run]
    return [run for run in view.runs if run.state == RUNNING and of_clock(plan, run)]


def of_clock(plan: ClockPlan, run: Run) -> bool:
    """Whether a cycle is one of the clock, under any value."""
    return run.clock == (f"{plan.name}:{run.value}" if run.value else plan.name)


def begin(desk: Desk, plan: ClockPlan, view: View, event: Happening) -> Run | None:
    """Start a cycle if the clock may; without a matching rule it waits unpromised for attributes that match (P12, P14)."""
    if not plan.plain:
        return _begin_apart(desk, plan, view, event)
    if running(view, plan.name) is not None:
        return None
    run = Run(plan.name, event.id, event.at, policy=plan.number)
    return _under_way(desk, plan, view, run, event)


def _begin_apart(desk: Desk, plan: ClockPlan, view: View, event: Happening) -> Run | None:
    value, going = "", all_running(plan, view)
    if plan.per:
        held_by = view.attributes.get(plan.per)
        if held_by is None:
            return None
        value = str(held_by)
        if not plan.first_holder:
            going = [run for run in going if run.value == value]
    promised_at = _promised_at(event.data) if plan.dated else NEVER
    past = NEVER < promised_at <= event.at
    run = Run(f"{plan.name}:{value}" if value else plan.name, event.id, event.at, value=value, policy=plan.number)
    run.promised_at = NEVER if past else promised_at
    dated = rematch.is_dated(plan, view, run)
    if past and dated:
        book_past_promise(desk, plan, run, desk.place_of(view), event.at)
        return None
    if plan.only_dated and not run.promised_at:
        return None
    aside = run.promised_at and (dated or plan.only_dated)
    if any(not aside or other.promised_at == run.promised_at for other in going):
        return None
    return _under_way(desk, plan, view, run, event)


def _under_way(desk: Desk, plan: ClockPlan, view: View, run: Run, event: Happening) -> Run:
    began_at = _waiting_since(view, event) if isinstance(event.data, CallCallbackRequested) else NEVER
    if began_at:
        run.started_at = began_at
    run.rule = run.last_rule = rematch.rule_for(plan, view, run)
    view.runs.append(run)
    if began_at and run.rule >= 0:
        rematch.skip_past_levels(desk, plan, view, run, event.at)
    schedule(plan, view, run)
    return run


def _promised_at(data: EventData) -> Instant:
    text = getattr(data, "due_at", None)
    return NEVER if text is None else parse_instant(text)


def _waiting_since(view: View, event: Happening) -> Instant:
    """A call-back is owed since the customer began to wait, not since it was asked for (P26)."""
    since_at = view.flow.first_queued_at if isinstance(view.flow, CallFlow) else NEVER
    return since_at if since_at < event.at else NEVER
