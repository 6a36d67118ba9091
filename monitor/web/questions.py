"""The parameters of ``/api/v1/due``, checked: what is wrong is one sentence."""

import re
from collections.abc import Mapping
from typing import Final

import msgspec

from monitor.contacts.telling.upcoming import DueQuery
from monitor.policy.durations import LongDuration, duration_us
from schemas.events import FAMILIES, Family
from schemas.instants import DAY

LIMIT: Final = 100
MOST: Final = 10_000
LONGEST_US: Final = 366 * DAY

_NAMES: Final = ("within", "limit", "family", "clock", "queue", "dept", "tier")
_WHOLE: Final = re.compile(r"\d{1,9}", re.ASCII)


class BadQuestion(Exception):
    """A parameter is wrong."""


def due_question(given: Mapping[str, str]) -> DueQuery:
    """The question that the parameters ask. Raises BadQuestion."""
    for name in given:
        if name not in _NAMES:
            raise BadQuestion(f"{name}: no such parameter; expected some of {', '.join(_NAMES)}")
        if not given[name]:
            raise BadQuestion(f"{name}: expected a value, got nothing")
    return DueQuery(
        within_us=_within(given.get("within", "30m")),
        family=_family(given.get("family")),
        clock=given.get("clock"),
        queue=given.get("queue"),
        dept=given.get("dept"),
        tier=given.get("tier"),
    )


def limit_of(given: Mapping[str, str]) -> int:
    """How many clocks are listed. Raises BadQuestion."""
    text = given.get("limit", str(LIMIT))
    if not _WHOLE.fullmatch(text) or not 1 <= int(text) <= MOST:
        raise BadQuestion(f"limit: expected a whole number from 1 to {MOST}, got {text!r}")
    return int(text)


def _within(text: str) -> int:
    try:
        within_us = duration_us(msgspec.convert(text, LongDuration))
    except msgspec.ValidationError:
        raise BadQuestion(f"within: expected a duration with its unit, such as 30m, 2h or 1d, got {text!r}") from None
    if not 0 < within_us <= LONGEST_US:
        raise BadQuestion(f"within: expected more than nothing and at most 366d, got {text!r}")
    return within_us


def _family(text: str | None) -> Family | None:
    if text is None:
        return None
    found = next((family for family in FAMILIES if family == text), None)
    if found is None:
        raise BadQuestion(f"family: expected one of {', '.join(FAMILIES)}, got {text!r}")
    return found
