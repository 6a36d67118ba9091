"""Which rules can never be chosen because earlier ones take all they match (first match wins, P12)."""

from collections.abc import Iterator, Sequence
from itertools import product
from math import prod
from typing import Final

import msgspec

from monitor.policy.model import FieldTest, Rule, Scalar

_MOST_COMBINATIONS: Final = 2000


class Times(msgspec.Struct, frozen=True):
    """What is known of an instant: periods that cover it, and periods that do not."""

    inside: frozenset[str] = frozenset()
    outside: frozenset[str] = frozenset()


def unreachable_rules(rules: Sequence[Rule]) -> Iterator[tuple[int, str]]:
    """Index and reason of each rule whose every combination of named values and periods is taken by an earlier rule."""
    for index, rule in enumerate(rules):
        takers = {first_taker(tests, times, rules[:index]) for tests, times in _combinations(rule, rules[:index])}
        if takers and None not in takers:
            names = " and ".join(named_beside(rules[taker], rule) for taker in sorted(taker for taker in takers if taker is not None))
            yield index, f"{names} above already {'matches' if len(takers) == 1 else 'match'} everything it matches"


def first_taker(tests: tuple[FieldTest, ...], times: Times, rules: Sequence[Rule]) -> int | None:
    """The first rule that matches every contact that passes ``tests``, at every instant of which ``times`` is known."""
    for index, rule in enumerate(rules):
        timely = not rule.during or any(period.name in times.inside for period in rule.during)
        if not timely or any(period.name not in times.outside for period in rule.outside):
            continue
        if all(any(_implies(own, test) for own in tests) for test in rule.when):
            return index
    return None


def all_times(rules: Sequence[Rule], most: int = _MOST_COMBINATIONS) -> Iterator[Times]:
    """Every choice of covering and not covering among the periods that the rules ask for; nothing known if that is too many."""
    names = sorted({period.name for rule in rules for period in (*rule.during, *rule.outside)})
    if 1 << len(names) > most:
        yield Times()
        return
    for choice in product((True, False), repeat=len(names)):
        inside = frozenset(name for name, chosen in zip(names, choice, strict=True) if chosen)
        yield Times(inside, frozenset(names) - inside)


def _combinations(rule: Rule, earlier: Sequence[Rule]) -> Iterator[tuple[tuple[FieldTest, ...], Times]]:
    """The rule split by value and by period, so that several earlier rules together can cover it."""
    choices = [[test] if test.values is None else [FieldTest(test.field, frozenset({value})) for value in test.values] for test in rule.when]
    amount = prod(len(choice) for choice in choices)
    times = [known for known in all_times((*earlier, rule), _MOST_COMBINATIONS // max(1, min(amount, _MOST_COMBINATIONS))) if _fits(known, rule)]
    if amount > _MOST_COMBINATIONS:
        choices = [[test] for test in rule.when]
    for known in times or _least_known(rule):
        yield from ((tests, known) for tests in product(*choices))


def _fits(times: Times, rule: Rule) -> bool:
    during = not rule.during or any(period.name in times.inside for period in rule.during)
    return during and all(period.name in times.outside for period in rule.outside)


def _least_known(rule: Rule) -> list[Times]:
    """What the rule itself says of its instants, where all choices are too many."""
    outside = frozenset(period.name for period in rule.outside)
    return [Times(frozenset({period.name}), outside) for period in rule.during] or [Times(frozenset(), outside)]


def named_beside(taker: Rule, rule: Rule) -> str:
    """What to call one rule where another is spoken of: ``rules[0]`` within one list, the whole path elsewhere."""
    same = taker.path.rpartition("rules[")[0] == rule.path.rpartition("rules[")[0]
    return taker.path.rpartition(".")[2] if same else taker.path


def _implies(own: FieldTest, other: FieldTest) -> bool:
    """Whether every value that passes ``own`` passes ``other``."""
    if own.field != other.field:
        return False
    if own.values is not None:
        return all(passes(value, other) for value in own.values)
    if other.values is not None:
        return False
    low = other.at_least is None or (own.at_least is not None and own.at_least >= other.at_least)
    return low and (other.at_most is None or (own.at_most is not None and own.at_most <= other.at_most))


def passes(value: Scalar, test: FieldTest) -> bool:
    """Whether a value passes a test."""
    if test.values is not None:
        return value in test.values
    if isinstance(value, str):
        return False
    return (test.at_least is None or value >= test.at_least) and (test.at_most is None or value <= test.at_most)
