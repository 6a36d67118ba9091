"""The whole explanation of one contact (design §5)."""

from monitor.contacts.contact import Contact
from monitor.contacts.fold import Fold
from monitor.contacts.plan import Plan
from monitor.contacts.promised import by_language
from monitor.contacts.telling.cycles import cycles_of
from monitor.contacts.telling.timeline import Timeline
from schemas.explanations import ContactExplanation
from schemas.instants import Instant, format_instant


def tell(plan: Plan, fold: Fold, contact: Contact, t: Instant) -> ContactExplanation:
    """Everything about a contact as of T, the last instant judged; folds its events anew and changes nothing."""
    timeline = Timeline(plan, fold, contact)
    view, policy = timeline.view, plan.policy
    return ContactExplanation(
        contact=contact.id,
        family=contact.family,
        t=format_instant(t),
        policy=policy.version,
        policy_titles=by_language(policy.titles, policy.title),
        time_zone=policy.time_zone,
        attributes=dict(sorted(view.attributes.items())),
        closed_at=format_instant(view.closed_at) if view.closed_at else None,
        unjudged=contact.unjudged,
        timeline=tuple(timeline.entries),
        cycles=cycles_of(plan.families[contact.family], timeline, contact, t, policy.language),
    )
