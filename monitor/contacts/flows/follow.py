"""What one event does to the flow rules of a contact: parts are marked first, then rules are looked at, then who holds it is noted.

A rule that looks at the end of a contact does so once until it is opened again. A cancelled contact owes nothing.
"""

from typing import Final

from monitor.contacts.contact import View
from monitor.contacts.counting import Desk
from monitor.contacts.flows.checks import FRONT, Result, check, is_front
from monitor.contacts.flows.findings import Finding, Followed
from monitor.contacts.flows.plan import FlowPlan, FlowRule
from monitor.contacts.plan import passes, triggered
from monitor.contacts.starting import Happening
from monitor.panes.where import Where
from schemas.events import EventData
from schemas.events.shared import Cancelled
from schemas.instants import Instant

LABELS: Final = ("queue", "channel", "region", "priority", "vip_tier", "request_type", "dept", "node")
_ONCE: Final = ("stages", "require")


def follow(desk: Desk, plan: FlowPlan, view: View, names: tuple[str, ...], event: Happening) -> bool:
    """Let the moments of one event go through the rules; answer whether any finding came or ended."""
    changed = False
    for name in names:
        for mark in plan.marks.get(name, ()):
            if triggered(mark.where, event.data, view.attributes):
                _mark(desk, view, mark.rule, mark.part, event.at)
    for name in names:
        for each in plan.checks.get(name, ()):
            if triggered(each.where, event.data, view.attributes) and _asked(each.rule, view):
                changed |= _check(desk, view, each.rule, event)
    for rule in plan.holders:
        _hold(view, rule, event.data)
    if "contact.closed" in names:
        changed |= end(view, event.at)
    return changed


def reopened(plan: FlowPlan, view: View) -> None:
    """The contact was opened again: what was checked at its end will be checked again, and a result must be returned anew."""
    for state in view.followed:
        rule = plan.rules.get(state.rule)
        if rule is not None and rule.flow.kind in _ONCE:
            state.checked = False
        elif rule is not None and rule.flow.kind == "bounce":
            state.done, state.failed = [], False


def switch(plan: FlowPlan | None, view: View, at: Instant) -> bool:
    """Another policy version follows the contact: what its rules know goes on, what is asked no more ends; answer whether anything ended."""
    if not (view.followed or view.findings):
        return False
    kept = frozenset[str]() if plan is None else plan.rules.keys()
    view.followed = [state for state in view.followed if state.rule in kept]
    lasting = [finding for finding in view.findings if not finding.ended_at and finding.rule not in kept]
    for finding in lasting:
        finding.ended_at = at
    return bool(lasting)


def end(view: View, at: Instant) -> bool:
    """Nothing found lasts beyond the end of the contact; answer whether anything ended."""
    lasting = [finding for finding in view.findings if not finding.ended_at]
    for finding in lasting:
        finding.ended_at = at
    return bool(lasting)


def labels_of(view: View) -> dict[str, str]:
    """The attributes that the alert of a finding is routed by."""
    return {field: str(view.attributes[field]) for field in LABELS if field in view.attributes}


def _asked(rule: FlowRule, view: View) -> bool:
    return all(passes(test, view.attributes.get(test.field)) for test in rule.flow.when)


def _mark(desk: Desk, view: View, rule: FlowRule, part: int, at: Instant) -> None:
    state = _state(view, rule)
    if part in state.done:
        return
    state.done.append(part)
    if rule.flow.kind == "bounce" and not state.failed and state.holder not in ("", FRONT) and _asked(rule, view):
        _count(desk, desk.place_of(view), at, rule.ok)


def _check(desk: Desk, view: View, rule: FlowRule, event: Happening) -> bool:
    flow = rule.flow
    state = _find(view, rule)
    once = flow.kind in _ONCE or flow.per == "contact"
    if once and (isinstance(event.data, Cancelled) or (state is not None and state.checked)):
        return False
    result = check(rule, state, event.data, event.at)
    if result is None:
        return False
    if once:
        _state(view, rule).checked = True
    if result.reason is None:
        _count(desk, desk.place_of(view), event.at, rule.ok)
        return False
    _count(desk, _place(desk, view, result.dept), event.at, rule.seen if flow.kind == "watch" else rule.violated)
    if flow.kind == "bounce":
        _state(view, rule).failed = True
    return flow.alert and _found(view, rule, result, event)


def _found(view: View, rule: FlowRule, result: Result, event: Happening) -> bool:
    """A rule that watches has one finding while the contact is open, however often it sees something."""
    watches = rule.flow.kind == "watch"
    if watches and any(finding.rule == rule.name and not finding.ended_at for finding in view.findings):
        return False
    lasts = watches and not view.closed_at
    ended_at = 0 if lasts else event.at
    finding = Finding(rule.name, event.id, event.at, result.reason or "", list(result.what), ended_at, labels_of(view), result.value_us)
    if result.dept:
        finding.labels["dept"] = result.dept
    view.findings.append(finding)
    return True


def _hold(view: View, rule: FlowRule, data: EventData) -> None:
    dept = getattr(data, "dept", None)
    front = is_front(rule.flow.front, data)
    if not dept and not front:
        return
    holder = FRONT if front else str(dept)
    state = _state(view, rule)
    if holder != state.holder:
        state.before, state.holder = state.holder, holder


def _place(desk: Desk, view: View, dept: str) -> Where:
    """The place of the contact, or of the department that it counts for."""
    return desk.place_of(View(attributes={**view.attributes, "dept": dept}) if dept else view)


def _count(desk: Desk, place: Where, at: Instant, counters: tuple[str, ...]) -> None:
    for counter in counters:
        desk.count(place, at, counter)


def _find(view: View, rule: FlowRule) -> Followed | None:
    for state in view.followed:
        if state.rule == rule.name:
            return state
    return None


def _state(view: View, rule: FlowRule) -> Followed:
    state = _find(view, rule)
    if state is None:
        state = Followed(rule.name)
        view.followed.append(state)
    return state
