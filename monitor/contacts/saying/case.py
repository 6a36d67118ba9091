"""One cycle on its way to being published, with everything that its records say."""

from typing import Final

import msgspec

from monitor.contacts.cycles.outcome import Outcome
from monitor.contacts.kept.contact import Contact, Published, Run, View
from monitor.contacts.plan import ClockPlan
from monitor.contacts.rulings.ruling import Ruling
from monitor.policy.model import Clock, Language, Policy
from monitor.wording.languages import titled
from schemas.instants import Instant

_LABELS: Final = ("queue", "channel", "region", "priority", "vip_tier", "request_type")
_ALERT_LABELS: Final = ("queue", "channel", "region", "priority", "vip_tier")


class Case(msgspec.Struct, frozen=True, gc=False):
    """A cycle, how it is judged, and what was told of it before; under a ``ruling``, ``natural`` is what its events alone give."""

    policy: Policy
    contact: Contact
    plan: ClockPlan
    run: Run
    judged: Outcome
    entry: Published
    t: Instant
    ruling: Ruling | None = None
    natural: Outcome | None = None

    @property
    def queue(self) -> str | None:
        """The queue the contact is in, if any."""
        queue = self.contact.view.attributes.get("queue")
        return None if queue is None else str(queue)


def title_of(clock: Clock | None, name: str, language: Language) -> str:
    """The title of the clock that publishes under a name; of a department's (``node:network``) with the department."""
    if clock is None:
        return name
    title, value = titled(clock.titles, language, clock.title or clock.name), name.removeprefix(clock.name).removeprefix(":")
    return f"{title} {value}" if value else title


def bounded_labels(view: View) -> dict[str, str]:
    """The attributes a verdict is counted by; never an id (P41, R80)."""
    attributes = view.attributes
    return {name: str(attributes[name]) for name in _LABELS if name in attributes}


def incident_of(view: View) -> str | None:
    """The mass outage that an order belongs to (R69): alerts of one are told together. An id, so never a label (P41)."""
    incident = view.attributes.get("parent_incident")
    return None if incident is None else str(incident)


def alert_labels(view: View) -> dict[str, str]:
    """The attributes an alert is routed by."""
    attributes = view.attributes
    return {name: str(attributes[name]) for name in _ALERT_LABELS if name in attributes}
