"""Dates put into a policy file as a careful hand would: only lines of the one calendar change, comments and layout stay.

The YAML library says where each key and value stands. The lines of ``holidays``, ``open_dates`` and ``no_official_data`` of the
calendar are cut out and new ones put at its end; then both texts are read again, and all else must still say the same.
"""

from collections.abc import Sequence
from typing import Final

import yaml

from monitor.errors import PolicyError
from monitor.policy.yaml_nodes import Plain, parse

KEYS: Final = frozenset(("holidays", "open_dates", "no_official_data"))
_STEP: Final = 2


def calendar_in(file: str, text: str, name: str) -> dict[str, Plain] | None:
    """What the text says of a calendar; None if it has none of this name. Raises PolicyError if it is not YAML."""
    calendars = _map(_map(parse(file, text).plain()).get("calendars"))
    return _map(calendars[name]) if name in calendars else None


def put_dates(file: str, text: str, name: str, dates: Sequence[str], weekly: str) -> str:
    """The text with the lines ``dates`` in calendar ``name``; one that is not there yet is made, with ``weekly`` as its hours.

    Raises PolicyError where the file is laid out so that other things would change too.
    """
    newline = "\r\n" if "\r\n" in text else "\n"
    rows = text.replace("\r\n", "\n").rstrip("\n").split("\n")
    try:
        root = yaml.compose("\n".join(rows), yaml.SafeLoader)
    except yaml.YAMLError:
        root = None  # what is wrong is said where the text is read for comparison
    calendars = _find(root, "calendars")
    if calendars is None:
        rows += ["", "calendars:", *_block(name, [weekly, *dates], _STEP)]
    else:
        _change(file, rows, calendars[1], name, dates, weekly)
    result = newline.join([*rows, ""]).lstrip("\r\n")
    if _others(file, text, name) != _others(file, result, name):
        raise _refusal(file, 1, "its layout")
    return result


def _change(file: str, rows: list[str], calendars: yaml.Node, name: str, dates: Sequence[str], weekly: str) -> None:
    if not isinstance(calendars, yaml.MappingNode) or calendars.flow_style or not calendars.value:
        raise _refusal(file, calendars.start_mark.line + 1, "`calendars`, which is not written as a block")
    found = _find(calendars, name)
    if found is None:
        at = _last_row(calendars) + 1
        rows[at:at] = _block(name, [weekly, *dates], calendars.value[0][0].start_mark.column)
        return
    key, value = found
    indent = key.start_mark.column + _STEP
    if value.start_mark.index < key.end_mark.index or "\n".join(rows)[value.start_mark.index :][:1] == "&":
        raise _refusal(file, key.start_mark.line + 1, "an alias or an anchor")
    if not isinstance(value, yaml.MappingNode):
        at = key.start_mark.line + 1
    elif value.flow_style:
        at = _unfold(rows, key, value, indent)
    else:
        indent = value.start_mark.column
        at = _cut(rows, value)
    rows[at:at] = [" " * indent + line for line in dates]


def _cut(rows: list[str], calendar: yaml.MappingNode) -> int:
    """Take the lines of the dates out; the row after what is left."""
    at = _last_row(calendar) + 1
    for key, value in reversed(calendar.value):
        if key.value in KEYS:
            first, end = key.start_mark.line, max(_last_row(value), key.start_mark.line) + 1
            del rows[first:end]
            at -= end - first
    return at


def _unfold(rows: list[str], key: yaml.Node, value: yaml.MappingNode, indent: int) -> int:
    """Write ``name: {a: …}`` as a block without the dates; the row after it. A comment behind it stays behind the name."""
    text = "\n".join(rows)
    kept = [(inner, held) for inner, held in value.value if inner.value not in KEYS]
    lines = [" " * indent + text[inner.start_mark.index : held.end_mark.index] for inner, held in kept]
    behind = rows[value.end_mark.line][value.end_mark.column :]
    head = rows[key.start_mark.line][: key.end_mark.column] + ":" + behind
    rows[key.start_mark.line : value.end_mark.line + 1] = [head, *"\n".join(lines).split("\n")] if lines else [head]
    first: int = key.start_mark.line + 1
    return first + sum(line.count("\n") + 1 for line in lines)


def _last_row(node: yaml.Node) -> int:
    """The row on which a value ends; the library counts comments and empty lines behind a block as part of it."""
    if isinstance(node, yaml.MappingNode) and not node.flow_style and node.value:
        return max(_last_row(node.value[-1][1]), int(node.value[-1][0].end_mark.line))
    if isinstance(node, yaml.SequenceNode) and not node.flow_style and node.value:
        return _last_row(node.value[-1])
    row: int = node.end_mark.line
    return row


def _find(node: yaml.Node | None, name: str) -> tuple[yaml.Node, yaml.Node] | None:
    pairs = node.value if isinstance(node, yaml.MappingNode) else []
    return next(((key, value) for key, value in pairs if key.value == name), None)


def _block(name: str, lines: Sequence[str], indent: int) -> list[str]:
    return [f"{' ' * indent}{name}:", *(" " * (indent + _STEP) + line for line in lines)]


def _others(file: str, text: str, name: str) -> Plain:
    """What the text says apart from the dates (and, where it is new, the existence) of the calendar."""
    plain = dict(_map(parse(file, text).plain()))
    calendars = dict(_map(plain.pop("calendars", None)))
    own: Plain = {key: value for key, value in _map(calendars.pop(name, None)).items() if key not in KEYS | {"weekly"}}
    return [plain, calendars, own]


def _map(value: Plain) -> dict[str, Plain]:
    return value if isinstance(value, dict) else {}


def _refusal(file: str, line: int, what: str) -> PolicyError:
    return PolicyError(f"dates cannot be written here because of {what}; without --into they are printed", file=file, line=line)
