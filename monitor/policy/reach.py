"""Which rules can never be chosen because earlier ones take all they match (first match wins, P12)."""

from collections.abc import Iterator, Sequence
from itertools import product
from typing import Final

from monitor.policy.model import FieldTest, Rule

_MOST_COMBINATIONS: Final = 2000


def unreachable_rules(rules: Sequence[Rule]) -> Iterator[tuple[int, str]]:
    """Index and reason of each rule whose every combination of named values is matched by an earlier rule."""
    for index, rule in enumerate(rules):
        takers = {_taker(tests, rules[:index]) for tests in _combinations(rule.when)}
        if takers and None not in takers:
            names = " and ".join(f"rules[{taker}]" for taker in sorted(taker for taker in takers if taker is not None))
            yield index, f"{names} above already {'matches' if len(takers) == 1 else 'match'} everything it matches"


def _combinations(tests: tuple[FieldTest, ...]) -> Iterator[tuple[FieldTest, ...]]:
    """The rule split into rules that name one value a field, so that several earlier rules together can cover it."""
    choices = [[test] if test.values is None else [FieldTest(test.field, frozenset({value})) for value in test.values] for test in tests]
    amount = 1
    for choice in choices:
        amount *= len(choice)
    if amount > _MOST_COMBINATIONS:
        yield tests
    else:
        yield from product(*choices)


def _taker(tests: tuple[FieldTest, ...], earlier: Sequence[Rule]) -> int | None:
    for index, rule in enumerate(earlier):
        if all(any(_implies(own, test) for own in tests) for test in rule.when):
            return index
    return None


def _implies(own: FieldTest, other: FieldTest) -> bool:
    """Whether every value that passes ``own`` passes ``other``."""
    if own.field != other.field:
        return False
    if own.values is not None:
        return all(_passes(value, other) for value in own.values)
    if other.values is not None:
        return False
    low = other.at_least is None or (own.at_least is not None and own.at_least >= other.at_least)
    return low and (other.at_most is None or (own.at_most is not None and own.at_most <= other.at_most))


def _passes(value: str | int | float | bool, test: FieldTest) -> bool:
    if test.values is not None:
        return value in test.values
    if isinstance(value, str):
        return False
    return (test.at_least is None or value >= test.at_least) and (test.at_most is None or value <= test.at_most)
