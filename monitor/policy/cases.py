"""Every kind of contact that a list of rules can tell apart, and which rule decides for it: what the checks of a whole clock look at.

Values that pass the same tests are one ``Group``, so the number of cases follows the rules and not the number of regions.
An open field (region, dept, queue …) has one more value that no rule names.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product
from math import prod
from typing import Final

import msgspec

from monitor.policy.attributes import FieldKind, rule_fields
from monitor.policy.model import FieldTest, Rule, Scalar
from monitor.policy.reach import Times, all_times, passes

ANY_OTHER: Final = "any other"
_MOST_CASES: Final = 5_000


class Group(msgspec.Struct, frozen=True):
    """Values of one field that no rule tells apart."""

    field: str
    values: tuple[Scalar, ...]


class Case(msgspec.Struct, frozen=True):
    """One kind of contact at one kind of instant."""

    groups: tuple[Group, ...]
    times: Times

    def values(self) -> dict[str, Scalar]:
        """One value for each field."""
        return {group.field: group.values[0] for group in self.groups}


def tested_fields(rules: Iterable[Rule]) -> list[str]:
    """The fields that the rules test, by name."""
    return sorted({test.field for rule in rules for test in rule.when})


def groups_of(field: str, rules: Sequence[Rule]) -> list[Group]:
    """The values of a field, grouped by the tests they pass."""
    tests = list(dict.fromkeys(test for rule in rules for test in rule.when if test.field == field))
    found: dict[tuple[bool, ...], list[Scalar]] = {}
    for value in _values(rule_fields()[field], tests):
        found.setdefault(tuple(passes(value, test) for test in tests), []).append(value)
    return [Group(field, tuple(values)) for values in found.values()]


def cases_of(rules: Sequence[Rule], fields: Sequence[str]) -> Iterator[Case] | None:
    """All combinations of groups and periods; None where they are too many to look at."""
    groups = [groups_of(field, rules) for field in fields]
    amount = prod(len(choices) for choices in groups)
    times = list(all_times(rules, _MOST_CASES))
    if amount * len(times) > _MOST_CASES:
        return None
    return (Case(chosen, known) for known in times for chosen in product(*groups))


def decide(rules: Sequence[Rule], values: Mapping[str, Scalar], times: Times) -> Rule | None:
    """The rule that decides for a contact with these values, as the engine would find it (P12)."""
    for rule in rules:
        if rule.during and not any(period.name in times.inside for period in rule.during):
            continue
        if any(period.name in times.inside for period in rule.outside):
            continue
        if all(test.field in values and passes(values[test.field], test) for test in rule.when):
            return rule
    return None


class Decider:
    """``decide`` for one list of rules, which looks at each kind of contact that these rules can tell apart once."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        """Remembers what it found."""
        self._rules = rules
        self._fields = tested_fields(rules)
        self._found: dict[tuple[tuple[Scalar | None, ...], Times], Rule | None] = {}

    def __call__(self, values: Mapping[str, Scalar], times: Times) -> Rule | None:
        """The rule that decides."""
        key = (tuple(values.get(field) for field in self._fields), times)
        if key not in self._found:
            self._found[key] = decide(self._rules, values, times)
        return self._found[key]


def _values(kind: FieldKind, tests: Sequence[FieldTest]) -> Sequence[Scalar]:
    if kind.values is not None:
        return kind.values
    if kind.type == "bool":
        return (True, False)
    named = {value for test in tests for value in test.values or ()}
    if kind.type == "text":
        return (*sorted(str(value) for value in named), ANY_OTHER)
    bounds = {bound for test in tests for bound in (test.at_least, test.at_most) if bound is not None}
    edges = {float(value) for value in named | bounds}
    return sorted({edge + step for edge in edges for step in (-1, 0, 1)})
