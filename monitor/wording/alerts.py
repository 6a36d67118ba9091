"""The one-line summary of an alert about a clock."""

from monitor.policy.model import Language
from monitor.wording.durations import duration
from monitor.wording.sentences import sentence
from monitor.wording.words import VERDICTS, word


def breach_summary(title: str, verdict: str, language: Language) -> str:
    """``First feedback: breached``."""
    return sentence("alert.breach", language, title=title, verdict=word(VERDICTS, verdict, language))


def level_summary(title: str, percent: int, language: Language) -> str:
    """``First feedback at 80 % of its target``."""
    return sentence("alert.level", language, title=title, percent=percent)


def retracted_summary(title: str, language: Language) -> str:
    """The cycle never was."""
    return sentence("alert.retracted", language, title=title)


def closure_summary(contact: str, closed: str, later_us: int, language: Language) -> str:
    """An order was closed, and the customer was back with the problem ``later_us`` after it (R79)."""
    return sentence("alert.closure", language, contact=contact, closed=closed, later=duration(later_us, language))


def closure_retracted_summary(contact: str, closed: str, language: Language) -> str:
    """Nobody came back after all."""
    return sentence("alert.closure.retracted", language, contact=contact, closed=closed)
