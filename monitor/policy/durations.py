"""Durations as policies write them: ``30s``, ``15m``, ``2h``, ``1h30m``; never a bare number, which has no unit (P6)."""

import re
from typing import Annotated, Final

import msgspec

from monitor.policy.model import Target
from schemas.instants import DAY, HOUR, MINUTE, SECOND

_UNITS: Final[dict[str, int]] = {"ms": 1000, "s": SECOND, "m": MINUTE, "h": HOUR, "d": DAY}
_COUNTED: Final = {unit: us for unit, us in _UNITS.items() if unit != "d"}
"""Days have no meaning in counted time (P6)."""

_PARTS = re.compile(r"(\d+)(ms|[smhd])", re.ASCII)
_BUSINESS_DAYS = re.compile(r"(\d+)bd", re.ASCII)

_SHORT: Final = r"(\d+h)?(\d+m)?(\d+s)?(\d+ms)?"

Duration = Annotated[
    str,
    msgspec.Meta(
        pattern=rf"^(?=\d){_SHORT}$",
        description="A duration: 30s, 15m, 2h, 1h30m.",
        extra={"expected": "a duration with its unit, such as 30s, 15m, 2h or 1h30m"},
    ),
]
LongDuration = Annotated[
    str,
    msgspec.Meta(
        pattern=rf"^(?=\d)(\d+d)?{_SHORT}$",
        description="A duration on the wall clock, where d is 24 hours: 30m, 24h, 35d.",
        extra={"expected": "a duration with its unit, such as 30m, 24h or 35d (d is 24 hours)"},
    ),
]
TargetText = Annotated[
    str,
    msgspec.Meta(
        pattern=rf"^(none|due_at|\d+bd|(?=\d){_SHORT})$",
        description="Counted time (30s, 15m, 2h), the end of the n-th business day (2bd), due_at: the instant that the starting event carries, "
        "or none: nothing is promised.",
        extra={
            "expected": "counted time such as 30s, 15m or 40h, business days such as 2bd, due_at, or none "
            "(bare numbers and days have no clear meaning, P6)"
        },
    ),
]


def window_text(span_us: int) -> str:
    """Microseconds as policies write them, in at most two units: ``30d``, ``1h30m``, ``10s``; nothing finer than a millisecond."""
    return "".join(_spelt(span_us, _UNITS)[:2]) or "0s"


def duration_us(text: str) -> int:
    """A ``Duration`` or ``LongDuration`` that passed its pattern, in microseconds."""
    return sum(int(number) * _UNITS[unit] for number, unit in _PARTS.findall(text))


def business_days(text: str) -> int | None:
    """The number in ``2bd``; None for other targets."""
    match = _BUSINESS_DAYS.fullmatch(text)
    return int(match.group(1)) if match else None


def duration_text(us: int) -> str:
    """Microseconds as policies write them: ``1h30m``."""
    return "".join(_spelt(us, _COUNTED)) or "0s"


def target_text(target: Target) -> str:
    """A target as policies write it: ``2h``, ``2bd``, ``due_at``."""
    if target.kind == "counted":
        return duration_text(target.amount)
    return f"{target.amount}bd" if target.kind == "business_days" else target.kind


def _spelt(us: int, units: dict[str, int]) -> list[str]:
    """The parts that are not zero, largest first."""
    parts: list[str] = []
    for unit, size in reversed(units.items()):
        amount, us = divmod(us, size)
        if amount:
            parts.append(f"{amount}{unit}")
    return parts
