"""The verdict of a cycle in words, and a person's ruling over it: who, when, why, and what the events alone give (P7)."""

from monitor.policy.model import Language
from monitor.wording.lines import line
from monitor.wording.phrases import at, policy_name
from monitor.wording.verdicts import Facts, place_of, verdict_text
from monitor.wording.words import REASONS, VERDICTS, word
from schemas.alerts import Explanation, RuledBy
from schemas.explanations import CycleExplanation
from schemas.instants import Instant, parse_instant


def cycle_sentence(clock: str, explanation: Explanation, zone: str, t: Instant, language: Language) -> str:
    """What came of a cycle in one or two sentences, from its full explanation."""
    ended_at = parse_instant(explanation.ended_at) if explanation.ended_at else 0
    deadline_at = parse_instant(explanation.deadline) if explanation.deadline else 0
    verdict, kind, ended = explanation.verdict or "open", explanation.deadline_is, explanation.ended
    place = place_of(clock, explanation)
    return verdict_text(Facts(verdict, explanation.reason, zone, deadline_at, kind, ended, ended_at, ended_at or t, place), language)


def reason_text(reason: str, explanation: Explanation | None, language: Language) -> str:
    """The reason of a verdict; a contact that was handed over or left is not done (P15)."""
    passed_on = f"{reason}.{explanation.ended}" if explanation is not None else ""
    return word(REASONS, passed_on if passed_on in REASONS else reason, language)


def ruling_lines(cycle: CycleExplanation, ruled: RuledBy, zone: str, t: Instant, language: Language) -> list[str]:
    """What counts and who decided it, then what would count without."""
    told, verdict = [], word(VERDICTS, cycle.verdict, language)
    if cycle.unruled is not None and cycle.explanation is not None:
        told.append(cycle_sentence(cycle.clock, cycle.explanation, zone, t, language))
    name = "again" if ruled.policy else "exempt" if cycle.verdict == "exempt" else "set"
    given = line("ruled.given", language, at=at(ruled.given_at, zone, language)) if ruled.given_at else ""
    parts = {"verdict": verdict, "person": ruled.person, "reason": ruled.reason, "command": ruled.command}
    policy = policy_name(ruled.policy, cycle.policy_titles, language) if cycle.policy_titles else ruled.policy
    told.append(line(f"ruled.{name}", language, given=given, policy=policy, **parts))
    alone = cycle.unruled or cycle.explanation
    if alone is not None and alone.verdict is not None:
        text = cycle_sentence(cycle.clock, alone, zone, t, language)
        name, reason = "ruled.alone" if cycle.unruled is None else "ruled.own", reason_text(alone.reason, alone, language)
        told.append(line(name, language, verdict=word(VERDICTS, alone.verdict, language), reason=reason, text=text))
    return told
