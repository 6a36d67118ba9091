"""The whole explanation of one contact (design §5)."""

from collections.abc import Callable, Sequence
from copy import copy

from msgspec.structs import replace

from monitor.contacts.flows.findings import Finding
from monitor.contacts.flows.words import sentence
from monitor.contacts.kept.contact import Contact, View
from monitor.contacts.plan import Plan
from monitor.contacts.saying.promised import by_language
from monitor.contacts.telling.changes import shown
from monitor.contacts.telling.cycles import cycles_of
from monitor.contacts.telling.ruled import ruled_cycles
from monitor.contacts.telling.timeline import Timeline
from monitor.contacts.versions import Stage
from monitor.turns import Turns
from monitor.wording.languages import LANGUAGES
from schemas.explanations import ContactExplanation, FindingExplanation
from schemas.instants import Instant, format_instant


def tell(stages: Sequence[Stage], contact: Contact, t: Instant, stage: Callable[[int], Stage]) -> Turns[ContactExplanation]:
    """Everything about a contact as of T, the last instant judged; folds its events anew under each policy it was under, changes nothing.

    ``stage`` is any adopted version by its number: a repair may judge under one that the contact never was under. What is kept is copied at
    once, so that the contact may go on while it is told.
    """
    return _told(stages, _as_it_is(contact), t, stage)


def _told(stages: Sequence[Stage], contact: Contact, t: Instant, stage: Callable[[int], Stage]) -> Turns[ContactExplanation]:
    plan = stages[-1].plan
    policy = plan.policy
    timeline = yield from Timeline(stages, contact).turns()
    cycles = yield from cycles_of(plan.families[contact.family], timeline, contact, t, policy.language)
    if contact.rulings:
        cycles = yield from ruled_cycles(cycles, contact, t, stage, policy.language)
    view = timeline.view
    return ContactExplanation(
        contact=contact.id,
        family=contact.family,
        t=format_instant(t),
        policy=policy.version,
        policy_titles=by_language(policy.titles, policy.title),
        time_zone=policy.time_zone,
        attributes=shown(view),
        closed_at=format_instant(view.closed_at) if view.closed_at else None,
        unjudged=contact.unjudged,
        timeline=tuple(timeline.entries),
        findings=tuple(_finding(plan, contact, finding) for finding in view.findings),
        cycles=cycles,
    )


def _as_it_is(contact: Contact) -> Contact:
    """What is told of a contact, apart from the contact that goes on: events and rulings are never changed in place, what was published is."""
    view, ledger = View(fired_at=contact.view.fired_at), [copy(entry) for entry in contact.ledger]
    return replace(contact, events=list(contact.events), view=view, ledger=ledger, rulings=list(contact.rulings))


def _finding(plan: Plan, contact: Contact, finding: Finding) -> FindingExplanation:
    flows = plan.families[contact.family].flows
    rule = flows.rules.get(finding.rule) if flows is not None else None
    return FindingExplanation(
        rule=finding.rule,
        titles=by_language(rule.flow.titles, "") if rule is not None else {},
        at=format_instant(finding.at),
        event=finding.cause,
        reason=finding.reason,
        sentences={str(language): sentence(rule.flow, finding, language) for language in LANGUAGES} if rule is not None else {},
        ended_at=format_instant(finding.ended_at) if finding.ended_at else None,
    )
