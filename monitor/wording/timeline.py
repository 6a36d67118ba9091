"""The timeline of a contact in words: one line for each event or instant, with what it did."""

from collections.abc import Iterable

from monitor.policy.model import Language
from monitor.wording.events import COUNTERS, EVENTS
from monitor.wording.lines import line
from monitor.wording.phrases import ClockTitles, at, attribute, counter_text, joined, policy_name, title_of, value_text
from monitor.wording.words import REASONS, pause_reason, word
from schemas.explanations import Deed, TimelineEntry


def deed_text(deed: Deed, titles: ClockTitles, language: Language) -> str:
    """One thing that happened, counts excepted."""
    name = f"deed.{deed.what}"
    reason = word(REASONS, deed.reason, language) if deed.what == "cancelled" else pause_reason(deed.reason, language)
    if deed.what == "pauses_nothing" and not deed.reason:
        name += ".unnamed"
    if deed.what == "cancelled" and deed.reason == "cancelled":
        name += ".plain"
    if deed.what == "stopped" and deed.reason:
        name += f".{deed.reason}"
    if deed.what == "breached" and deed.reason == "target_changed":
        name += ".changed"
    clocks = joined((title_of(clock, titles, language) for clock in deed.clocks), language)
    clock = title_of(deed.clock, titles, language)
    return line(name, language, clock=clock, clocks=clocks, reason=reason, percent=deed.percent, rule=deed.rule)


def entry_line(entry: TimelineEntry, zone: str, titles: ClockTitles, language: Language) -> str:
    """One event or instant with all that it did."""
    said = [line("deed.set", language, name=attribute(name, language), value=value_text(name, value, language)) for name, value in entry.sets.items()]
    said.extend(deed_text(deed, titles, language) for deed in entry.did if deed.what != "counted")
    said.extend(_counts(entry.did, zone, language))
    if entry.stated_at:
        said.append(line("entry.clamped", language, at=at(entry.stated_at, zone, language)))
    deeds = (": " if language == "en" else "：") + joined(said, language, "then") if said else ""
    when = at(entry.at, zone, language)
    if entry.policy:
        return line("entry.switched", language, at=when, policy=policy_name(entry.policy, entry.policy_titles, language), deeds=deeds)
    if not entry.type:
        return line("entry.time", language, at=when, deeds=deeds)
    return line("entry" if entry.event else "entry.plain", language, at=when, name=word(EVENTS, entry.type, language), event=entry.event, deeds=deeds)


def _counts(deeds: Iterable[Deed], zone: str, language: Language) -> list[str]:
    """What was counted, by the interval in which it was (P28)."""
    intervals: dict[str | None, list[str]] = {}
    for deed in deeds:
        if deed.what == "counted" and deed.counter.partition(".")[0] in COUNTERS:
            text = counter_text(deed.counter, language)
            text = line("counter.back", language, counter=text) if deed.amount < 0 else text
            intervals.setdefault(deed.counted_at, []).append(text)
    told = []
    for when, counters in intervals.items():
        name = "deed.counted.earlier" if when else "deed.counted"
        told.append(line(name, language, counters=joined(counters, language), at=at(when, zone, language) if when else ""))
    return told
