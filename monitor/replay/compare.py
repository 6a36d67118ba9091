"""The differences between two runs over the same log; none is what ``make live-replay`` demands."""

from collections.abc import Iterator, Mapping
from typing import cast

import msgspec

from monitor.replay.facts import Facts

_MISSING = "missing"


class Difference(msgspec.Struct, frozen=True):
    """One thing that the runs disagree on: ``what`` (a topic, or ``totals``), which one, and what each run says."""

    what: str
    name: str
    left: str
    right: str

    def __str__(self) -> str:
        return f"{self.what} {self.name}: {self.left} | {self.right}"


def compare_facts(left: Facts, right: Facts) -> list[Difference]:
    """Verdicts, alerts and dead letters, version by version; a record published twice on either side is a difference too."""
    return [*_facts(left, right), *_repeats(left, right)]


def _facts(left: Facts, right: Facts) -> Iterator[Difference]:
    for name in sorted(left.said.keys() | right.said.keys()):
        one, other = left.said.get(name), right.said.get(name)
        if one == other:
            continue
        topic, key, version = name
        if one is None or other is None:
            yield Difference(topic, f"{key} version {version}", _said(one), _said(other))
            continue
        for field in one.__struct_fields__:
            values = getattr(one, field), getattr(other, field, None)
            if values[0] != values[1]:
                yield Difference(topic, f"{key} version {version} {field}", repr(values[0]), repr(values[1]))


def _repeats(left: Facts, right: Facts) -> Iterator[Difference]:
    for name in sorted(left.repeats.keys() | right.repeats.keys()):
        topic, key, version = name
        times = [f"published {facts.repeats.get(name, 1)} times" for facts in (left, right)]
        yield Difference(topic, f"{key} version {version}", times[0], times[1])


def _said(fact: object) -> str:
    return _MISSING if fact is None else repr(fact)


def compare_totals(left: Mapping[str, object], right: Mapping[str, object], path: str = "") -> list[Difference]:
    """Nested totals, leaf by leaf, exactly."""
    differences: list[Difference] = []
    for name in sorted(left.keys() | right.keys()):
        one, other = left.get(name, _MISSING), right.get(name, _MISSING)
        place = f"{path}.{name}" if path else name
        if isinstance(one, Mapping) and isinstance(other, Mapping):
            differences += compare_totals(cast("Mapping[str, object]", one), cast("Mapping[str, object]", other), place)
        elif one != other:
            differences.append(Difference("totals", place, repr(one), repr(other)))
    return differences
