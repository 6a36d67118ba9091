"""Alerts of one cycle: one for its breach, one for each warning level or overrun that went by (P16, P40, P41).

Firing while the cycle runs, resolved by its real stop or cancel, retracted when events disprove it. A breach that is found
when the stop is already known is one record in state ``resolved``. A pause after the breach neither resolves nor retracts: while
it lasts the alert keeps firing and says ``paused`` (P11), so that nobody is told again meanwhile. Levels that went by before the
contact was closed stay resolved when it is opened again (P16).
"""

from typing import Final

from monitor.contacts.case import Case, alert_labels, incident_of, title_of
from monitor.contacts.contact import RUNNING, Contact, Published
from monitor.contacts.deadline import elapsed_us
from monitor.contacts.identity import alert_id
from monitor.contacts.records import alert_record, instant_text
from monitor.policy.model import Policy
from monitor.processing import Output
from monitor.wording.alerts import breach_summary, level_summary, retracted_summary
from schemas.alerts import Alert, AlertState, Explanation, Severity
from schemas.instants import Instant, seconds_of

_RETRACTED: Final = "retracted"
_MILDER: Final[dict[Severity, Severity]] = {"critical": "warning", "warning": "info", "info": "info"}


def of_breach(case: Case, explanation: Explanation | None) -> list[Output]:
    """The alert of the breach, if it differs from what was told; a new version of the verdict (``explanation``) is one of it too."""
    entry, run = case.entry, case.run
    if case.judged.verdict == "breached":
        state: AlertState = "firing" if run.state == RUNNING else "resolved"
    elif entry.alert_state:
        state = "retracted" if case.ruling is None else "resolved"  # a ruling does not say that there was no breach
    else:
        return []
    if state == entry.alert_state and (explanation is None or state == "retracted"):
        return []
    entry.alert_state, entry.paused = state, _paused(case) if state == "firing" else ""
    entry.alert_version += 1
    starts_at = run.breach_booked_at or case.judged.deadline_at or run.started_at
    return [_alert(case, state, None, starts_at, entry.alert_version, explanation)]


def pause_changed(case: Case) -> bool:
    """Whether a firing breach alert was paused or goes on since it was last told."""
    return case.entry.alert_state == "firing" and case.run.state == RUNNING and _paused(case) != case.entry.paused


def of_levels(case: Case) -> list[Output]:
    """The alerts of warning levels and overruns that differ from what was told, lowest level first."""
    entry, run = case.entry, case.run
    passed = dict(run.passed)
    outputs: list[Output] = []
    for level in sorted({*passed, *entry.levels}):
        told, version, told_at = entry.levels.get(level, ("", 0, 0))
        at = passed.get(level, told_at)
        state: AlertState = "retracted" if level not in passed else "resolved" if _level_ended_at(case, at) or case.ruling is not None else "firing"
        if not told and case.ruling is not None:
            continue
        if state == told and at == told_at:
            continue
        entry.levels[level] = (state, version + 1, at)
        outputs.append(_alert(case, state, level, at, version + 1, None))
    return outputs


def retract(policy: Policy, contact: Contact, entry: Published, t: Instant) -> list[Output]:
    """Take back every alert of a cycle that the events no longer show."""
    outputs: list[Output] = []
    if entry.alert_state and entry.alert_state != _RETRACTED:
        entry.alert_state = _RETRACTED
        entry.alert_version += 1
        outputs.append(_retraction(policy, contact, entry, None, t))
    for level in sorted(entry.levels):
        state, version, at = entry.levels[level]
        if state != _RETRACTED:
            entry.levels[level] = (_RETRACTED, version + 1, at)
            outputs.append(_retraction(policy, contact, entry, level, t))
    return outputs


def _alert(case: Case, state: AlertState, level: int | None, starts_at: Instant, version: int, explanation: Explanation | None) -> Output:
    contact, run, judged = case.contact, case.run, case.judged
    severity = _severity(case.judged.rule.severity, level)
    ended_at = case.t if state == "retracted" else 0
    if state == "resolved":
        ended_at = judged.decided_at if level is None else _level_ended_at(case, starts_at)
        ended_at = ended_at or case.t
    alert = Alert(
        id=alert_id(contact, run.clock, run.cycle, level),
        version=version,
        state=state,
        kind="breach" if level is None else "level",
        severity=severity,
        labels=_labels(contact, run.clock, level, severity),
        annotations=_annotations(case, level, explanation),
        contact=contact.id,
        clock=run.clock,
        cycle=run.cycle,
        level_ratio=None if level is None else level / 100,
        queue=case.queue,
        target=seconds_of(judged.target_us),
        value=seconds_of(_elapsed_us(case)),
        deadline=instant_text(judged.deadline_at) if judged.deadline_at else None,
        detected_at=instant_text(case.t),
        detected_late=case.entry.detected_late and level is None,
        starts_at=instant_text(starts_at),
        ends_at=instant_text(ended_at) if ended_at else None,
        reason=judged.reason if level is None else f"level_{level}",
        policy=case.policy.version,
        explanation=explanation,
        group=incident_of(contact.view),
    )
    return alert_record(alert, case.t)


def _retraction(policy: Policy, contact: Contact, entry: Published, level: int | None, t: Instant) -> Output:
    version = entry.alert_version if level is None else entry.levels[level][1]
    severity = _severity(entry.severity, level)
    starts_at = entry.deadline_at if level is None else entry.levels[level][2]
    alert = Alert(
        id=alert_id(contact, entry.clock, entry.cycle, level),
        version=version,
        state="retracted",
        kind="breach" if level is None else "level",
        severity=severity,
        labels=_labels(contact, entry.clock, level, severity),
        annotations={"contact": contact.id, "summary": retracted_summary(_title(policy, entry.clock), policy.language)},
        contact=contact.id,
        clock=entry.clock,
        cycle=entry.cycle,
        level_ratio=None if level is None else level / 100,
        target=seconds_of(entry.target_us),
        deadline=instant_text(entry.deadline_at) if entry.deadline_at else None,
        detected_at=instant_text(t),
        starts_at=instant_text(starts_at),
        ends_at=instant_text(t),
        reason="no_such_cycle",
        policy=policy.version,
        group=incident_of(contact.view),
    )
    return alert_record(alert, t)


def _title(policy: Policy, name: str) -> str:
    clock = next((each for each in policy.clocks if each.name in (name, name.partition(":")[0])), None)
    return title_of(clock, name, policy.language)


def _severity(rule: Severity, level: int | None) -> Severity:
    """Before the breach everything is one step milder."""
    return rule if level is None or level > 100 else _MILDER[rule]


def _level_ended_at(case: Case, passed_at: Instant) -> Instant:
    """When the alert of a level ended: with the cycle, or when the contact was closed though it was opened again later."""
    closings = [closed_at for closed_at, _ in case.run.closed if closed_at >= passed_at]
    return closings[0] if closings else case.judged.decided_at


def _paused(case: Case) -> str:
    """``true`` while a pause lasts that stops this clock, or the instant at which its cap is used up; nothing else moves with T."""
    rule, view = case.judged.rule, case.contact.view
    if not view.pauses or (rule.target is not None and rule.target.kind == "due_at"):
        return ""
    ends = [to_at for _, to_at in case.judged.pauses]
    if None in ends:
        return "true"
    until = max((to_at for to_at in ends if to_at is not None), default=0)
    return instant_text(until) if until > max(case.contact.last_at, case.run.breach_booked_at) else ""


def _elapsed_us(case: Case) -> int:
    run, judged = case.run, case.judged
    return run.elapsed_us if run.ended_at else elapsed_us(judged.rule, run, case.t, judged.pauses)


def _labels(contact: Contact, clock: str, level: int | None, severity: Severity) -> dict[str, str]:
    name = "ClockBreached" if level is None else "ClockWarning" if level < 100 else "ClockOverrun"
    labels = {"alertname": name, "severity": severity, "clock": clock, "family": contact.family}
    return labels | alert_labels(contact.view)


def _annotations(case: Case, level: int | None, explanation: Explanation | None) -> dict[str, str]:
    language = case.policy.language
    title = title_of(case.plan.clock, case.run.clock, language)
    summary = breach_summary(title, case.judged.verdict, language) if level is None else level_summary(title, level, language)
    notes = {
        "contact": case.contact.id,
        "summary": summary,
        "rule": case.judged.rule.path,
    }
    if explanation is not None:
        notes["description"] = explanation.text
    if level is None and case.entry.paused:
        notes["paused"] = "true"
        if case.entry.paused != "true":
            notes["paused_until"] = case.entry.paused
    return notes
