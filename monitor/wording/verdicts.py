"""A verdict in one or two plain sentences: ``Due Friday 17:00 (closing), done 17:05, 5 min late.`` (P22)."""

from typing import Final

import msgspec

from monitor.policy.model import Language
from monitor.wording.durations import duration
from monitor.wording.languages import LANGUAGES
from monitor.wording.sentences import PHRASES, SENTENCES, sentence
from monitor.wording.times import both, moment
from monitor.wording.words import REASONS, VERDICTS, word
from schemas.alerts import DeadlineKind, Ending, Explanation, RuledBy, Verdict, VerdictState
from schemas.instants import Instant, parse_instant

_KINDS: Final[tuple[DeadlineKind, ...]] = ("open", "closing", "named", "never")


def _compiled(language: Language, name: str, kind: DeadlineKind) -> str:
    """A sentence with its phrase put in, ready for ``at``, ``done``, ``late``, ``reason`` and ``place`` in this order."""
    due = PHRASES[f"due.{kind}"].of(language)
    places = {"at": "{0}", "done": "{1}", "late": "{2}", "reason": "{3}", "place": "{4}"}
    text = SENTENCES[name].of(language).format_map({"due": "{due}", "Due": "{Due}", **places})
    return text.replace("{due}", due).replace("{Due}", due[0].upper() + due[1:]).replace("{at}", "{0}")


_LATE: Final = frozenset({"breached.stopped", "breached.handed_over", "breached.left"})
_OF_CYCLES: Final = tuple(name for name in SENTENCES if not name.startswith(("alert.", "ruled.")))
_TEXTS: Final = {(language, name, kind): _compiled(language, name, kind) for language in LANGUAGES for name in _OF_CYCLES for kind in _KINDS}


class Facts(msgspec.Struct, frozen=True, gc=False):
    """What the sentence is made of; ``near_at`` is what people compare the deadline with: the end, else T.

    ``place`` is the department or step that the contact was handed over to, or left.
    """

    verdict: VerdictState
    reason: str
    time_zone: str
    deadline_at: Instant
    deadline_is: DeadlineKind
    ended: Ending
    ended_at: Instant
    near_at: Instant
    place: str = ""


def verdict_text(facts: Facts, language: Language) -> str:
    """Say when it was due and what came of it."""
    name, due_at, ended_at = _name(facts), facts.deadline_at, facts.ended_at
    late = reason = ""
    if facts.verdict == "met" or (facts.verdict == "breached" and ended_at):
        due, done = both(facts.time_zone, due_at, ended_at, facts.near_at, language)
        if name in _LATE:
            late = duration(ended_at - due_at, language)
    else:
        due = moment(facts.time_zone, due_at, facts.near_at, language) if due_at else ""
        done = moment(facts.time_zone, facts.near_at, facts.near_at, language)
        reason = word(REASONS, facts.reason, language)
    text = _TEXTS[language, name, facts.deadline_is].format(due, done, late, reason, facts.place)
    if facts.reason == "target_changed" and facts.verdict == "breached":
        text += ("" if language == "zh" else " ") + _TEXTS[language, "breached.changed", facts.deadline_is]
    return text


def _name(facts: Facts) -> str:
    """The sentence that fits."""
    verdict = facts.verdict
    if verdict == "breached":
        return f"breached.{facts.ended or 'running'}"
    if verdict == "met":
        return f"met.{facts.ended}" if facts.ended in ("handed_over", "left") else "met"
    if verdict == "open":
        return "open.reopened" if facts.reason == "reopened" else "open.running"
    if facts.ended == "no_longer_promised":
        return "cancelled.no_longer_promised"
    return "cancelled.plain" if facts.reason == "cancelled" else verdict


def ruled_text(verdict: VerdictState, ruled: RuledBy, language: Language) -> str:
    """Say who decided otherwise, and why."""
    name = "ruled.again" if ruled.policy else "ruled.exempt" if verdict == "exempt" else "ruled.set"
    told = word(VERDICTS, verdict, language)
    return sentence(name, language, verdict=told, person=ruled.person, reason=ruled.reason, command=ruled.command, policy=ruled.policy)


def with_ruling(text: str, verdict: VerdictState, ruled: RuledBy, language: Language) -> str:
    """What the events give, then the ruling: nothing is deleted (P7)."""
    return text + ("" if language == "zh" else " ") + ruled_text(verdict, ruled, language)


def place_of(clock: str, explanation: Explanation) -> str:
    """The department or step that a contact was handed over to, or left: that of the clock (``node:network``)."""
    return explanation.handed_to or clock.partition(":")[2]


def explained(verdict: Verdict, language: Language) -> str:
    """The sentence of a published verdict, in either language."""
    promise = verdict.explanation.promise
    if verdict.verdict == "retracted" or promise is None:
        return sentence("retracted", language) if verdict.verdict == "retracted" else verdict.explanation.text
    ended_at = parse_instant(verdict.stopped_at) if verdict.stopped_at else 0
    deadline_at = parse_instant(verdict.deadline) if verdict.deadline else 0
    explanation = verdict.explanation
    facts = Facts(
        explanation.verdict or verdict.verdict,
        explanation.reason or verdict.reason,
        promise.time_zone,
        deadline_at,
        verdict.explanation.deadline_is,
        verdict.explanation.ended,
        ended_at,
        ended_at or parse_instant(verdict.detected_at),
        place_of(verdict.clock, explanation),
    )
    text = verdict_text(facts, language)
    return text if verdict.ruled is None else with_ruling(text, verdict.verdict, verdict.ruled, language)
