"""Rows of the UCI incident event log: the columns that are used, with ``?`` as None, sorted as the log's description says.

The header names ``category`` twice (the second is the sub-category) and calls ``incident_state`` ``ident_state``; dates are
``d/m/Y H:M`` with minute resolution and no stated zone, read as UTC.
"""

import csv
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import msgspec

from monitor.errors import SourceError
from monitor.sources.dirt import Dirt
from monitor.sources.files import read_lines
from schemas.instants import EPOCH, MICROSECOND, Instant

STATES: Final = frozenset({"New", "Active", "Awaiting User Info", "Awaiting Vendor", "Awaiting Problem", "Awaiting Evidence", "Resolved", "Closed"})
_NEEDED: Final = frozenset(
    {
        "number", "ident_state", "sys_mod_count", "made_sla", "caller_id", "opened_at", "sys_updated_at", "contact_type",
        "location", "u_symptom", "impact", "priority", "assignment_group", "assigned_to", "problem_id", "closed_at",
    }
)  # fmt: skip


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One audit row: an incident as it was after an update. ``state`` and ``priority`` are None where they cannot be understood."""

    line: int
    updated_at: Instant
    number: str
    mod_count: int
    state: str | None
    priority: str | None
    opened_at: Instant
    closed_at: Instant | None
    made_sla: bool
    group: str | None
    assignee: str | None
    caller: str | None
    contact_type: str | None
    location: str | None
    symptom: str | None
    impact: str | None
    problem: str | None


def read_rows(path: Path, dirt: Dirt) -> list[Row]:
    """All rows in order of (``sys_updated_at``, ``number``, ``sys_mod_count``); SourceError when the file is not this log."""
    lines = csv.reader(text for _, text in read_lines(path))
    try:
        names = _header(path, next(lines, []))
        rows = [row for fields in lines if (row := _row(fields, names, lines.line_num, dirt)) is not None]
    except csv.Error as error:
        raise SourceError(f"{path}:{lines.line_num}: not a CSV row: {error}") from error
    if not rows:
        raise SourceError(f"{path}:{lines.line_num}: no usable row in this file; expected the UCI incident event log as CSV")
    rows.sort(key=lambda row: (row.updated_at, row.number, row.mod_count, row.line))
    return rows


def _header(path: Path, fields: list[str]) -> dict[str, int]:
    names: dict[str, int] = {}
    for index, field in enumerate(fields):
        name = field.strip()
        names.setdefault("ident_state" if name == "incident_state" else name, index)
    missing = ", ".join(sorted(_NEEDED - names.keys()))
    if missing:
        raise SourceError(f"{path}:1: not the UCI incident event log: the header lacks {missing} (comma separated)")
    return names


def _instant(text: str | None) -> Instant | None:
    try:
        return None if text is None else (datetime.strptime(text, "%d/%m/%Y %H:%M").replace(tzinfo=UTC) - EPOCH) // MICROSECOND
    except ValueError:
        return None


def _row(fields: list[str], names: dict[str, int], line: int, dirt: Dirt) -> Row | None:
    """The row, or None (counted) when it has too few fields, no number or no usable time at all."""
    if len(fields) <= max(names.values()):
        dirt.add("broken_row" if fields else "empty_line", line)
        return None
    value = {name: _known(fields[names[name]]) for name in _NEEDED}
    updated_at, opened_at, number = _instant(value["sys_updated_at"]), _instant(value["opened_at"]), value["number"]
    if updated_at is None or opened_at is None:
        dirt.add("bad_time", line)
        updated_at = opened_at = updated_at if opened_at is None else opened_at
    if number is None or updated_at is None or opened_at is None:
        dirt.add("unusable_row", line)
        return None
    priority = (value["priority"] or "")[:1]
    if priority not in ("1", "2", "3", "4"):
        dirt.add("unknown_priority", line)
    if value["ident_state"] not in STATES:
        dirt.add("unknown_state", line)
    count = value["sys_mod_count"]
    return Row(
        line=line,
        updated_at=updated_at,
        number=number,
        mod_count=int(count) if count is not None and count.isdecimal() else 0,
        state=value["ident_state"] if value["ident_state"] in STATES else None,
        priority=priority if priority in ("1", "2", "3", "4") else None,
        opened_at=opened_at,
        closed_at=_instant(value["closed_at"]),
        made_sla=(value["made_sla"] or "").lower() == "true",
        group=value["assignment_group"],
        assignee=value["assigned_to"],
        caller=value["caller_id"],
        contact_type=value["contact_type"],
        location=value["location"],
        symptom=value["u_symptom"],
        impact=value["impact"],
        problem=value["problem_id"],
    )


def _known(field: str) -> str | None:
    text = field.strip()
    return None if text in ("?", "") else text
