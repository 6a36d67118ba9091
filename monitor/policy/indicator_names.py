"""The names of the indicators an objective may promise, with what each needs (requirements §5: the definition is part of the name)."""

from typing import Final, Literal

import msgspec

CLOCK_MET_RATIO: Final = "clock_met_ratio."


class Indicator(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of an indicator without computing it; ``instant`` ones tell of now and have no window."""

    name: str
    unit: Literal["ratio", "seconds", "count"]
    better: Literal["high", "low"]
    threshold: bool = False
    instant: bool = False
    help: str


def _service_level(formula: str, text: str, *, instant: bool = False) -> Indicator:
    return Indicator(name=f"service_level.{formula}", unit="ratio", better="high", threshold=True, instant=instant, help=text)


_LEVELS: Final = (
    _service_level("V1", "(A<=Y + B<=Y) / (A + B)"),
    _service_level("V2", "A<=Y / A"),
    _service_level("V3", "A<=Y / (A + B)"),
    _service_level("V4", "A<=Y / (A + B>Y)"),
    _service_level("V5", "(A<=Y + Bs) / (A + B)"),
    _service_level("V6", "A<=Y / (A + B - Bs)"),
    _service_level("V7", "answered <= Y / service-level events (P24), reacts while callers wait"),
    _service_level("V8", "(waiting - waiting > Y) / waiting, now", instant=True),
)
_WAITS: Final = tuple(
    Indicator(name=f"wait_seconds.p{q}", unit="seconds", better="low", help=f"{q} % of answered callers waited at most this long")
    for q in (50, 90, 95, 99)
)

INDICATORS: Final[dict[str, Indicator]] = {
    indicator.name: indicator
    for indicator in (
        Indicator(name="answer_rate", unit="ratio", better="high", help="V0: A / (A + B + F) (R20)"),
        *_LEVELS,
        Indicator(name="asa_seconds", unit="seconds", better="low", help="sum of waits of answered / A (R37)"),
        Indicator(name="abandonment_ratio.gross", unit="ratio", better="low", help="B / O"),
        Indicator(name="abandonment_ratio.net", unit="ratio", better="low", help="(B - Bs) / (O - Bs)"),
        Indicator(name="handle_seconds", unit="seconds", better="low", help="(talk + hold + after-call work) / handled"),
        *_WAITS,
        Indicator(name="longest_wait_seconds", unit="seconds", better="low", instant=True, help="the longest wait now"),
        Indicator(name="waiting", unit="count", better="low", instant=True, help="waiting now"),
    )
}


def indicator(name: str) -> Indicator | None:
    """The indicator of this name; ``clock_met_ratio.<clock>`` for any clock name; None if unknown."""
    if name.startswith(CLOCK_MET_RATIO) and len(name) > len(CLOCK_MET_RATIO):
        clock = name.removeprefix(CLOCK_MET_RATIO)
        return Indicator(name=name, unit="ratio", better="high", help=f"cycles of {clock} met / met or breached (requirements §5.10)")
    return INDICATORS.get(name)
