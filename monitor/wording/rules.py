"""Why one rule decided and the earlier ones did not, and what it promises, in words."""

from collections.abc import Iterable, Mapping

from monitor.policy.model import Language
from monitor.wording.lines import line
from monitor.wording.phrases import at, failed_text, joined, title_in
from schemas.alerts import Promised
from schemas.explanations import Matching, RuleTried


def matching_lines(matching: Matching, zone: str, first: bool, language: Language) -> list[str]:
    """The rules tried at one instant, one line each; later matchings say when and why: an event, or another policy (P14)."""
    rules = [_rule(rule, language) for rule in matching.rules]
    if not matching.rules or matching.rules[-1].fate == "failed":
        rules.append(line("rule.none", language))
    if first:
        return rules
    name = "rules.again" if matching.event else "rules.switched"
    return [line(name, language, at=at(matching.at, zone, language), event=matching.event), *rules]


def promise_text(promise: Promised, titles: Mapping[str, str], language: Language) -> str:
    """The target in words, with its calendar and the titles of that."""
    title, name = title_in(titles, language), "calendar.titled" if titles else "calendar"
    calendar = line(name, language, title=title, name=promise.calendar, zone=promise.time_zone)
    if promise.target == "due_at":
        return line("promise.due_at", language, calendar=calendar)
    if promise.target.endswith("bd"):
        return line("promise.business_days", language, target=promise.target, n=promise.target.removesuffix("bd"), calendar=calendar)
    return line("promise.counted", language, target=promise.target, calendar=calendar)


def _rule(tried: RuleTried, language: Language) -> str:
    rule = line("rule.sourced" if tried.source else "rule", language, rule=tried.rule, source=tried.source)
    because = [failed_text(failed, language) for failed in tried.failed]
    if tried.not_during:
        because.append(line("because.during", language, periods=_periods(tried, tried.not_during, language)))
    if tried.not_outside:
        because.append(line("because.outside", language, periods=_periods(tried, tried.not_outside, language)))
    return line(f"rule.{tried.fate}", language, rule=rule, target=tried.target, because=joined(because, language))


def _periods(tried: RuleTried, names: Iterable[str], language: Language) -> str:
    return joined((title_in(tried.period_titles.get(name, {}), language) or name for name in names), language)
