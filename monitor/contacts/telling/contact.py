"""The whole explanation of one contact (design §5)."""

from collections.abc import Callable, Sequence

from monitor.contacts.flows.findings import Finding
from monitor.contacts.flows.words import sentence
from monitor.contacts.kept.contact import Contact
from monitor.contacts.plan import Plan
from monitor.contacts.saying.promised import by_language
from monitor.contacts.telling.changes import shown
from monitor.contacts.telling.cycles import cycles_of
from monitor.contacts.telling.ruled import ruled_cycles
from monitor.contacts.telling.timeline import Timeline
from monitor.contacts.versions import Stage
from monitor.wording.languages import LANGUAGES
from schemas.explanations import ContactExplanation, FindingExplanation
from schemas.instants import Instant, format_instant


def tell(stages: Sequence[Stage], contact: Contact, t: Instant, stage: Callable[[int], Stage]) -> ContactExplanation:
    """Everything about a contact as of T, the last instant judged; folds its events anew under each policy it was under, changes nothing.

    ``stage`` is any adopted version by its number: a repair may judge under one that the contact never was under.
    """
    timeline, plan = Timeline(stages, contact), stages[-1].plan
    view, policy = timeline.view, plan.policy
    cycles = cycles_of(plan.families[contact.family], timeline, contact, t, policy.language)
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
        cycles=ruled_cycles(cycles, contact, t, stage, policy.language) if contact.rulings else cycles,
    )


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
