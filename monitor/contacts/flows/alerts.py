"""Findings of a contact against what the world was told (P16, P32, P41).

What was broken is a fact: one record in state ``resolved``. What is watched on an open contact is ``firing`` until the contact is
closed. A finding that late events disprove is retracted under the same id.
"""

from hashlib import blake2b
from typing import Final

from monitor.contacts.case import incident_of
from monitor.contacts.contact import Contact, Published
from monitor.contacts.flows.findings import Finding
from monitor.contacts.flows.follow import labels_of
from monitor.contacts.flows.plan import MARK, FlowRule
from monitor.contacts.flows.words import sentence, summary
from monitor.contacts.identity import flow_alert_id
from monitor.contacts.plan import Plan
from monitor.contacts.records import alert_record, instant_text
from monitor.processing import Output
from schemas.alerts import Alert, AlertState, Severity
from schemas.events import Family
from schemas.instants import SECOND, Instant, seconds_of

LATE_US: Final = 60 * SECOND
_RETRACTED: Final = "retracted"


def publish(plan: Plan, contact: Contact, t: Instant) -> list[Output]:
    """Say every finding that differs from what was told, as of T; the ledger then holds it."""
    told = {(entry.clock, entry.cycle): entry for entry in contact.ledger if entry.clock.startswith(MARK)}
    family = plan.families[contact.family]
    outputs: list[Output] = []
    for finding in contact.view.findings:
        rule = family.flow_rule(finding.rule)
        if rule is None:
            continue
        entry = told.pop((rule.entry, finding.cause), None)
        if entry is None:
            entry = Published(rule.entry, finding.cause, detected_late=t - finding.at > LATE_US)
            contact.ledger.append(entry)
        outputs.extend(_say(plan, contact, rule, finding, entry, t))
    for entry in told.values():
        if family.flow_rule(entry.clock.removeprefix(MARK)) is not None:  # what a rule found that is no more stays as it was said
            outputs.extend(_retract(plan, contact, entry, t))
    return outputs


def _say(plan: Plan, contact: Contact, rule: FlowRule, finding: Finding, entry: Published, t: Instant) -> list[Output]:
    state: AlertState = "resolved" if finding.ended_at else "firing"
    says = (state, finding.reason, _digest(finding), finding.at, finding.ended_at or finding.at, finding.value_us)
    if says == (entry.alert_state, entry.reason, entry.verdict, entry.started_at, entry.decided_at, entry.elapsed_us):
        return []
    entry.alert_state, entry.reason, entry.verdict, entry.started_at, entry.decided_at, entry.elapsed_us = says
    entry.deadline_at, entry.severity = finding.at, rule.flow.severity
    entry.alert_version += 1
    language = plan.policy.language
    notes = {
        "contact": contact.id,
        "summary": summary(rule.flow, finding, language),
        "description": sentence(rule.flow, finding, language),
        "rule": rule.path,
    }
    alert = Alert(
        id=flow_alert_id(contact, rule.name, finding.cause),
        version=entry.alert_version,
        state=state,
        kind="flow",
        severity=rule.flow.severity,
        labels=_labels(rule.name, finding.reason, rule.flow.severity, contact.family) | finding.labels,
        annotations=notes,
        contact=contact.id,
        cycle=finding.cause,
        queue=finding.labels.get("queue"),
        target=seconds_of(rule.flow.within_us),
        value=seconds_of(finding.value_us) if rule.flow.within_us else None,
        detected_at=instant_text(t),
        detected_late=entry.detected_late,
        starts_at=instant_text(finding.at),
        ends_at=instant_text(finding.ended_at) if finding.ended_at else None,
        reason=finding.reason,
        policy=plan.policy.version,
        flow=rule.name,
        group=incident_of(contact.view),
    )
    return [alert_record(alert, t)]


def _digest(finding: Finding) -> str:
    """What a finding says beside its instants, in few letters: the ledger compares, it does not tell."""
    parts = (*finding.what, *(f"{field}={value}" for field, value in sorted(finding.labels.items())))
    return blake2b("\0".join(parts).encode(), digest_size=6).hexdigest()


def _retract(plan: Plan, contact: Contact, entry: Published, t: Instant) -> list[Output]:
    if entry.alert_state in ("", _RETRACTED):
        return []
    entry.alert_state = _RETRACTED
    entry.alert_version += 1
    name = entry.clock.removeprefix(MARK)
    alert = Alert(
        id=flow_alert_id(contact, name, entry.cycle),
        version=entry.alert_version,
        state="retracted",
        kind="flow",
        severity=entry.severity,
        labels=_labels(name, entry.reason, entry.severity, contact.family) | labels_of(contact.view),
        annotations={"contact": contact.id, "summary": _WITHDRAWN[plan.policy.language].format(name=name)},
        contact=contact.id,
        cycle=entry.cycle,
        queue=_queue(contact),
        target=0,
        detected_at=instant_text(t),
        starts_at=instant_text(entry.started_at),
        ends_at=instant_text(t),
        reason="no_such_finding",
        policy=plan.policy.version,
        flow=name,
        group=incident_of(contact.view),
    )
    return [alert_record(alert, t)]


_WITHDRAWN: Final = {"en": "{name}: retracted, events that came later show otherwise", "zh": "{name}:已撤回,后到的事件表明并非如此"}


def _labels(flow: str, reason: str, severity: Severity, family: Family) -> dict[str, str]:
    return {"alertname": "FlowSeen" if reason == "seen" else "FlowViolation", "severity": severity, "flow": flow, "family": family}


def _queue(contact: Contact) -> str | None:
    queue = contact.view.attributes.get("queue")
    return None if queue is None else str(queue)
