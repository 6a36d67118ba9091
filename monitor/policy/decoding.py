"""Strict decoding of plain data into the policy language, telling every mistake with its whole path.

``msgspec.convert`` decides what is valid. It stops at the first mistake and hides map keys (``$.clocks[...]``), so when it
refuses, the data is walked along the same types and each mistake is told where it stands.
"""

import re
from collections.abc import Iterator
from difflib import get_close_matches
from functools import cache

import msgspec
from msgspec import inspect

from monitor.policy.findings import Path, Remarks
from monitor.policy.source import PolicySource
from monitor.policy.yaml_nodes import Plain

_Mistake = tuple[Path, str]
_SHAPES = (inspect.StructType, inspect.DictType, inspect.ListType)


def decode(data: Plain, remarks: Remarks) -> PolicySource | None:
    """The policy as written, or None with every mistake in ``remarks``."""
    try:
        return msgspec.convert(data, PolicySource)
    except msgspec.ValidationError as error:
        mistakes = list(_mistakes(data, _language(), (), ""))
        for path, message in mistakes or [((), str(error))]:
            remarks.error(path, message)
        return None


def closest(name: str, known: list[str]) -> str:
    """`` (did you mean `x`?)`` or nothing."""
    match = get_close_matches(name, known, n=1, cutoff=0.6)
    return f" (did you mean `{match[0]}`?)" if match else ""


@cache
def _language() -> inspect.Type:
    return inspect.type_info(PolicySource)


def _mistakes(data: Plain, kind: inspect.Type, path: Path, expected: str) -> Iterator[_Mistake]:
    if isinstance(kind, inspect.Metadata):
        yield from _mistakes(data, kind.type, path, str((kind.extra or {}).get("expected", expected)))
    elif isinstance(kind, inspect.UnionType):
        yield from _in_union(data, kind, path, expected)
    elif isinstance(kind, inspect.StructType):
        yield from _in_struct(data, kind, path)
    elif isinstance(kind, inspect.DictType):
        yield from _in_map(data, kind, path)
    elif isinstance(kind, inspect.ListType):
        if isinstance(data, list):
            for index, item in enumerate(data):
                yield from _mistakes(item, kind.item_type, (*path, index), "")
        else:
            yield path, f"expected a list, got {_shown(data)}"
    elif not _fits(data, kind):
        yield path, f"expected {expected or _described(kind)}, got {_shown(data)}"


def _in_struct(data: Plain, kind: inspect.StructType, path: Path) -> Iterator[_Mistake]:
    fields = {field.encode_name: field for field in kind.fields}
    if not isinstance(data, dict):
        yield path, f"expected a map with {' '.join(fields)}, got {_shown(data)}"
        return
    for name, value in data.items():
        if name in fields:
            yield from _mistakes(value, fields[name].type, (*path, name), "")
        else:
            yield (*path, name), f"unknown field `{name}`{closest(name, list(fields))}; expected one of: {' '.join(fields)}"
    for name, field in fields.items():
        if field.required and name not in data:
            hint = "; write `target: none` where nothing is promised" if name == "target" else ""
            yield path, f"missing field `{name}`{hint}"


def _in_map(data: Plain, kind: inspect.DictType, path: Path) -> Iterator[_Mistake]:
    if not isinstance(data, dict):
        yield path, f"expected a map, got {_shown(data)}"
        return
    for name, value in data.items():
        yield from _mistakes(name, kind.key_type, (*path, name), "")
        yield from _mistakes(value, kind.value_type, (*path, name), "")


def _in_union(data: Plain, kind: inspect.UnionType, path: Path, expected: str) -> Iterator[_Mistake]:
    """Only the branch of the same shape can be meant; scalars fit if they fit any."""
    kinds = [(part.type if isinstance(part, inspect.Metadata) else part, part) for part in kind.types]
    wanted = inspect.ListType if isinstance(data, list) else (inspect.StructType, inspect.DictType) if isinstance(data, dict) else ()
    shaped = [whole for bare, whole in kinds if isinstance(bare, wanted)] if wanted else []
    if shaped:
        yield from _mistakes(data, shaped[0], path, expected)
        return
    scalars = [(bare, whole) for bare, whole in kinds if not isinstance(bare, _SHAPES)]
    if not wanted and any(_fits(data, bare) for bare, _ in scalars):
        return
    told = [(bare, whole) for bare, whole in kinds if not isinstance(bare, inspect.NoneType)]
    if len(told) == 1:
        yield from _mistakes(data, told[0][1], path, expected)
    else:
        yield path, f"expected {expected or ' or '.join(dict.fromkeys(_described(bare) for bare, _ in told))}, got {_shown(data)}"


def _fits(data: Plain, kind: inspect.Type) -> bool:
    if isinstance(kind, inspect.StrType):
        if not isinstance(data, str) or not (kind.min_length or 0) <= len(data) <= (kind.max_length or len(data)):
            return False
        return kind.pattern is None or re.search(kind.pattern, data) is not None
    if isinstance(kind, inspect.LiteralType):
        return data in kind.values and not isinstance(data, bool)
    if isinstance(kind, inspect.BoolType):
        return isinstance(data, bool)
    if isinstance(kind, inspect.NoneType):
        return data is None
    if isinstance(kind, inspect.IntType | inspect.FloatType):
        number = isinstance(data, int if isinstance(kind, inspect.IntType) else int | float) and not isinstance(data, bool)
        return number and isinstance(data, int | float) and (kind.ge is None or data >= kind.ge) and (kind.le is None or data <= kind.le)
    return False


def _described(kind: inspect.Type) -> str:
    if isinstance(kind, inspect.LiteralType):
        return f"one of: {' '.join(str(value) for value in kind.values)}"
    if isinstance(kind, inspect.IntType | inspect.FloatType):
        name = "a whole number" if isinstance(kind, inspect.IntType) else "a number"
        low = f" from {kind.ge}" if kind.ge is not None else ""
        return name + low + (f" to {kind.le}" if kind.le is not None else "")
    names = {inspect.BoolType: "true or false", inspect.StructType: "a map", inspect.DictType: "a map", inspect.ListType: "a list"}
    return names.get(type(kind), "text")


def _shown(data: Plain) -> str:
    if isinstance(data, dict | list):
        return "a map" if isinstance(data, dict) else "a list"
    if data is None:
        return "nothing"
    if isinstance(data, bool):
        return "true" if data else "false"
    return f"`{data}`"
