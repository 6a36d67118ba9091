"""One cycle in words, so that anyone can recompute its deadline by hand."""

from collections.abc import Iterator, Sequence
from typing import Final

from monitor.policy.model import Language
from monitor.wording.durations import duration
from monitor.wording.events import EVENTS
from monitor.wording.lines import line
from monitor.wording.phrases import at, clock_name, clock_title, joined, span
from monitor.wording.ruled import cycle_sentence, reason_text, ruling_lines
from monitor.wording.rules import matching_lines, promise_text
from monitor.wording.verdicts import place_of
from monitor.wording.words import PAUSE_NOTES, VERDICTS, pause_reason, word
from schemas.alerts import Explanation, PauseInterval
from schemas.explanations import CycleExplanation
from schemas.instants import SECOND, Instant, parse_instant

_WIDTH = 10
_ENDS: Final = {"no_longer_promised": "end.lost", "handed_over": "end.handed_over", "left": "end.left"}


def cycle_lines(cycle: CycleExplanation, zone: str, t: Instant, language: Language) -> list[str]:
    """A heading and indented lines, each with its label."""
    verdict, reason = word(VERDICTS, cycle.verdict, language), reason_text(cycle.reason, cycle.explanation, language)
    name = "cycle.plain" if cycle.reason == cycle.verdict else "cycle"
    heading = line(name, language, clock=clock_name(cycle.clock, cycle.titles, language), verdict=verdict, reason=reason)
    lines = [heading]
    for label, texts in _parts(cycle, zone, t, language):
        name = line(f"label.{label}", language)
        pad = " " * max(_WIDTH - _columns(name), 1)
        for index, text in enumerate(texts):
            lines.append("  " + (name + pad if not index else " " * _WIDTH) + text)
    return lines


def _parts(cycle: CycleExplanation, zone: str, t: Instant, language: Language) -> Iterator[tuple[str, Sequence[str]]]:
    explanation = cycle.explanation
    promise = explanation.promise if explanation is not None else None
    zone = promise.time_zone if promise is not None else zone
    started = line("event", language, at=at(cycle.started_at, zone, language), name=word(EVENTS, cycle.started_by, language), event=cycle.cycle)
    if cycle.verdict == "retracted":
        yield "start", [at(cycle.started_at, zone, language)]
        yield "verdict", [line("verdict.taken_back", language, version=max(cycle.version - 1, 1))]
        return
    yield "start", [started]
    yield "rules", [text for n, each in enumerate(cycle.matchings) for text in matching_lines(each, zone, n == 0, language)]
    if explanation is None or promise is None:
        return
    yield "promise", [promise_text(promise, cycle.calendar_titles, language)]
    if explanation.days:
        yield "days", [at(day, zone, language) for day in explanation.days]
    if promise.target != "due_at":
        yield "counted", _counted(explanation, zone, language)
    if explanation.pauses:
        yield "pauses", [_pause(pause, zone, language) for pause in explanation.pauses]
    if explanation.warnings:
        yield "warnings", [joined((_level(level.percent, level.at, zone, language) for level in explanation.warnings), language)]
    yield "deadline", [_deadline(explanation, zone, language)]
    yield from _outcome(cycle, explanation, zone, t, language)


def _outcome(cycle: CycleExplanation, explanation: Explanation, zone: str, t: Instant, language: Language) -> Iterator[tuple[str, Sequence[str]]]:
    if explanation.ended_at:
        name, event = _ENDS.get(explanation.ended, "event"), word(EVENTS, cycle.ended_by, language)
        when, place = at(explanation.ended_at, zone, language), place_of(cycle.clock, explanation)
        yield "end", [line(name, language, at=when, name=event, event=explanation.ended_by, place=place)]
    if cycle.elapsed_seconds is not None and cycle.target_seconds:
        yield "used", [_used(cycle.elapsed_seconds, cycle.target_seconds, cycle.paused_seconds, language)]
    if cycle.remaining_seconds is not None:
        yield "left", [line("left", language, left=duration(round(cycle.remaining_seconds * SECOND), language))]
    if explanation.links:
        links = (
            line(
                "link",
                language,
                clock=clock_title(link.clock, link.titles, language),
                elapsed=duration(round(link.elapsed_seconds * SECOND), language),
                percent=f"{link.share_ratio * 100:.3g}",
            )
            for link in explanation.links
        )
        yield "links", [joined(links, language)]
    said = (
        [cycle_sentence(cycle.clock, explanation, zone, t, language)] if cycle.ruled is None else ruling_lines(cycle, cycle.ruled, zone, t, language)
    )
    if cycle.detected_late:
        said.append(line("verdict.late_found", language))
    yield "verdict", said
    if cycle.alert:
        ruled = ".ruled" if cycle.ruled is not None and cycle.alert == "resolved" else ""
        yield "alert", [line(f"alert.{cycle.alert}{ruled}", language)]


def _used(elapsed: float, target: float, paused: float, language: Language) -> str:
    used, whole, rest = (duration(round(seconds * SECOND), language) for seconds in (elapsed, target, paused))
    return line("used.paused" if paused else "used", language, used=used, target=whole, paused=rest)


def _counted(explanation: Explanation, zone: str, language: Language) -> list[str]:
    """Each stretch with its length, then their sum."""
    total, texts = 0, []
    for each in explanation.counted:
        length = parse_instant(each.to_at) - parse_instant(each.from_at)
        total += length
        texts.append(line("span", language, span=span(each.from_at, each.to_at, zone, language), length=duration(length, language)))
    if not texts:
        return [line("span.none", language)]
    if explanation.counted_more:
        return [*texts, line("span.more", language, n=explanation.counted_more)]
    if len(texts) > 1:
        texts.append(line("span.sum" if explanation.deadline else "span.sum.t", language, length=duration(total, language)))
    return texts


def _pause(pause: PauseInterval, zone: str, language: Language) -> str:
    when = span(pause.from_at, pause.to_at, zone, language)
    reason = pause_reason(pause.reason, language)
    if not pause.why:
        return line("pause.counts", language, span=when, reason=reason)
    why = word(PAUSE_NOTES, pause.why, language)
    if pause.counts and pause.counts_to_at:
        return line("pause.cap", language, span=when, reason=reason, at=at(pause.counts_to_at, zone, language), why=why)
    return line("pause.changes_nothing", language, span=when, reason=reason, why=why)


def _level(percent: int, when: str | None, zone: str, language: Language) -> str:
    if when is None:
        return line("level.never", language, percent=percent)
    return line("level", language, percent=percent, at=at(when, zone, language))


def _deadline(explanation: Explanation, zone: str, language: Language) -> str:
    if explanation.deadline:
        return line(f"deadline.{explanation.deadline_is}", language, at=at(explanation.deadline, zone, language))
    return line("deadline.gone" if explanation.ended == "no_longer_promised" else "deadline.never", language)


def _columns(text: str) -> int:
    """Columns on a terminal; Chinese characters take two."""
    return sum(2 if ord(letter) > 0x2E7F else 1 for letter in text)
