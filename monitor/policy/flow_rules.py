"""The ``flows`` section compiled: each rule is of one kind, and everything it names exists (R14, R30, R63-R70, R72, R79)."""

from collections.abc import Iterable, Mapping
from typing import Final

from monitor.policy.attributes import WORK_ORDER_FIELDS, compile_tests, event_fields, rule_fields
from monitor.policy.decoding import closest
from monitor.policy.durations import duration_us
from monitor.policy.findings import Path, Remarks
from monitor.policy.flow_source import FlowSource, PartSource
from monitor.policy.model import FieldTest, Flow, FlowKind, FlowPart, Trigger
from monitor.policy.moments import MOMENTS
from monitor.policy.source import PolicySource
from monitor.policy.terms import Test
from monitor.policy.titles import titles_of
from monitor.policy.trigger_source import Triggers
from monitor.policy.triggers import compile_triggers
from schemas.events import EventData, Family
from schemas.events.call import CallData
from schemas.events.workorder import WorkOrderData

KINDS: Final[tuple[FlowKind, ...]] = ("stages", "require", "within", "path", "bounce", "watch", "complete")
ORIGINS: Final = ("first_queued_at", "origin_ended_at", "requested_at")
_CLOSED: Final = "contact.closed"
_BELONGS: Final[Mapping[FlowKind, tuple[str, ...]]] = {
    "stages": ("by", "in_order"),
    "require": ("by",),
    "within": ("on", "of"),
    "path": ("on",),
    "bounce": ("on",),
    "watch": ("present", "per"),
    "complete": ("on",),
}
_ANY_FIELDS: Final[tuple[type[EventData], ...]] = (EventData, CallData, WorkOrderData)


def compile_flows(source: PolicySource, remarks: Remarks) -> tuple[Flow, ...]:
    """All rules by name; mistakes go to ``remarks`` and leave the rule out."""
    groups = {flow.group for flow in source.flows.values() if flow.group}
    for name in sorted(groups & set(source.flows)):
        remarks.error(("flows", name), f"`{name}` is also the group of other rules; both would be counted under one name")
    compiled = [_compile(name, flow, remarks) for name, flow in sorted(source.flows.items())]
    return tuple(flow for flow in compiled if flow is not None)


def _compile(name: str, source: FlowSource, remarks: Remarks) -> Flow | None:
    path: Path = ("flows", name)
    kinds = [kind for kind in KINDS if getattr(source, kind) is not None]
    if len(kinds) != 1:
        told = f"is {' and '.join(kinds)} at once" if kinds else "says nothing"
        remarks.error(path, f"a flow rule {told}; give exactly one of: {' '.join(KINDS)}")
        return None
    kind = kinds[0]
    _check_options(kind, source, path, remarks)
    on = _on(kind, source, path, remarks)
    families = frozenset(family for trigger in on for family in MOMENTS[trigger.moment].families)
    fields = {field: about for field, about in rule_fields().items() if field not in WORK_ORDER_FIELDS or "workorder" in families}
    parts = _parts(kind, source, families, path, remarks)
    return Flow(
        name=name,
        kind=kind,
        families=families,
        when=compile_tests(source.when, fields, (*path, "when"), remarks),
        on=on,
        parts=parts,
        in_order=source.in_order,
        within_us=duration_us(source.within) if source.within else 0,
        of=_origin(kind, source, path, remarks),
        hops=frozenset((hop.from_line, hop.to_line) for hop in source.path or ()),
        front=_front(source.bounce, path, remarks),
        fields=_fields("complete" if kind == "complete" else "present", source, on, path, remarks),
        per=source.per,
        group=source.group or "",
        alert=source.alert,
        severity=source.severity,
        source=source.source or "",
        titles=titles_of(source.title, path, remarks),
    )


def _check_options(kind: FlowKind, source: FlowSource, path: Path, remarks: Remarks) -> None:
    given = {"by": source.by, "in_order": source.in_order, "of": source.of, "on": source.on, "present": source.present}
    named = [option for option, value in given.items() if value] + ["per"] * (source.per != "event")
    for option in named:
        if option not in _BELONGS[kind]:
            remarks.error((*path, option), f"`{option}` means nothing for a rule of {kind}")
    if kind == "within" and source.within is not None and duration_us(source.within) == 0:
        remarks.error((*path, "within"), "zero time: nothing would ever be in time (P23)")


def _on(kind: FlowKind, source: FlowSource, path: Path, remarks: Remarks) -> tuple[Trigger, ...]:
    if kind == "watch" and source.watch is not None:
        found = _triggers(source.watch, (*path, "watch"), remarks)
    elif kind in ("stages", "require"):
        found = _triggers(_CLOSED if source.by is None else source.by, (*path, "by"), remarks)
    else:
        usual = {"path": "workorder.escalated", "bounce": "workorder.assigned"}.get(kind)
        if source.on is None and usual is None:
            remarks.error(path, f"missing field `on`: the event that a rule of {kind} looks at")
            return ()
        found = _triggers(source.on or usual or "", (*path, "on"), remarks)
    if kind in ("path", "bounce") and not all(MOMENTS[trigger.moment].families <= {"workorder"} for trigger in found):
        remarks.error((*path, "on"), f"a rule of {kind} is about work orders")
    return found


def _triggers(source: Triggers, path: Path, remarks: Remarks) -> tuple[Trigger, ...]:
    if source == []:
        remarks.error(path, "an empty list names no moment")
    return compile_triggers(source, path, remarks)


def _parts(kind: FlowKind, source: FlowSource, families: Iterable[Family], path: Path, remarks: Remarks) -> tuple[FlowPart, ...]:
    listed = source.stages if kind == "stages" else source.require
    if listed == []:
        remarks.error((*path, kind), "an empty list asks for nothing")
    parts: list[FlowPart] = []
    for index, part in enumerate(listed or ()):
        here = (*path, kind, index)
        if part.name in {known.name for known in parts}:
            remarks.error(here, f"`{part.name}` is named twice")
        parts.append(_part(part, frozenset(families), here, remarks))
    return tuple(parts)


def _part(part: PartSource, families: frozenset[Family], path: Path, remarks: Remarks) -> FlowPart:
    triggers = _triggers(part.name if part.on is None else part.on, (*path, "on"), remarks)
    for trigger in triggers:
        if families and not families & MOMENTS[trigger.moment].families:
            remarks.error((*path, "on"), f"`{trigger.moment}` never happens on a {' or '.join(sorted(families))}")
    return FlowPart(name=part.name, triggers=triggers, titles=titles_of(part.title, path, remarks))


def _origin(kind: FlowKind, source: FlowSource, path: Path, remarks: Remarks) -> str:
    if kind == "within" and source.of not in ORIGINS:
        given = "missing field `of`" if source.of is None else f"unknown instant `{source.of}`{closest(source.of, list(ORIGINS))}"
        remarks.error((*path, "of") if source.of else path, f"{given}; expected one of: {' '.join(ORIGINS)}")
    return source.of or ""


def _front(tests: Mapping[str, Test] | None, path: Path, remarks: Remarks) -> tuple[FieldTest, ...]:
    if tests is None:
        return ()
    if not tests:
        remarks.error((*path, "bounce"), "say how the front line is known, such as {dept: front_desk}")
    known = {name: kind for name, kind in rule_fields().items() if name in ("dept", "support_line", "queue")}
    return compile_tests(tests, known, (*path, "bounce"), remarks)


def _fields(part: str, source: FlowSource, on: tuple[Trigger, ...], path: Path, remarks: Remarks) -> tuple[str, ...]:
    listed = source.complete if part == "complete" else source.present
    structs = tuple(struct for trigger in on for struct in MOMENTS[trigger.moment].events) or _ANY_FIELDS
    known = event_fields(structs)
    for index, field in enumerate(listed or ()):
        if field not in known:
            remarks.error((*path, part, index), f"unknown field `{field}`{closest(field, list(known))}; expected one of: {' '.join(sorted(known))}")
    if listed == []:
        remarks.error((*path, part), "an empty list asks for no field")
    return tuple(sorted(set(listed or ())))
