"""What each kind of rule finds when it is looked at: nothing to say, kept, or broken for a named reason."""

from typing import Final, Literal

import msgspec

from monitor.contacts.flows.findings import Followed
from monitor.contacts.flows.plan import FlowRule
from monitor.contacts.plan import passes
from monitor.policy.model import FieldTest, Flow
from schemas.events import EventData
from schemas.events.workorder import WorkOrderEscalated
from schemas.instants import Instant, parse_instant

Reason = Literal[
    "skipped_stage",
    "out_of_order",
    "missing",
    "late",
    "path_not_allowed",
    "given_back_to_front_line",
    "given_back_to_last_holder",
    "incomplete",
    "seen",
]


class Result(msgspec.Struct, frozen=True):
    """A rule was looked at: broken for ``reason``, or kept where there is none. ``booked`` False: it is not counted as kept here."""

    reason: Reason | None = None
    what: tuple[str, ...] = ()
    value_us: int = 0
    dept: str = ""


KEPT: Final = Result()


def check(rule: FlowRule, state: Followed | None, data: EventData, at: Instant) -> Result | None:
    """Look at a rule at one event; None where the event cannot tell."""
    flow = rule.flow
    if flow.kind in ("stages", "require"):
        return _parts(flow, state.done if state is not None else [])
    if flow.kind == "within":
        return _within(flow, data, at)
    if flow.kind == "path":
        return _path(flow, data)
    if flow.kind == "bounce":
        return _bounce(flow, state, data)
    absent = tuple(field for field in flow.fields if getattr(data, field, None) is None)
    if flow.kind == "complete":
        return Result("incomplete", absent) if absent else KEPT
    return None if absent else Result("seen")


def _parts(flow: Flow, done: list[int]) -> Result:
    """Every part has happened; stages with ``in_order`` never after a later one (R14)."""
    absent = tuple(part.name for number, part in enumerate(flow.parts) if number not in done)
    if absent:
        return Result("skipped_stage" if flow.kind == "stages" else "missing", absent)
    if flow.in_order:
        behind = tuple(flow.parts[number].name for place, number in enumerate(done) if any(later > number for later in done[:place]))
        if behind:
            return Result("out_of_order", behind)
    return KEPT


def _within(flow: Flow, data: EventData, at: Instant) -> Result | None:
    """The event comes soon enough after the instant it carries; one before it is skew between sources and counts as none (P37)."""
    text = getattr(data, flow.of, None)
    if not isinstance(text, str):
        return None
    took_us = max(0, at - parse_instant(text))
    return Result("late" if took_us > flow.within_us else None, value_us=took_us)


def _path(flow: Flow, data: EventData) -> Result | None:
    """An escalation that does not say from where to where cannot be judged (R63)."""
    if not isinstance(data, WorkOrderEscalated) or data.from_line is None or data.to_line is None:
        return None
    if (data.from_line, data.to_line) in flow.hops:
        return KEPT
    return Result("path_not_allowed", (f"{data.from_line}->{data.to_line}",))


def _bounce(flow: Flow, state: Followed | None, data: EventData) -> Result | None:
    """A back-office department does not give an order back before it has returned the result (R66)."""
    if state is None or not state.holder or state.done:
        return None
    dept = getattr(data, "dept", None) or ""
    if dept == state.holder or state.holder == FRONT:
        return None
    if is_front(flow.front, data):
        return Result("given_back_to_front_line", dept=state.holder)
    if dept and dept == state.before:
        return Result("given_back_to_last_holder", dept=state.holder)
    return None


FRONT: Final = "\0front"
"""Who holds an order that the front line holds; no department has this name."""


def is_front(front: tuple[FieldTest, ...], data: EventData) -> bool:
    """Whether an event gives an order to the front line: only what it says itself counts."""
    return all(passes(test, getattr(data, test.field, None)) for test in front)
