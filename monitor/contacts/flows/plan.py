"""A policy's flow rules, by the moment at which each of them does something."""

from collections.abc import Iterable
from typing import Final

import msgspec

from monitor.policy.model import FieldTest, Flow, Policy, Trigger
from schemas.events import SHARED_EVENTS, WORKORDER_EVENTS, Family, event_name

MARK: Final = "~"
"""First letter of a rule's name in the ledger of a contact, where clocks have theirs: no clock's name begins like this."""

_NAMED: Final = ("dept", "node")
_REOPENS: Final = frozenset({"chat.reopened", "workorder.reopened"})
_MOVES: Final = _REOPENS | {event_name(kind) for kind in (*WORKORDER_EVENTS, *SHARED_EVENTS)}
_RETURNED: Final = (Trigger("workorder.result_returned"),)


class FlowRule:
    """One rule with its counter names made; ``groups`` are its own name and that of its group."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self.name: Final = flow.name
        self.entry: Final = MARK + flow.name
        self.path: Final = f"flows.{flow.name}" + (f" ({flow.source})" if flow.source else "")
        names = [flow.name, flow.group] if flow.group else [flow.name]
        self.ok: Final = tuple(f"flow.{name}.ok" for name in names)
        self.violated: Final = tuple(f"flow.{name}.violated" for name in names)
        self.seen: Final = tuple(f"flow.{name}.seen" for name in names)


class Mark(msgspec.Struct, frozen=True):
    """Part ``part`` of a rule has happened once an event passes these tests."""

    rule: FlowRule
    part: int
    where: tuple[FieldTest, ...]


class Check(msgspec.Struct, frozen=True):
    """A rule is looked at when an event passes these tests."""

    rule: FlowRule
    where: tuple[FieldTest, ...]


class FlowPlan(msgspec.Struct, frozen=True):
    """The rules of one family by moment; ``holders`` are those that ask who held the order before.

    ``listens`` are the events that can do anything without bringing a derived moment; all others cost nothing.
    """

    rules: dict[str, FlowRule]
    marks: dict[str, tuple[Mark, ...]]
    checks: dict[str, tuple[Check, ...]]
    holders: tuple[FlowRule, ...]
    listens: frozenset[str]


def flow_plan(policy: Policy, family: Family) -> FlowPlan | None:
    """The rules that something can happen to in this family; None if there are none."""
    rules = [FlowRule(flow) for flow in policy.flows if family in flow.families]
    if not rules:
        return None
    marks: dict[str, list[Mark]] = {}
    checks: dict[str, list[Check]] = {}
    for rule in rules:
        for number, triggers in enumerate(_parts(rule.flow)):
            for trigger in triggers:
                marks.setdefault(trigger.moment, []).append(Mark(rule, number, trigger.where))
        for trigger in rule.flow.on:
            checks.setdefault(trigger.moment, []).append(Check(rule, trigger.where))
    holders = tuple(rule for rule in rules if rule.flow.kind == "bounce")
    anything = _MOVES if holders else _REOPENS
    return FlowPlan(
        rules={rule.name: rule for rule in rules},
        marks={moment: tuple(each) for moment, each in marks.items()},
        checks={moment: tuple(each) for moment, each in checks.items()},
        holders=holders,
        listens=frozenset({*marks, *checks, *anything}),
    )


def fields_tested(flows: Iterable[Flow]) -> frozenset[str]:
    """The attributes of a contact that rules ask for, and those that their alerts name."""
    return frozenset(field for flow in flows for field in (*_NAMED, *(test.field for test in flow.when)))


def _parts(flow: Flow) -> list[tuple[Trigger, ...]]:
    return [_RETURNED] if flow.kind == "bounce" else [part.triggers for part in flow.parts]
