"""The whole explanation of a contact as text, in either language."""

from collections.abc import Iterable

from monitor.policy.model import Language
from monitor.turns import Turns, finish
from monitor.wording.cycles import cycle_lines
from monitor.wording.lines import line
from monitor.wording.phrases import at, attribute, clock_title, joined, value_text
from monitor.wording.timeline import entry_line
from monitor.wording.words import FAMILIES, REASONS, word
from schemas.explanations import ContactExplanation, FindingExplanation, RefusedRecord
from schemas.instants import parse_instant


def explanation_text(told: ContactExplanation, language: Language) -> str:
    """Heading, timeline and every cycle, separated by empty lines; ends with a line break."""
    return finish(text_turns(told, language))


def text_turns(told: ContactExplanation, language: Language) -> Turns[str]:
    """``explanation_text``, an entry or a cycle a turn."""
    titles = told.clock_titles | {cycle.clock: cycle.titles for cycle in told.cycles}
    t = parse_instant(told.t)
    timeline, blocks = [line("timeline", language)], [_heading(told, language)]
    blocks.append(timeline)
    for entry in told.timeline:
        timeline.append("  " + entry_line(entry, told.time_zone, titles, language))
        yield
    for cycle in told.cycles:
        blocks.append(cycle_lines(cycle, told.time_zone, t, language))
        yield
    if told.findings:
        blocks.append([line("findings", language), *("  " + _finding(finding, told.time_zone, language) for finding in told.findings)])
    return "\n\n".join("\n".join(block) for block in blocks) + "\n"


def refused_text(refused: Iterable[RefusedRecord], language: Language) -> str:
    """Every refused record with its reason; empty where none was."""
    lines = [
        "  "
        + line(
            "refused.line",
            language,
            where=line("refused.where", language, line=each.line) if each.line is not None else "",
            reason=word(REASONS, each.reason, language),
            detail=each.detail,
        )
        for each in refused
    ]
    return "\n".join([line("refused", language), *lines]) + "\n" if lines else ""


def _finding(finding: FindingExplanation, zone: str, language: Language) -> str:
    rule = clock_title(finding.rule, finding.titles, language)
    text = finding.sentences.get(language, finding.reason)
    return line("finding", language, at=at(finding.at, zone, language), rule=rule, text=text, event=finding.event)


def _heading(told: ContactExplanation, language: Language) -> list[str]:
    policy = told.policy_titles.get(language) or next(iter(told.policy_titles.values()), told.policy)
    lines = [
        line("contact", language, family=word(FAMILIES, told.family, language), contact=told.contact),
        "  " + line("judged", language, t=at(told.t, told.time_zone, language), zone=told.time_zone, policy=policy),
    ]
    if told.attributes:
        shown = (
            line("attribute", language, name=attribute(name, language), value=value_text(name, value, language))
            for name, value in told.attributes.items()
        )
        lines.append("  " + line("attributes", language, attributes=joined(shown, language)))
    if told.unjudged:
        lines.append("  " + line("unjudged", language))
    return lines
