"""Customers of one tier with one kind of request get one promise, whichever door they came through (R52)."""

from collections.abc import Mapping
from itertools import product
from typing import Final

from monitor.policy.cases import cases_of, decide, groups_of, tested_fields
from monitor.policy.durations import target_text
from monitor.policy.findings import Path, Remarks
from monitor.policy.model import Clock, Rule, Target
from monitor.policy.reach import named_beside

DOORS: Final = ("channel", "region")


def check_consistency(clock: Clock, places: Mapping[str, Path], remarks: Remarks) -> None:
    """Two targets of a clock that differ only by channel or region are an error."""
    fields = tested_fields(clock.rules)
    doors = [field for field in fields if field in DOORS]
    if not doors:
        return
    cases = cases_of(clock.rules, [field for field in fields if field not in DOORS])
    if cases is None:
        remarks.warning(("clocks", clock.name, "rules"), "too many combinations to see whether channels and regions get the same targets (R52)")
        return
    ways = [{group.field: group.values[0] for group in chosen} for chosen in product(*(groups_of(door, clock.rules) for door in doors))]
    told: set[str] = set()
    for case in cases:
        deciding = (decide(clock.rules, case.values() | way, case.times) for way in ways)
        promised: dict[Target, Rule] = {}
        for rule in sorted((rule for rule in deciding if rule is not None), key=clock.rules.index):
            if rule.target is not None:
                promised.setdefault(rule.target, rule)
        promises = list(promised.values())
        for rule in promises[1:]:
            if rule.path not in told:
                told.add(rule.path)
                _tell(promises[0], rule, places, remarks)


def _tell(first: Rule, rule: Rule, places: Mapping[str, Path], remarks: Remarks) -> None:
    assert first.target is not None, "only promises are compared"
    assert rule.target is not None, "only promises are compared"
    doors = " and ".join(sorted({test.field for one in (first, rule) for test in one.when if test.field in DOORS}))
    remarks.error(
        (*places[rule.path], "target"),
        f"{target_text(rule.target)} here and {target_text(first.target)} in {named_beside(first, rule)} for contacts that differ only by {doors}; "
        "expected one target for one type, priority and tier (R52): give both the same, or tell them apart by queue or department",
    )
