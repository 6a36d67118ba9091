"""When a contact next needs the shard's attention, and when it may be forgotten (design §4).

Forgetting counts from the last accepted event and never while a clock runs. A contact that is never closed and has no running
clock is a ghost and goes ``MAX_OPEN_US`` after its last event. A clock that nobody ever stops must not live for ever either:
``MAX_RUNNING_US`` after the last event (or the last timer, if that is later) it is cancelled, reason ``expired``.
"""

from typing import Final

from monitor.contacts.contact import RUNNING, Contact, Run, Summary, View
from monitor.contacts.fold import leg_of, waiting
from monitor.contacts.plan import FamilyPlan
from monitor.panes.where import NodePlace, Where
from monitor.policy.model import Limits
from schemas.alerts import Severity
from schemas.instants import DAY, Instant

MAX_OPEN_US: Final = 90 * DAY
MAX_RUNNING_US: Final = 400 * DAY
NEVER: Final = 1 << 62
_SEVERITIES: Final[dict[Severity, int]] = {"critical": 0, "warning": 1, "info": 2}


def running_promises(view: View) -> list[Run]:
    """The cycles that run under a promise."""
    return [run for run in view.runs if run.state == RUNNING and run.rule >= 0]


def forget_at(contact: Contact, limits: Limits) -> Instant:
    """When the contact may go."""
    view = contact.view
    last_timer_at = -1
    for run in view.runs:
        if run.state == RUNNING and run.rule >= 0 and run.next_at > last_timer_at:
            last_timer_at = run.next_at
    if last_timer_at < 0:
        if view.follow_up:
            return contact.last_at + limits.follow_up_us
        if view.closed_at:
            return contact.last_at + limits.keep_closed_us[contact.family]
        return contact.last_at + MAX_OPEN_US
    return max(contact.last_at + MAX_RUNNING_US, last_timer_at + 1)


def next_at(contact: Contact, limits: Limits) -> Instant:
    """The first T at which something about the contact is due: a timer that has gone by, a publication, forgetting."""
    view = contact.view
    at = contact.publish_at or NEVER
    for run in view.runs:
        if run.next_at and run.next_at < at:
            at = run.next_at + 1
    leg = leg_of(view)
    if leg is not None and leg.next_at and leg.next_at < at:
        at = leg.next_at + 1
    gone_at = forget_at(contact, limits)
    return at if at < gone_at else gone_at


def _is_ruled(contact: Contact, run: Run) -> bool:
    return any((ruling.clock, ruling.cycle) == (run.clock, run.cycle) for ruling in contact.rulings)


def summary(contact: Contact, family: FamilyPlan) -> Summary:
    """The contact in short."""
    view = contact.view
    breached = [0, 0, 0]
    running = 0
    for run in view.runs:
        if run.state == RUNNING and run.rule >= 0:
            running += 1
            plan = family.of(run)
            if run.breach_at and plan is not None and not (contact.rulings and _is_ruled(contact, run)):
                breached[_SEVERITIES[plan.rules[run.last_rule].severity]] += 1
    waits = waiting(view)
    place, since_at = waits if waits is not None else (None, 0)
    sits = place if isinstance(place, NodePlace) else None
    return Summary(
        1,
        int(not view.closed_at and not view.follow_up),
        running,
        (breached[0], breached[1], breached[2]),
        int(contact.unjudged),
        place if isinstance(place, Where) else None,
        since_at if sits is None else 0,
        sits.node if sits is not None else "",
        since_at if sits is not None else 0,
        int(contact.untold),
    )
