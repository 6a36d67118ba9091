"""A policy prepared for folding: which clocks each moment of a family starts, stops and cancels, and which attributes matter."""

from collections.abc import Sequence
from typing import Final

import msgspec

from monitor.contacts.clock_names import OTHER, ClockNames, names_of
from monitor.contacts.contact import Run
from monitor.contacts.flows.plan import FlowPlan, FlowRule, fields_tested, flow_plan
from monitor.contacts.promised import promised
from monitor.policy.model import Clock, FieldTest, Policy, Rule, Scalar, Trigger
from schemas.events import FAMILIES, EventData, Family
from schemas.instants import Instant

Attributes = dict[str, Scalar]

_MATCHES_KEPT: Final = 10_000
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
    """One clock with its levels sorted and its counter names made.

    ``plain``: at most one cycle runs at a time. Not so with ``per``, the attribute by whose values cycles are kept apart (P15),
    and where a rule is ``dated``: promises that events name run side by side. ``number`` is that of its policy among those of the shard.
    """

    def __init__(self, clock: Clock, policy: Policy, number: int = 0) -> None:
        self.clock = clock
        self.policy, self.number = policy, number
        self.family: FamilyPlan
        self.name = clock.name
        self.rules: tuple[Rule, ...] = clock.rules
        self.rule_texts = tuple(rule.path + (f" ({rule.source})" if rule.source else "") for rule in clock.rules)
        self.promised = tuple(promised(clock, rule) for rule in clock.rules)
        self.levels = tuple(sorted({*clock.levels, 100}))
        self.names = (names_of(clock.name),)
        self.pause_reasons = clock.pause.reasons if clock.pause else frozenset[str]()
        self.pause_caps = clock.pause.caps_us if clock.pause else {}
        self.known_reasons = self.pause_reasons
        """The reasons that pause some clock of the family: words of the policy. Any other reason is free text (R80)."""
        self.reopen = clock.reopen
        self.repeats = clock.repeats
        self.per = clock.per or ""
        self.first_holder = clock.mode == "first"
        kinds = {rule.target.kind for rule in clock.rules if rule.target is not None}
        self.dated, self.only_dated = "due_at" in kinds, kinds == {"due_at"}
        self.plain = not self.per and not self.dated
        self._names_of_value = {value: (*self.names, names_of(f"{clock.name}:{value}")) for value in _named_values(clock)}
        self._fields = tuple(sorted({test.field for rule in clock.rules for test in rule.when}))
        self._candidates: dict[tuple[Scalar | None, ...], tuple[int, ...]] = {}

    def match(self, attributes: Attributes, started_at: Instant) -> int:
        """The first rule whose tests all pass and whose periods hold at the start (P12); -1 if none does or that rule promises nothing (P23)."""
        values = tuple(map(attributes.get, self._fields))
        candidates = self._candidates.get(values)
        if candidates is None:
            candidates = self._passing(attributes, values)
        for index in candidates:
            rule = self.rules[index]
            if not (rule.during or rule.outside) or in_period(rule, started_at):
                return index if rule.target is not None else -1
        return -1

    def of(self, run: Run) -> "ClockPlan":
        """The same clock in the policy version under whose rules a cycle runs or was judged."""
        return self if run.policy == self.number else self.family.of(run) or self

    def attributes_of(self, attributes: Attributes, value: str) -> Attributes:
        """What the rules of a cycle are matched with: of a department's cycle that department, whoever holds the contact now (P15)."""
        return attributes | {self.per: value} if self.per else attributes

    def names_for(self, value: str) -> tuple[ClockNames, ...]:
        """The counters of a cycle: the clock's, and those of its value if the policy names it."""
        return self.names if not self.per else self._names_of_value.get(value) or self._names_of_value[OTHER]

    def _passing(self, attributes: Attributes, values: tuple[Scalar | None, ...]) -> tuple[int, ...]:
        """The rules whose tests pass, kept for contacts that carry the same."""
        found = tuple(n for n, rule in enumerate(self.rules) if all(passes(test, attributes.get(test.field)) for test in rule.when))
        if len(self._candidates) >= _MATCHES_KEPT:
            self._candidates.clear()
        self._candidates[values] = found
        return found


class FamilyPlan(msgspec.Struct, frozen=True):
    """The clocks of one family, what its moments do to them, every reason that pauses one of them, and its flow rules if any.

    ``holders`` end their cycles when the contact passes to another value of one of ``held_by`` (P15), ``repeating`` ones when it is over.
    """

    clocks: dict[str, ClockPlan]
    order: tuple[ClockPlan, ...]
    moments: dict[str, MomentPlan]
    matched_on: frozenset[str]
    pause_reasons: frozenset[str]
    holders: tuple[ClockPlan, ...] = ()
    held_by: frozenset[str] = frozenset()
    repeating: tuple[ClockPlan, ...] = ()
    flows: FlowPlan | None = None
    number: int = 0
    peers: list["FamilyPlan"] = []

    def of(self, run: Run) -> ClockPlan | None:
        """The clock under whose rules a cycle runs or was judged: that of the policy version which last promised something."""
        return (self if run.policy == self.number else self.peers[run.policy]).find(run.clock)

    def flow_rule(self, name: str) -> FlowRule | None:
        """A flow rule by its name, of this policy version or else of the latest that has it: what it found stays found."""
        others = (each for each in reversed(self.peers) if each is not self)
        for each in (self, *others):
            if each.flows is not None and name in each.flows.rules:
                return each.flows.rules[name]
        return None

    def find(self, clock: str) -> ClockPlan | None:
        """The clock of a published name: ``node``, or ``node:network``; None if the policy has none."""
        found = self.clocks.get(clock)
        return found if found is not None or ":" not in clock else self.clocks.get(clock.partition(":")[0])


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
        self.carried |= {clock.per for clock in policy.clocks if clock.per}


def in_period(rule: Rule, at: Instant) -> bool:
    """Whether at least one of the rule's periods covers ``at`` (R59-R61), if it asks for any, and none of those it excludes."""
    if rule.during and not any(period.covers(at) for period in rule.during):
        return False
    return not any(period.covers(at) for period in rule.outside)


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
    found = FamilyPlan(
        clocks={plan.name: plan for plan in clocks},
        order=clocks,
        moments=moments,
        matched_on=matched,
        pause_reasons=reasons,
        holders=tuple(plan for plan in clocks if plan.per and not plan.first_holder),
        held_by=frozenset(plan.per for plan in clocks if plan.per and not plan.first_holder),
        repeating=tuple(plan for plan in clocks if plan.repeats),
        flows=flow_plan(policy, family),
        number=number,
        peers=peers,
    )
    peers.append(found)
    for plan in clocks:
        plan.family = found
    return found


def _named_values(clock: Clock) -> set[str]:
    """The departments or nodes that the clock's rules and triggers name, and one name for all others."""
    tests = [test for rule in clock.rules for test in rule.when]
    tests += [test for trigger in (*clock.start, *clock.stop, *clock.cancel) for test in trigger.where]
    named = {str(value) for test in tests if test.field == clock.per for value in test.values or ()}
    return named | {OTHER} if clock.per else set()


def _watches(moment: str, triggers: list[tuple[Trigger, ...]]) -> tuple[Watch, ...]:
    return tuple(Watch(index, t.where) for index, many in enumerate(triggers) for t in many if t.moment == moment)
