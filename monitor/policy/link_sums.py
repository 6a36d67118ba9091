"""What the links of an end-to-end promise add up to: never more than the whole (R13, R58).

A clock per department or node is one link for each value its rules name; the link of all other values counts only in a
warning, since an order need not pass any of them. Durations are added only where they are counted in one calendar and unit.
"""

from collections.abc import Mapping, Sequence

import msgspec

from monitor.policy.cases import ANY_OTHER, Case, Decider, cases_of, tested_fields
from monitor.policy.durations import target_text
from monitor.policy.findings import Path, Remarks
from monitor.policy.model import Clock, Rule, Target


class Link(msgspec.Struct, frozen=True):
    """One link: a clock, or one department's or node's share of it."""

    clock: Clock
    decide: Decider
    value: str = ""

    @property
    def name(self) -> str:
        """As its cycles are published."""
        return f"{self.clock.name}:{self.value}" if self.value else self.clock.name

    def rule(self, case: Case) -> Rule | None:
        """The rule that decides for this link on such a contact."""
        per = {} if self.clock.per is None else {self.clock.per: self.value}
        return self.decide(case.values() | per, case.times)


class Sum(msgspec.Struct, frozen=True):
    """The links of one rule of the whole, on one kind of contact."""

    rule: Rule
    target: Target
    parts: tuple[tuple[Link, Target], ...]

    @property
    def total(self) -> Target:
        """All parts together."""
        return Target(self.target.kind, sum(target.amount for _, target in self.parts))

    @property
    def over(self) -> int:
        """By how much the parts exceed the whole."""
        return self.total.amount - self.target.amount


def check_wholes(clocks: Sequence[Clock], places: Mapping[str, Path], remarks: Remarks) -> None:
    """Every end-to-end clock against its links; ``places`` tells where the rule of each path stands."""
    for whole in clocks:
        links = [clock for clock in clocks if clock.whole == whole.name and clock is not whole]
        if links:
            _check_sums(whole, links, places, remarks)


def _check_sums(whole: Clock, links: Sequence[Clock], places: Mapping[str, Path], remarks: Remarks) -> None:
    rules = [rule for clock in (whole, *links) for rule in clock.rules]
    pers = {clock.per for clock in links}
    cases = cases_of(rules, [field for field in tested_fields(rules) if field not in pers])
    if cases is None:
        remarks.warning(("clocks", whole.name, "rules"), "too many combinations to see whether the links exceed it (R58)")
        return
    deciders = {clock.name: Decider(clock.rules) for clock in (whole, *links)}
    choices = [(False, _links(links, deciders, others=False)), (True, _links(links, deciders, others=True))]
    if choices[0][1] == choices[1][1]:
        del choices[1]
    worst: dict[tuple[str, bool], Sum] = {}
    unlike: dict[str, str] = {}
    for case in cases:
        rule = deciders[whole.name](case.values(), case.times)
        if rule is None or rule.target is None:
            continue
        for others, chosen in choices:
            found = _sum(rule, rule.target, chosen, case, unlike)
            if found.over > 0 and found.over > _over(worst.get((rule.path, others))):
                worst[rule.path, others] = found
    for (path, others), found in sorted(worst.items()):
        if not others:
            remarks.error((*places[path], "target"), f"{_told(found)}; shorten a link or give the whole more time (R58)")
        elif (path, False) not in worst:
            remarks.warning((*places[path], "target"), f"{_told(found)}, if an order passes one that no rule names")
    for name, problem in sorted(unlike.items()):
        remarks.warning(("clocks", name, "whole"), problem)


def _over(found: Sum | None) -> int:
    return 0 if found is None else found.over


def _links(clocks: Sequence[Clock], deciders: Mapping[str, Decider], *, others: bool) -> list[Link]:
    found: list[Link] = []
    for clock in clocks:
        decider = deciders[clock.name]
        if clock.per is None:
            found.append(Link(clock, decider))
            continue
        named = {str(value) for rule in clock.rules for test in rule.when if test.field == clock.per for value in test.values or ()}
        found += [Link(clock, decider, value) for value in sorted(named)]
        if others or not named:
            found.append(Link(clock, decider, ANY_OTHER))
    return found


def _sum(rule: Rule, whole: Target, links: Sequence[Link], case: Case, unlike: dict[str, str]) -> Sum:
    parts: list[tuple[Link, Target]] = []
    for link in links:
        part = link.rule(case)
        if part is None or part.target is None:
            continue
        if part.target.kind != whole.kind or part.calendar.name != rule.calendar.name or whole.kind == "due_at":
            unlike.setdefault(
                link.clock.name,
                f"{target_text(part.target)} in calendar `{part.calendar.name}` cannot be added up against "
                f"{target_text(whole)} in calendar `{rule.calendar.name}`: whether the links fit into `{rule.path}` is not known",
            )
            continue
        parts.append((link, part.target))
    return Sum(rule, whole, tuple(parts))


def _told(found: Sum) -> str:
    added = " + ".join(f"{link.name} {target_text(target)}" for link, target in found.parts)
    return f"the links add up to {target_text(found.total)} ({added}), which exceeds the whole of {target_text(found.target)}"
