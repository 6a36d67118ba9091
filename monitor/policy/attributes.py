"""Tests of attributes and event fields: which fields exist, which values they can have, and their compiled form."""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Final, Literal

import msgspec
from msgspec import inspect

from monitor.policy.decoding import closest
from monitor.policy.findings import Path, Remarks
from monitor.policy.model import FieldTest, Scalar
from monitor.policy.terms import RangeSource, Test
from schemas.events import EventData
from schemas.events.workorder import WorkOrderData

RULE_FIELDS: Final = ("request_type", "request_subtype", "priority", "vip_tier", "channel", "region", "dept", "node", "queue", "support_line")
WORK_ORDER_FIELDS: Final = frozenset({"dept", "node"})

Fields = Mapping[str, "FieldKind"]


class FieldKind(msgspec.Struct, frozen=True):
    """What a field can hold; ``values`` None where the set is open."""

    type: Literal["text", "number", "bool"]
    values: tuple[str, ...] | None = None


def rule_fields() -> Fields:
    """The attributes of a contact that rules can test (requirements §1c)."""
    known = event_fields((EventData, WorkOrderData))
    return {name: known[name] for name in RULE_FIELDS}


@cache
def event_fields(structs: tuple[type[EventData], ...]) -> Fields:
    """The fields that at least one of these events carries."""
    found: dict[str, FieldKind] = {}
    for struct in structs:
        info = inspect.type_info(struct)
        assert isinstance(info, inspect.StructType), "events are structs"
        found |= {field.encode_name: _kind(field.type) for field in info.fields}
    return found


def compile_tests(tests: Mapping[str, Test], fields: Fields, path: Path, remarks: Remarks) -> tuple[FieldTest, ...]:
    """The tests of a ``when`` or ``where``, in the order of their fields' names; mistakes go to ``remarks``."""
    compiled: list[FieldTest] = []
    for name, test in sorted(tests.items()):
        here = (*path, name)
        kind = fields.get(name)
        if kind is None:
            remarks.error(here, f"unknown field `{name}`{closest(name, list(fields))}; expected one of: {' '.join(sorted(fields))}")
        elif isinstance(test, RangeSource):
            compiled.append(_range(name, test, kind, here, remarks))
        else:
            compiled.append(_values(name, test if isinstance(test, list) else [test], kind, here, remarks))
    return tuple(compiled)


def _range(name: str, test: RangeSource, kind: FieldKind, path: Path, remarks: Remarks) -> FieldTest:
    if kind.type != "number":
        remarks.error(path, f"`{name}` is not a number and has no at_least or at_most")
    elif test.at_least is None and test.at_most is None:
        remarks.error(path, "an empty range tests nothing; give at_least, at_most or both")
    elif test.at_least is not None and test.at_most is not None and test.at_least > test.at_most:
        remarks.error(path, f"at_least {test.at_least:g} is above at_most {test.at_most:g}: nothing passes")
    return FieldTest(name, at_least=test.at_least, at_most=test.at_most)


def _values(name: str, values: list[Scalar], kind: FieldKind, path: Path, remarks: Remarks) -> FieldTest:
    if not values:
        remarks.error(path, "an empty list passes nothing; name at least one value")
    for value in values:
        problem = _problem(name, value, kind)
        if problem:
            remarks.error(path, problem)
    if len(set(map(str, values))) < len(values):
        remarks.warning(path, "a value is named twice")
    return FieldTest(name, frozenset(values))


def _problem(name: str, value: Scalar, kind: FieldKind) -> str:
    if kind.type == "bool":
        return "" if isinstance(value, bool) else f"`{name}` is true or false, got `{value}`"
    if kind.type == "number":
        return "" if isinstance(value, int | float) and not isinstance(value, bool) else f"`{name}` is a number, got `{value}`"
    if not isinstance(value, str):
        return f"`{name}` is text, got `{value}`: quote it"
    if kind.values is not None and value not in kind.values:
        return f"`{name}` is never `{value}`{closest(value, list(kind.values))}; expected one of: {' '.join(kind.values)}"
    return ""


def _kind(info: inspect.Type) -> FieldKind:
    if isinstance(info, inspect.Metadata):
        return _kind(info.type)
    if isinstance(info, inspect.UnionType):
        return _kind(next(part for part in info.types if not isinstance(part, inspect.NoneType)))
    if isinstance(info, inspect.LiteralType):
        return FieldKind("text", tuple(str(value) for value in info.values))
    if isinstance(info, inspect.BoolType):
        return FieldKind("bool")
    return FieldKind("number" if isinstance(info, inspect.IntType | inspect.FloatType) else "text")


def names_of(known: Iterable[str]) -> str:
    """Names for a message, in order."""
    return " ".join(sorted(known)) or "(none)"
