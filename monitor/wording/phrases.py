"""Small phrases that lines are made of: spans of local time, tests, values, names of clocks and counters."""

from collections.abc import Iterable, Mapping

from monitor.policy.model import Language
from monitor.wording.events import ATTRIBUTES, COUNTERS, OF_CONTRACT, VALUES
from monitor.wording.lines import line
from monitor.wording.times import stamp, until
from monitor.wording.words import word
from schemas.alerts import Wanted
from schemas.explanations import FailedTest, Value
from schemas.instants import parse_instant

ClockTitles = Mapping[str, Mapping[str, str]]
"""The titles of each clock by its name."""


def at(text: str, zone: str, language: Language) -> str:
    """An instant with weekday and date."""
    return stamp(zone, parse_instant(text), language)


def span(from_at: str, to_at: str | None, zone: str, language: Language) -> str:
    """A stretch of time; its end without the date where that is the same."""
    if to_at is None:
        return f"{at(from_at, zone, language)} – {line('pause.open', language)}"
    end = until(zone, parse_instant(to_at), parse_instant(from_at), language)
    return f"{at(from_at, zone, language)} – {end}"


def title_in(titles: Mapping[str, str], language: Language) -> str:
    """A title in the language, else in another; empty where there is none."""
    return titles.get(language) or next((text for text in titles.values() if text), "")


def clock_name(name: str, titles: Mapping[str, str], language: Language) -> str:
    """``First feedback (first_feedback)``; the name alone where there is no title."""
    title = title_in(titles, language)
    return line("clock", language, title=title, name=name) if title else name


def clock_title(name: str, titles: Mapping[str, str], language: Language) -> str:
    """The title of a clock, else its name; that of a department's clock (``node:network``) with the department."""
    title = title_in(titles, language)
    value = name.partition(":")[2]
    return name if not title else f"{title} {value}" if value else title


def title_of(name: str, titles: ClockTitles, language: Language) -> str:
    """``clock_title`` of one of many clocks."""
    return clock_title(name, titles.get(name, {}), language)


def policy_name(version: str, titles: Mapping[str, str], language: Language) -> str:
    """``Promises 2027 (version 1f0c…)``; the version alone where there is no title."""
    title = title_in(titles, language)
    return line("policy" if title else "policy.untitled", language, title=title, version=version)


def value_text(field: str, value: Value | None, language: Language) -> str:
    """The value of an attribute: a word of the contract, else as it was given."""
    text = str(value).lower() if isinstance(value, bool) else f"{value:g}" if isinstance(value, float) else str(value)
    return word(VALUES, text, language) if field in OF_CONTRACT and text in VALUES else text


def attribute(name: str, language: Language) -> str:
    """The name of an attribute."""
    return word(ATTRIBUTES, name, language)


def wanted_text(wanted: Wanted, language: Language) -> str:
    """``critical or high``; ``at least 2``."""
    parts = [line("wanted.or", language).join(value_text(wanted.field, value, language) for value in wanted.one_of)] if wanted.one_of else []
    if wanted.at_least is not None:
        parts.append(line("wanted.at_least", language, n=f"{wanted.at_least:g}"))
    if wanted.at_most is not None:
        parts.append(line("wanted.at_most", language, n=f"{wanted.at_most:g}"))
    return line("wanted.and", language).join(parts)


def failed_text(failed: FailedTest, language: Language) -> str:
    """Why a test did not pass."""
    name, wanted = attribute(failed.wanted.field, language), wanted_text(failed.wanted, language)
    if failed.value is None:
        return line("because.missing", language, name=name, wanted=wanted)
    return line("because.value", language, name=name, wanted=wanted, value=value_text(failed.wanted.field, failed.value, language))


def counter_text(counter: str, language: Language) -> str:
    """What a counter counts."""
    first, _, n = counter.partition(".")
    known = COUNTERS.get(first)
    return counter if known is None else known.of(language).replace("{n}", n)


def joined(parts: Iterable[str], language: Language, by: str = "join") -> str:
    """Parts one after the other."""
    return line(by, language).join(parts)
