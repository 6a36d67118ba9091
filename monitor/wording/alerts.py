"""The one-line summary of an alert about a clock, and the same from its record in either language."""

from monitor.policy.model import Language
from monitor.wording.durations import duration
from monitor.wording.phrases import clock_title
from monitor.wording.sentences import sentence
from monitor.wording.verdicts import Facts, place_of, verdict_text
from monitor.wording.words import ALERT_STATES, VERDICTS, word
from schemas.alerts import Alert
from schemas.instants import parse_instant


def breach_summary(title: str, verdict: str, language: Language) -> str:
    """``First feedback: breached``."""
    return sentence("alert.breach", language, title=title, verdict=word(VERDICTS, verdict, language))


def level_summary(title: str, percent: int, language: Language) -> str:
    """``First feedback at 80 % of its target``."""
    return sentence("alert.level", language, title=title, percent=percent)


def retracted_summary(title: str, language: Language) -> str:
    """The cycle never was."""
    return sentence("alert.retracted", language, title=title)


def alert_text(alert: Alert, language: Language) -> str:
    """What a published alert is about, in either language as far as it carries data; else as it was published, in the policy's language."""
    explanation = alert.explanation
    promise = explanation.promise if explanation is not None else None
    if alert.clock is None:
        return alert.annotations.get("summary", "")
    title = clock_title(alert.clock, promise.titles if promise is not None else {}, language)
    if alert.level_ratio is not None:
        return level_summary(title, round(alert.level_ratio * 100), language)
    if alert.state == "retracted":
        return sentence("alert.breach", language, title=title, verdict=word(ALERT_STATES, alert.state, language))
    if explanation is None or promise is None:
        return alert.annotations.get("summary", "")
    ended_at = parse_instant(alert.ends_at) if alert.ends_at and explanation.ended else 0
    facts = Facts(
        "breached",  # an alert that is not retracted says that there was a breach, whatever was ruled over it
        explanation.reason or alert.reason,
        promise.time_zone,
        parse_instant(alert.deadline) if alert.deadline else 0,
        explanation.deadline_is,
        explanation.ended,
        ended_at,
        ended_at or parse_instant(alert.detected_at),
        place_of(alert.clock, explanation),
    )
    return sentence("alert.told", language, title=title, text=verdict_text(facts, language))


def closure_summary(contact: str, closed: str, later_us: int, language: Language) -> str:
    """An order was closed, and the customer was back with the problem ``later_us`` after it (R79)."""
    return sentence("alert.closure", language, contact=contact, closed=closed, later=duration(later_us, language))


def closure_retracted_summary(contact: str, closed: str, language: Language) -> str:
    """Nobody came back after all."""
    return sentence("alert.closure.retracted", language, contact=contact, closed=closed)
