"""The catalogue of indicators: the definition is part of the name (requirements §5.1-5.4, 5.10, 5.11).

Letters: O offered, A answered, B abandoned, Bs abandoned short, F flowed out; A<=Y answered within Y seconds. Call-backs and
callers still waiting are in no denominator (P26); ``with_flow_out`` variants count F as not answered.
"""

from collections.abc import Callable
from typing import Final

import msgspec

from monitor.errors import PolicyError
from monitor.queues.formulas import Formula, LongestNow, Mean, Quantile, Share, WaitingNow, WithinNow

Make = Callable[[int], Formula]


class Indicator(msgspec.Struct, frozen=True, kw_only=True):
    """One formula. ``threshold``: it needs a Y in seconds; ``instant``: it tells of now and has no window."""

    name: str
    definition: str
    make: Make
    threshold: bool = False
    instant: bool = False


CLOCK: Final = "clock_met_ratio."
CLOCK_GROSS: Final = "clock_met_ratio_gross."
QUANTILES: Final[dict[str, float]] = {"p50": 0.5, "p90": 0.9, "p95": 0.95, "p99": 0.99}

_ENDED: Final = ("answered", "abandoned")
_LEFT: Final = (*_ENDED, "flow_out")


def _answered(y: int) -> str:
    return f"answered_within.{y}"


def _abandoned(y: int) -> str:
    return f"abandoned_within.{y}"


def _level(formula: str, definition: str, make: Make, *, instant: bool = False) -> Indicator:
    return Indicator(name=f"service_level.{formula}", definition=definition, make=make, threshold=True, instant=instant)


def _fixed(name: str, definition: str, formula: Formula, *, instant: bool = False) -> Indicator:
    return Indicator(name=name, definition=definition, make=lambda _: formula, instant=instant)


_LEVELS: Final = (
    _level("V1", "(A<=Y + B<=Y) / (A + B): abandons count for the queue", lambda y: Share((_answered(y), _abandoned(y)), _ENDED)),
    _level("V2", "A<=Y / A: answered only", lambda y: Share((_answered(y),), ("answered",))),
    _level("V3", "A<=Y / (A + B): abandons count against the queue", lambda y: Share((_answered(y),), _ENDED)),
    _level("V4", "A<=Y / (A + B>Y): abandons within Y ignored", lambda y: Share((_answered(y),), _ENDED, under_less=(_abandoned(y),))),
    _level("V5", "(A<=Y + Bs) / (A + B): short abandons credited", lambda y: Share((_answered(y), "short_abandoned"), _ENDED)),
    _level("V6", "A<=Y / (A + B - Bs): short abandons removed", lambda y: Share((_answered(y),), _ENDED, under_less=("short_abandoned",))),
    _level("V3_with_flow_out", "A<=Y / (A + B + F)", lambda y: Share((_answered(y),), _LEFT)),
    _level("V6_with_flow_out", "A<=Y / (A + B + F - Bs)", lambda y: Share((_answered(y),), _LEFT, under_less=("short_abandoned",))),
    _level(
        "V7",
        "service-level events within Y / all of them: answered, abandoned, or Y passed while waiting (P24)",
        lambda y: Share((f"sl_hit.{y}",), (f"sl_hit.{y}", f"sl_miss.{y}")),
    ),
    _level("V8", "(waiting now - waiting now longer than Y) / waiting now", WithinNow, instant=True),
)
_RATES: Final = (
    _fixed("answer_rate", "V0: A / (A + B + F)", Share(("answered",), _LEFT)),
    _fixed("service_level.V0", "A / (A + B + F)", Share(("answered",), _LEFT)),
    _fixed("abandonment_ratio.gross", "B / O with O = A + B + F", Share(("abandoned",), _LEFT)),
    _fixed(
        "abandonment_ratio.net",
        "(B - Bs) / (O - Bs) with O = A + B + F",
        Share(("abandoned",), _LEFT, over_less=("short_abandoned",), under_less=("short_abandoned",)),
    ),
    _fixed("callback_ratio", "call-backs asked for / O", Share(("callback",), ("offered",))),
)
_TIMES: Final = (
    _fixed("asa_seconds", "sum of waits of answered / answers, booked when answered", Mean(("answer_wait_us",), "answers")),
    _fixed("abandon_wait_seconds", "sum of waits of abandoned / abandons, booked when abandoned", Mean(("abandon_wait_us",), "abandons")),
    _fixed("handle_seconds", "(talk + hold + wrap-up) / handled, booked at the end", Mean(("talk_us", "hold_us", "wrapup_us"), "handled")),
    *(_fixed(f"wait_seconds.{p}", f"{p} of the wait of answered", Quantile("answer_wait", q)) for p, q in QUANTILES.items()),
    *(_fixed(f"wait_seconds_all.{p}", f"{p} of the wait of answered and abandoned", Quantile("wait", q)) for p, q in QUANTILES.items()),
)
_NOW: Final = (
    _fixed("longest_wait_seconds", "the longest wait of those waiting now", LongestNow(), instant=True),
    _fixed("waiting", "how many wait now", WaitingNow(), instant=True),
)

INDICATORS: Final[dict[str, Indicator]] = {each.name: each for each in (*_LEVELS, *_RATES, *_TIMES, *_NOW)}


def find(name: str) -> Indicator | None:
    """Return the indicator of a name, ``clock_met_ratio.<clock>`` for any clock; None if unknown."""
    if name.startswith(CLOCK) and (clock := name.removeprefix(CLOCK)):
        met, breached = f"clock.{clock}.met", f"clock.{clock}.breached"
        return _fixed(name, f"cycles of {clock} met / met or breached, exempt ones left out", Share((met,), (met, breached)))
    if name.startswith(CLOCK_GROSS) and (clock := name.removeprefix(CLOCK_GROSS)):
        met, breached, exempt = f"clock.{clock}.met", f"clock.{clock}.breached", f"clock.{clock}.exempt"
        return _fixed(name, f"cycles of {clock} met / met, breached or exempt", Share((met,), (met, breached, exempt)))
    return INDICATORS.get(name)


def formula(name: str, threshold_seconds: int | None = None) -> Formula:
    """Return the formula of an indicator with its Y filled in. Raises PolicyError for an unknown name or a missing Y."""
    indicator = find(name)
    if indicator is None:
        raise PolicyError(f"no indicator is called {name}; known are {', '.join(INDICATORS)} and {CLOCK}<clock>")
    if indicator.threshold and threshold_seconds is None:
        raise PolicyError(f"{name} needs a threshold in seconds")
    return indicator.make(threshold_seconds or 0)
