"""F(events, policy): folds the events of a contact, in order, into its view (design §5).

For one event: timers that fell due before it go by; it brings attributes, and rules are matched again where they changed
(P14); the family's life cycle finds the moments; clocks are cancelled, stopped, paused and started, in that order (P11).
"""

from monitor.contacts import clocks, complaints, links, rematch, reopening, solved, waits
from monitor.contacts.bookings import Sink
from monitor.contacts.contact import RUNNING, CallFlow, ChatFlow, Leg, OrderFlow, PauseSpan, Stored, View, Waiting
from monitor.contacts.counting import Desk
from monitor.contacts.flows import follow
from monitor.contacts.flows.plan import FlowPlan
from monitor.contacts.moments_call import fold_call
from monitor.contacts.moments_chat import fold_chat
from monitor.contacts.moments_workorder import fold_workorder
from monitor.contacts.plan import FamilyPlan, Plan
from monitor.contacts.service import concerns, serve
from monitor.contacts.starting import Happening
from monitor.contacts.steps import Step, Steps, steps_of
from monitor.panes.where import NodePlace
from monitor.policy.model import Scalar
from schemas.events import EventData, Family
from schemas.events.workorder import WorkOrderPaused, WorkOrderResumed
from schemas.instants import Instant


class Fold:
    """Folds into views, booking into the desk's sink."""

    def __init__(self, plan: Plan, desk: Desk, steps: dict[Family, Steps] | None = None) -> None:
        self._plan, self._desk = plan, desk
        self._steps = steps or steps_of(plan)

    def into(self, sink: Sink) -> "Fold":
        """The same fold with another sink."""
        return Fold(self._plan, self._desk.into(sink), self._steps)

    def take(self, family: Family, view: View, event: Stored, data: EventData) -> bool:
        """Fold the next event into a view; answer whether any clock changed."""
        plan, step, at = self._plan.families[family], self._steps[family][type(data)], event.at
        changed = bool(view.opened_at) and self.advance(family, view, at)
        values = step.values(data)
        matters = values != step.silent and _carry(step, view, values)
        if not view.opened_at:
            view.opened_at = at
        if view.follow_up and not step.follows_up:
            view.follow_up = False
            self._desk.count(self._desk.place_of(view), at, "contacts")
        if matters and view.runs:
            changed |= rematch.match_all_again(self._desk, plan, view, event.id, at)
        if family == "call":
            derived = fold_call(self._desk, view, step.name, data, at, event.source)
        elif family == "chat":
            derived = fold_chat(self._desk, view, step.name, data, at)
        else:
            derived = self._fold_order(view, step, data, at)
        if step.serves or (view.service is not None and concerns(step, data)):
            serve(self._desk, view, step, data, at)
        if derived or view.closed_at:
            self._close(view, step, derived, at)
        if step.tally is not None:
            step.tally(self._desk, view, data, at)
        if derived or not step.idle:
            changed |= self._clocks(plan, step, view, derived, Happening(event.id, at, data, event.source))
        if family == "workorder" and (derived or step.reopens):
            self._settle(view, step, derived, at)
        if plan.flows is not None and (derived or step.name in plan.flows.listens):
            changed |= self._flows(plan.flows, view, step, derived, Happening(event.id, at, data, event.source))
        return changed

    def _fold_order(self, view: View, step: Step, data: EventData, at: Instant) -> tuple[str, ...]:
        derived = fold_workorder(view, step.name, data)
        flow = view.flow
        assert isinstance(flow, OrderFlow), "an order has the life of an order"
        complaints.follow(self._desk, view, flow, data)
        links.follow(self._desk, view, flow, data, at)
        return derived

    def _settle(self, view: View, step: Step, derived: tuple[str, ...], at: Instant) -> None:
        """After the clocks, since a solution counts with its cycle (R31)."""
        flow = view.flow
        assert isinstance(flow, OrderFlow), "an order has the life of an order"
        if step.reopens:
            solved.reopened(self._desk, view, flow, at, self._plan.policy.limits.solved_window_us)
        elif "contact.settled" in derived:
            solved.resolved(self._desk, view, flow, at)

    def _flows(self, plan: FlowPlan, view: View, step: Step, derived: tuple[str, ...], event: Happening) -> bool:
        if step.reopens:
            follow.reopened(plan, view)
        return follow.follow(self._desk, plan, view, (step.name, *derived), event)

    def advance(self, family: Family, view: View, until: Instant, *, inclusive: bool = False) -> bool:
        """Let timers before ``until`` go by; answer whether any clock changed."""
        leg = leg_of(view)
        if leg is not None and 0 < leg.next_at <= until:
            view.fired_at = max(view.fired_at, waits.advance(self._desk, leg, until, inclusive=inclusive))
        if not view.runs:
            return False
        fired_at = clocks.advance(self._desk, self._plan.families[family], view, until, inclusive=inclusive)
        if fired_at > view.fired_at:
            view.fired_at = fired_at
        return fired_at > 0

    def switch(self, before: "Fold", family: Family, view: View, at: Instant) -> bool:
        """Bring a view that ``before`` has folded under this fold's policy; answer whether any clock changed (P14)."""
        changed = before.advance(family, view, at)
        plan = self._plan.families[family]
        changed |= rematch.switch_all(self._desk, plan, view, at)
        return follow.switch(plan.flows, view, at) or changed

    def again(self, family: Family, events: list[tuple[Stored, EventData]], fired_at: Instant) -> View:
        """Fold a whole list, up to the timers that had gone by at ``fired_at``."""
        view = View()
        for event, data in events:
            self.take(family, view, event, data)
        self.advance(family, view, fired_at, inclusive=True)
        return view

    def _close(self, view: View, step: Step, derived: tuple[str, ...], at: Instant) -> None:
        if "contact.closed" in derived:
            if not view.closed_at:
                view.closed_at, view.closed_place = at, self._desk.place_of(view)
                self._desk.count(view.closed_place, at, "closed")
        elif view.closed_at and (step.reopens or _is_active(view)):
            self._desk.count(view.closed_place, view.closed_at, "closed", -1)
            view.closed_at = 0

    def _clocks(self, plan: FamilyPlan, step: Step, view: View, derived: tuple[str, ...], event: Happening) -> bool:
        """Cancels and stops come before the pause, starts after it (P11); answer whether any cycle changed."""
        desk, moments = self._desk, step.moments
        for moment in derived:
            if moment in plan.moments:
                moments += (plan.moments[moment],)
        changed = step.reopens and reopening.reopen(desk, plan, view, event)
        if moments or step.hands_over:
            changed |= clocks.end_cycles(desk, plan, view, moments, event)
        if derived and plan.repeating:
            changed |= clocks.close_repeating(desk, plan, view, event)
        if step.pauses:
            changed |= _pauses(view, event)
            clocks.reschedule(plan, view)
        return clocks.start_cycles(desk, plan, view, moments, event) or changed if moments else changed


def waiting(view: View) -> Waiting | None:
    """Where and since when somebody waits who is no ghost, or an order sits in a node (R75)."""
    leg = leg_of(view)
    if leg is not None:
        return None if leg.expired else (leg.place, leg.queued_at)
    flow = view.flow
    return (NodePlace(flow.node), flow.node_since_at) if isinstance(flow, OrderFlow) and flow.node else None


def leg_of(view: View) -> Leg | None:
    """The wait of a contact, expired or not."""
    flow = view.flow
    return flow.leg if flow is not None else None


def _carry(step: Step, view: View, values: tuple[Scalar | None, ...]) -> bool:
    """Take over the attributes an event carries; answer whether one that rules match on changed."""
    attributes = view.attributes
    matters = False
    for field, value in zip(step.fields, values, strict=True):
        if value is not None and attributes.get(field) != value:
            attributes[field] = value
            matters = matters or field in step.matched_on
    return matters


def _is_active(view: View) -> bool:
    flow = view.flow
    return isinstance(flow, (CallFlow, ChatFlow)) and (flow.leg is not None or flow.handling is not None)


def _pauses(view: View, event: Happening) -> bool:
    """Open and close pauses; answer whether an alert that fires may say so: while paused it is inhibited, not resolved (P11)."""
    data = event.data
    if isinstance(data, WorkOrderPaused):
        _pause(view, event.at, data.reason)
    else:
        _resume(view, event.at, data.reason if isinstance(data, WorkOrderResumed) else None)
    return any(run.breach_at and run.state == RUNNING for run in view.runs)


def _pause(view: View, at: Instant, reason: str | None) -> None:
    """A missing reason pauses nothing (P11); pausing again for the same reason changes nothing."""
    if reason is not None and all(pause.to_at or pause.reason != reason for pause in view.pauses):
        view.pauses.append(PauseSpan(at, 0, reason))


def _resume(view: View, at: Instant, reason: str | None) -> None:
    for pause in view.pauses:
        if not pause.to_at and (reason is None or pause.reason == reason):
            pause.to_at = at
