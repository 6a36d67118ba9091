"""Instants in a timeline as people write them: offsets from its start, ``90``, ``1h30m``, ``-5s``."""

from typing import Final

from schemas.instants import SECOND, Instant, format_instant

_UNITS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}


def offset_us(text: object) -> int:
    """``90``, ``1h30m``, ``2d``, ``-5s`` in microseconds. Raises ValueError."""
    if isinstance(text, (int, float)):
        return round(text * SECOND)
    if not isinstance(text, str) or not text:
        raise ValueError("expected an offset such as 90, 1h30m or -5s")
    sign, total, number = (-1 if text.startswith("-") else 1), 0.0, ""
    for letter in text.removeprefix("-"):
        if letter in _UNITS:
            total, number = total + float(number) * _UNITS[letter], ""
        else:
            number += letter
    return sign * round((total + float(number or 0)) * SECOND)


def instant_value(start_at: Instant, name: str, value: object) -> object:
    """The value of a field; instants may be offsets: ``due_at: +26h``."""
    is_offset = isinstance(value, str) and value.startswith("+") and name.endswith("_at")
    return format_instant(start_at + offset_us(str(value)[1:])) if is_offset else value
