"""When a contact next needs the shard's attention, and when it may be forgotten (design §4).

Forgetting counts from the last accepted event and never while a clock runs. A contact that is never closed is a ghost: it
expires ``MAX_OPEN_US`` after its last event, or after its last timer if that is later; its running clocks are cancelled then.
"""

from typing import Final

from monitor.contacts.contact import RUNNING, CallFlow, ChatFlow, Contact, Run, Summary, View
from monitor.contacts.fold import leg_of
from monitor.contacts.plan import FamilyPlan
from monitor.policy.model import Limits
from schemas.alerts import Severity
from schemas.instants import DAY, Instant

MAX_OPEN_US: Final = 90 * DAY
_SEVERITIES: Final[dict[Severity, int]] = {"critical": 0, "warning": 1, "info": 2}


def running_promises(view: View) -> list[Run]:
    """The cycles that run under a promise."""
    return [run for run in view.runs if run.state == RUNNING and run.rule >= 0]


def is_finished(view: View) -> bool:
    """Whether nothing runs and nothing more is expected."""
    return bool(view.closed_at or view.follow_up) and not running_promises(view)


def forget_at(contact: Contact, limits: Limits) -> Instant:
    """When the contact may go."""
    view = contact.view
    if is_finished(view):
        keep_us = limits.follow_up_us if view.follow_up else limits.keep_closed_us[contact.family]
        return contact.last_at + keep_us
    return max(contact.last_at + MAX_OPEN_US, *(run.next_at + 1 for run in view.runs), 0)


def next_at(contact: Contact, limits: Limits) -> Instant:
    """The first T at which something about the contact is due: a timer that has gone by, a publication, forgetting."""
    view = contact.view
    at = forget_at(contact, limits)
    if contact.publish_at and contact.publish_at < at:
        at = contact.publish_at
    for run in view.runs:
        if run.next_at and run.next_at < at:
            at = run.next_at + 1
    flow = view.flow
    if isinstance(flow, (CallFlow, ChatFlow)) and flow.leg is not None and flow.leg.next_at and flow.leg.next_at < at:
        at = flow.leg.next_at + 1
    return at


def summary(contact: Contact, family: FamilyPlan) -> Summary:
    """The contact in short."""
    view = contact.view
    breached = [0, 0, 0]
    running = 0
    for run in view.runs:
        if run.state == RUNNING and run.rule >= 0:
            running += 1
            plan = family.clocks.get(run.clock)
            if run.breach_at and plan is not None:
                breached[_SEVERITIES[plan.rules[run.last_rule].severity]] += 1
    leg = leg_of(view)
    return Summary(
        1,
        int(not view.closed_at and not view.follow_up),
        running,
        (breached[0], breached[1], breached[2]),
        int(contact.unjudged),
        leg.place if leg is not None else None,
        leg.queued_at if leg is not None else 0,
    )
