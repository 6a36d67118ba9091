"""The row of the policy that decides, as explanations carry it: made once for each rule."""

from collections.abc import Mapping

from monitor.policy.model import Clock, FieldTest, Language, Rule
from monitor.wording.durations import target_text
from schemas.alerts import Promised, Wanted


def promised(clock: Clock, rule: Rule) -> Promised:
    """A rule of a clock as data."""
    return Promised(
        clock=clock.name,
        titles=clock_titles(clock),
        rule=rule.path,
        source=rule.source,
        target=target_text(rule.target),
        calendar=rule.calendar.name,
        time_zone=rule.calendar.time_zone,
        when=tuple(wanted(test) for test in rule.when),
        during=tuple(period.name for period in rule.during),
        outside=tuple(period.name for period in rule.outside),
    )


def wanted(test: FieldTest) -> Wanted:
    """A test as data, its values in order."""
    values = sorted(test.values or (), key=lambda value: (str(type(value)), value if isinstance(value, str) else f"{value:020}"))
    return Wanted(field=test.field, one_of=tuple(values), at_least=test.at_least, at_most=test.at_most)


def clock_titles(clock: Clock) -> dict[str, str]:
    """The titles of a clock by language."""
    return by_language(clock.titles, clock.title)


def by_language(titles: Mapping[Language, str], plain: str) -> dict[str, str]:
    """Titles by language; a plain one counts as English where no other is given."""
    return {str(language): text for language, text in sorted(titles.items())} or ({"en": plain} if plain else {})
