"""A policy prepared for folding: which clocks each moment of a family starts, stops and cancels, and which attributes matter."""

from collections.abc import Sequence
from typing import Final

import msgspec

from monitor.contacts.contact import Run
from monitor.contacts.flows.plan import FlowPlan, FlowRule, fields_tested, flow_plan
from monitor.contacts.promised import promised
from monitor.policy.model import Clock, FieldTest, Policy, Rule, Scalar, Trigger
from schemas.events import FAMILIES, EventData, Family

Attributes = dict[str, Scalar]

_ALWAYS: Final = ("queue", "channel", "region", "priority", "vip_tier", "request_type", "parent_incident")
_OF_CUSTOMERS: Final = ("customer_key", "problem_key", "request_subtype", "origin_contact_id", "support_line", "dept")
"""What the customers processor asks of a contact (``monitor.contacts.reporting``)."""


class Watch(msgspec.Struct, frozen=True):
    """One trigger of one clock."""

    clock: int
    where: tuple[FieldTest, ...]


class MomentPlan(msgspec.Struct, frozen=True):
    """What one moment does, in the order in which it is done: cancel before stop before start."""

    cancels: tuple[Watch, ...]
    stops: tuple[Watch, ...]
    starts: tuple[Watch, ...]


class ClockPlan:
    """One clock with its levels sorted and its counter names made. ``number`` is that of its policy among those of the shard."""

    def __init__(self, clock: Clock, policy: Policy, number: int = 0) -> None:
        self.clock = clock
        self.policy, self.number = policy, number
        self.name = clock.name
        self.rules: tuple[Rule, ...] = clock.rules
        self.rule_texts = tuple(rule.path + (f" ({rule.source})" if rule.source else "") for rule in clock.rules)
        self.promised = tuple(promised(clock, rule) for rule in clock.rules)
        self.levels = tuple(sorted({*clock.levels, 100}))
        self.met = f"clock.{clock.name}.met"
        self.breached = f"clock.{clock.name}.breached"
        self.cancelled = f"clock.{clock.name}.cancelled"
        self.sketch = f"clock.{clock.name}"
        self.pause_reasons = clock.pause.reasons if clock.pause else frozenset[str]()
        self.pause_caps = clock.pause.caps_us if clock.pause else {}
        self.known_reasons = self.pause_reasons
        """The reasons that pause some clock of the family: words of the policy. Any other reason is free text (R80)."""
        self.reopen = clock.reopen

    def match(self, attributes: Attributes) -> int:
        """The first rule whose tests all pass (P12); -1 if none does or that rule promises nothing (P23)."""
        for index, rule in enumerate(self.rules):
            if all(passes(test, attributes.get(test.field)) for test in rule.when):
                return index if rule.target is not None else -1
        return -1


class FamilyPlan(msgspec.Struct, frozen=True):
    """The clocks of one family, what its moments do to them, every reason that pauses one of them, and its flow rules if any."""

    clocks: dict[str, ClockPlan]
    order: tuple[ClockPlan, ...]
    moments: dict[str, MomentPlan]
    matched_on: frozenset[str]
    pause_reasons: frozenset[str]
    flows: FlowPlan | None = None
    number: int = 0
    peers: list["FamilyPlan"] = []

    def of(self, run: Run) -> ClockPlan | None:
        """The clock under whose rules a cycle runs or was judged: that of the policy version which last promised something."""
        return (self if run.policy == self.number else self.peers[run.policy]).clocks.get(run.clock)

    def flow_rule(self, name: str) -> FlowRule | None:
        """A flow rule by its name, of this policy version or else of the latest that has it: what it found stays found."""
        others = (each for each in reversed(self.peers) if each is not self)
        for each in (self, *others):
            if each.flows is not None and name in each.flows.rules:
                return each.flows.rules[name]
        return None


class Plan:
    """A compiled policy with the tables that a fold needs; the ``number``-th of a shard, after ``others``."""

    def __init__(self, policy: Policy, number: int = 0, others: Sequence["Plan"] = ()) -> None:
        self.policy = policy
        self.dimensions = policy.queues.dimensions
        peers: dict[Family, list[FamilyPlan]] = {family: others[0].families[family].peers if others else [] for family in FAMILIES}
        self.families: dict[Family, FamilyPlan] = {family: _family_plan(policy, family, number, peers[family]) for family in FAMILIES}
        matched = frozenset[str]().union(*(plan.matched_on for plan in self.families.values()))
        counted = frozenset(self.dimensions) | frozenset(policy.queues.facets)
        self.carried = frozenset(_ALWAYS) | frozenset(_OF_CUSTOMERS) | counted | matched | fields_tested(policy.flows)


def passes(test: FieldTest, value: object) -> bool:
    """Whether a value passes one test; an absent value passes none."""
    if value is None:
        return False
    if test.values is not None and value not in test.values:
        return False
    if test.at_least is None and test.at_most is None:
        return True
    if not isinstance(value, (int, float)):
        return False
    return (test.at_least is None or value >= test.at_least) and (test.at_most is None or value <= test.at_most)


def values_named(policy: Policy, field: str) -> frozenset[Scalar]:
    """Every value of a field that some rule or trigger of the policy names."""
    tests = [test for clock in policy.clocks for rule in clock.rules for test in rule.when]
    tests += [test for clock in policy.clocks for trigger in (*clock.start, *clock.stop, *clock.cancel) for test in trigger.where]
    tests += [test for flow in policy.flows for test in (*flow.when, *flow.front)]
    tests += [test for flow in policy.flows for part in flow.parts for trigger in part.triggers for test in trigger.where]
    return frozenset(value for test in tests if test.field == field for value in test.values or ())


def triggered(where: tuple[FieldTest, ...], data: EventData, attributes: Attributes) -> bool:
    """Whether an event passes a trigger's tests: its own field first, else what the contact carries."""
    for test in where:
        value = getattr(data, test.field, None)
        if not passes(test, attributes.get(test.field) if value is None else value):
            return False
    return True


def _family_plan(policy: Policy, family: Family, number: int, peers: list[FamilyPlan]) -> FamilyPlan:
    clocks = tuple(ClockPlan(clock, policy, number) for clock in policy.clocks if family in clock.families)
    names = {trigger.moment for plan in clocks for trigger in (*plan.clock.start, *plan.clock.stop, *plan.clock.cancel)}
    moments = {
        name: MomentPlan(
            cancels=_watches(name, [plan.clock.cancel for plan in clocks]),
            stops=_watches(name, [plan.clock.stop for plan in clocks]),
            starts=_watches(name, [plan.clock.start for plan in clocks]),
        )
        for name in sorted(names)
    }
    matched = frozenset(test.field for plan in clocks for rule in plan.rules for test in rule.when)
    reasons = frozenset[str]().union(*(plan.pause_reasons for plan in clocks))
    for plan in clocks:
        plan.known_reasons = reasons
    found = FamilyPlan({plan.name: plan for plan in clocks}, clocks, moments, matched, reasons, flow_plan(policy, family), number, peers)
    peers.append(found)
    return found


def _watches(moment: str, triggers: list[tuple[Trigger, ...]]) -> tuple[Watch, ...]:
    return tuple(Watch(index, t.where) for index, many in enumerate(triggers) for t in many if t.moment == moment)
