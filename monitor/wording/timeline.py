"""The timeline of a contact in words: one line for each event or instant, with what it did."""

from collections.abc import Iterable, Mapping

from monitor.policy.model import Language
from monitor.wording.events import EVENTS
from monitor.wording.lines import line
from monitor.wording.phrases import at, attribute, clock_title, counter_text, joined, value_text
from monitor.wording.words import REASONS, word
from schemas.explanations import Deed, TimelineEntry

Titles = Mapping[str, Mapping[str, str]]
"""The titles of each clock by its name."""


def timeline_lines(entries: Iterable[TimelineEntry], zone: str, titles: Titles, language: Language) -> list[str]:
    """All entries, in order of time."""
    return [_entry(entry, zone, titles, language) for entry in entries]


def deed_text(deed: Deed, titles: Titles, language: Language) -> str:
    """One thing that happened, counts excepted."""
    name = f"deed.{deed.what}"
    reason = word(REASONS, deed.reason, language) if deed.what == "cancelled" else deed.reason
    if deed.what == "pauses_nothing" and not deed.reason:
        name += ".unnamed"
    if deed.what == "breached" and deed.reason == "target_changed":
        name += ".changed"
    clocks = joined((_clock(clock, titles, language) for clock in deed.clocks), language)
    clock = _clock(deed.clock, titles, language)
    return line(name, language, clock=clock, clocks=clocks, reason=reason, percent=deed.percent, rule=deed.rule)


def _entry(entry: TimelineEntry, zone: str, titles: Titles, language: Language) -> str:
    said = [line("deed.set", language, name=attribute(name, language), value=value_text(name, value, language)) for name, value in entry.sets.items()]
    said.extend(deed_text(deed, titles, language) for deed in entry.did if deed.what != "counted")
    counts = [_count(deed, zone, language) for deed in entry.did if deed.what == "counted"]
    if counts:
        said.append(line("deed.counted", language, counters=joined(counts, language)))
    if entry.stated_at:
        said.append(line("entry.clamped", language, at=at(entry.stated_at, zone, language)))
    deeds = (": " if language == "en" else "：") + joined(said, language, "then") if said else ""
    when = at(entry.at, zone, language)
    if not entry.type:
        return line("entry.time", language, at=when, deeds=deeds)
    return line("entry", language, at=when, name=word(EVENTS, entry.type, language), event=entry.event, deeds=deeds)


def _count(deed: Deed, zone: str, language: Language) -> str:
    text = counter_text(deed.counter, language)
    if deed.counted_at:
        text = line("counter.earlier", language, counter=text, at=at(deed.counted_at, zone, language))
    return line("counter.back", language, counter=text) if deed.amount < 0 else text


def _clock(name: str, titles: Titles, language: Language) -> str:
    return clock_title(name, titles.get(name, {}), language)
