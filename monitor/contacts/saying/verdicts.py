"""Publishing: what the view says now against what the world was told (P16, P32, P38).

Each difference is one new version. A cycle that the events no longer show is ``retracted``; a breach that they disprove gets
its new verdict, and its alert is retracted under the same id. ``detected_late`` says that the deadline had passed more than
``LATE_US`` before the T that judged it first: the shard, or the events, came late. It is a function of T alone.
"""

from collections.abc import Callable
from copy import copy
from typing import Final

from msgspec.structs import replace

from monitor.contacts.cycles.deadline import elapsed_us
from monitor.contacts.cycles.outcome import counted_until, outcome
from monitor.contacts.cycles.rematch import NO_LONGER_PROMISED
from monitor.contacts.flows.plan import MARK
from monitor.contacts.kept.contact import RUNNING, Contact, Published, Run, View
from monitor.contacts.plan import ClockPlan, Plan
from monitor.contacts.rulings.ruling import Ruling
from monitor.contacts.saying import alerts
from monitor.contacts.saying.case import Case, bounded_labels
from monitor.contacts.saying.explain import explain
from monitor.contacts.saying.identity import verdict_key
from monitor.contacts.saying.records import instant_text, ruled_by, verdict_record
from monitor.policy.model import Policy
from monitor.processing import Output
from monitor.wording.sentences import sentence
from monitor.wording.verdicts import with_ruling
from schemas.alerts import Explanation, Verdict
from schemas.instants import SECOND, Instant, seconds_of

LATE_US: Final = 60 * SECOND
RETRACTED: Final = "retracted"
EXEMPTED: Final = "exempted"
REPAIRED: Final = "repaired"

Retry = Callable[[Contact, Ruling], tuple[ClockPlan, View, Run] | None]
"""A cycle under the policy of a repair."""


def has_news(contact: Contact) -> bool:
    """Whether there could be anything to say: not while nothing was ever said, nothing found, and every clock simply runs."""
    return bool(contact.ledger or contact.view.findings) or any(map(_is_news, contact.view.runs))


def publish(plan: Plan, contact: Contact, t: Instant, retry: Retry | None = None) -> list[Output]:
    """Say everything that changed about a contact as of T; its ledger then holds it. ``retry`` judges again under a repair's policy."""
    outputs: list[Output] = []
    family = plan.families[contact.family]
    told = {(entry.clock, entry.cycle): entry for entry in contact.ledger if not entry.clock.startswith(MARK)}
    for run in contact.view.runs:
        clock = family.of(run)
        if clock is None or run.last_rule < 0:
            continue
        entry = told.pop((run.clock, run.cycle), None)
        if entry is None and not _is_news(run):
            continue
        judged = outcome(clock, contact.view, run)
        if entry is None:
            if judged.verdict == "open" and not run.passed:
                continue
            entry = Published(run.clock, run.cycle)
            contact.ledger.append(entry)
        case = Case(clock.policy, contact, clock, run, judged, entry, t)
        outputs.extend(_cycle(_ruled(case, retry) if contact.rulings else case))
    for entry in told.values():
        outputs.extend(_retract(plan.policy, contact, entry, t))
    return outputs


def _ruled(case: Case, retry: Retry | None) -> Case:
    """The case as a person ruled it, if anybody did and it is decided; else as it is."""
    run, judged = case.run, case.judged
    ruling = next((each for each in case.contact.rulings if (each.clock, each.cycle) == (run.clock, run.cycle)), None)
    if ruling is None or judged.verdict == "open":
        return case
    if ruling.policy < 0:
        reason = REPAIRED if ruling.repair else EXEMPTED
        return replace(case, judged=replace(judged, verdict=ruling.verdict, reason=reason), ruling=ruling, natural=judged)
    again = retry(case.contact, ruling) if retry is not None else None
    if again is None:
        return replace(case, judged=replace(judged, verdict="cancelled", reason=NO_LONGER_PROMISED), ruling=ruling, natural=judged)
    plan, view, other = again
    contact = copy(case.contact)
    contact.view = view
    found = outcome(plan, view, other)
    return replace(case, policy=plan.policy, contact=contact, plan=plan, run=other, judged=found, ruling=ruling, natural=found)


def _is_news(run: Run) -> bool:
    """Whether a cycle does anything but run."""
    return run.state != RUNNING or bool(run.passed or run.breach_at or run.reason)


def _cycle(case: Case) -> list[Output]:
    entry, run, judged = case.entry, case.run, case.judged
    command = case.ruling.command if case.ruling is not None else ""
    is_new = (entry.verdict, entry.reason, entry.command) != (judged.verdict, judged.reason, command)
    moved = _numbers_told(entry) != (run.started_at, judged.decided_at, run.breach_booked_at, judged.deadline_at, judged.target_us, judged.elapsed_us)
    entry.severity = judged.rule.severity
    outputs: list[Output] = []
    explanation: Explanation | None = None
    says = (is_new and (entry.version or judged.verdict != "open")) or (moved and entry.version and judged.verdict != "open")
    if says or (entry.alert_state and alerts.pause_changed(case)):
        explanation = explain(case.plan, case.contact.view, run, case.natural or judged, case.t, case.policy.language)
        if case.ruling is not None:
            explanation = _with_ruling(explanation, case.ruling, case)
        if says:
            outputs.append(_say(case, explanation))
    if judged.verdict == "breached" or entry.alert_state:
        outputs.extend(alerts.of_breach(case, explanation))
    if run.passed or entry.levels:
        outputs.extend(alerts.of_levels(case))
    return outputs


def _say(case: Case, explanation: Explanation) -> Output:
    entry, run, judged, contact = case.entry, case.run, case.judged, case.contact
    if (case.natural or judged).verdict == "breached" and not _knows_breach(entry):
        entry.detected_late = case.t - run.breach_booked_at > LATE_US
    _remember(case)
    rule = judged.rule
    until = counted_until(run, case.t)
    elapsed = judged.elapsed_us or elapsed_us(rule, run, until, judged.pauses)
    verdict = Verdict(
        contact=contact.id,
        family=contact.family,
        clock=run.clock,
        cycle=run.cycle,
        version=entry.version,
        verdict=judged.verdict,
        reason=judged.reason,
        queue=case.queue,
        labels=bounded_labels(contact.view),
        target_seconds=seconds_of(judged.target_us),
        elapsed_seconds=seconds_of(elapsed),
        late_seconds=seconds_of(run.ended_at - run.breach_at) if run.breach_at and run.ended_at else None,
        paused_seconds=seconds_of(rule.calendar.counted(run.started_at, until) - elapsed),
        started_at=instant_text(run.started_at),
        deadline=instant_text(judged.deadline_at) if judged.deadline_at else None,
        stopped_at=instant_text(judged.decided_at) if judged.decided_at else None,
        detected_at=instant_text(case.t),
        detected_late=entry.detected_late,
        policy=case.policy.version,
        explanation=explanation,
        ruled=None if case.ruling is None else ruled_by(case.ruling),
    )
    return verdict_record(verdict, verdict_key(contact, run.clock, run.cycle), case.t)


def _knows_breach(entry: Published) -> bool:
    """Whether the breach was judged before: told as one, or exempt, so that a lifted exemption finds nothing late."""
    return entry.verdict == "breached" or bool(entry.command and entry.breached_at)


def _with_ruling(explanation: Explanation, ruling: Ruling, case: Case) -> Explanation:
    """What the events give stands before the ruling: nothing is deleted (P7)."""
    natural = case.natural or case.judged
    text = with_ruling(explanation.text, case.judged.verdict, ruled_by(ruling), case.policy.language)
    return replace(explanation, text=text, verdict=natural.verdict, reason=natural.reason)


def _numbers_told(entry: Published) -> tuple[Instant, Instant, Instant, Instant, int, int]:
    return (entry.started_at, entry.decided_at, entry.breached_at, entry.deadline_at, entry.target_us, entry.elapsed_us)


def _remember(case: Case) -> None:
    entry, judged = case.entry, case.judged
    entry.version += 1
    entry.verdict, entry.reason = judged.verdict, judged.reason
    entry.command = case.ruling.command if case.ruling is not None else ""
    entry.started_at, entry.target_us, entry.elapsed_us = case.run.started_at, judged.target_us, judged.elapsed_us
    entry.deadline_at, entry.decided_at, entry.breached_at = judged.deadline_at, judged.decided_at, case.run.breach_booked_at


def _retract(policy: Policy, contact: Contact, entry: Published, t: Instant) -> list[Output]:
    """The events show no such cycle any more."""
    outputs: list[Output] = []
    if entry.version and entry.verdict != RETRACTED:
        entry.version += 1
        entry.verdict, entry.reason = RETRACTED, "no_such_cycle"
        outputs.append(_retraction(policy, contact, entry, t))
    outputs.extend(alerts.retract(policy, contact, entry, t))
    return outputs


def _retraction(policy: Policy, contact: Contact, entry: Published, t: Instant) -> Output:
    text = sentence("retracted", policy.language)
    verdict = Verdict(
        contact=contact.id,
        family=contact.family,
        clock=entry.clock,
        cycle=entry.cycle,
        version=entry.version,
        verdict="retracted",
        reason=entry.reason,
        labels=bounded_labels(contact.view),
        target_seconds=seconds_of(entry.target_us),
        elapsed_seconds=0,
        started_at=instant_text(entry.started_at),
        deadline=instant_text(entry.deadline_at) if entry.deadline_at else None,
        detected_at=instant_text(t),
        policy=policy.version,
        explanation=Explanation(text=text, rule="", calendar="", events=(entry.cycle,), verdict="retracted", reason=entry.reason),
    )
    return verdict_record(verdict, verdict_key(contact, entry.clock, entry.cycle), t)
