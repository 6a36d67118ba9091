"""Each indicator of the catalogue (``monitor.policy.indicator_names``) with its formula over counters (requirements §5).

Letters: O offered, A answered, B abandoned, Bs abandoned short, F flowed out; A<=Y answered within Y seconds. Call-backs and
callers still waiting are in no denominator (P26); ``with_flow_out`` variants count F as not answered.
"""

from collections.abc import Callable
from typing import Final

from monitor.errors import PolicyError
from monitor.policy.indicator_names import INDICATORS, QUANTILES, Indicator, indicator
from monitor.queues.formulas import Count, Formula, LongestNow, Mean, Quantile, Share, WaitingNow, WithinNow
from monitor.queues.groups import Gap, NamedShare, Spread, Surge

Make = Callable[[str, int], Formula]
"""From what fills the name's brackets and the Y in seconds."""

MILLI: Final = 1000

_ENDED: Final = ("answered", "abandoned")
_LEFT: Final = (*_ENDED, "flow_out")
_SHORT: Final = ("short_abandoned",)


def _answered(y: int) -> tuple[str]:
    return (f"answered_within.{y}",)


def _abandoned(y: int) -> tuple[str]:
    return (f"abandoned_within.{y}",)


def _judged(clock: str, *outcomes: str) -> tuple[str, ...]:
    return tuple(f"clock.{clock}.{outcome}" for outcome in outcomes)


def _fixed(formula: Formula) -> Make:
    return lambda _value, _y: formula


def _quantiles(pattern: str, sketch: str) -> dict[str, Make]:
    def make(ratio: float) -> Make:
        return lambda value, _y: Quantile(sketch.replace("<clock>", value), ratio)

    return {f"{pattern}.{point}": make(ratio) for point, ratio in QUANTILES.items()}


MAKERS: Final[dict[str, Make]] = {
    "service_level.V0": _fixed(Share(("answered",), _LEFT)),
    "service_level.V1": lambda _, y: Share(_answered(y) + _abandoned(y), _ENDED),
    "service_level.V2": lambda _, y: Share(_answered(y), ("answered",)),
    "service_level.V3": lambda _, y: Share(_answered(y), _ENDED),
    "service_level.V4": lambda _, y: Share(_answered(y), _ENDED, under_less=_abandoned(y)),
    "service_level.V5": lambda _, y: Share(_answered(y) + _SHORT, _ENDED),
    "service_level.V6": lambda _, y: Share(_answered(y), _ENDED, under_less=_SHORT),
    "service_level.V3_with_flow_out": lambda _, y: Share(_answered(y), _LEFT),
    "service_level.V6_with_flow_out": lambda _, y: Share(_answered(y), _LEFT, under_less=_SHORT),
    "service_level.V7": lambda _, y: Share((f"sl_hit.{y}",), (f"sl_hit.{y}", f"sl_miss.{y}")),
    "service_level.V8": lambda _, y: WithinNow(y),
    "answer_rate": _fixed(Share(("answered",), _LEFT)),
    "abandonment_ratio.gross": _fixed(Share(("abandoned",), _LEFT)),
    "abandonment_ratio.net": _fixed(Share(("abandoned",), _LEFT, over_less=_SHORT, under_less=_SHORT)),
    "callback_ratio": _fixed(Share(("callback",), ("offered",))),
    "ivr_hang_up_ratio": _fixed(Share(("ivr.hung_up",), ("ivr.entered",))),
    "ivr_self_served_ratio": _fixed(Share(("ivr.self_served",), ("ivr.entered",))),
    "asa_seconds": _fixed(Mean(("answer_wait_us",), "answers")),
    "abandon_wait_seconds": _fixed(Mean(("abandon_wait_us",), "abandons")),
    "handle_seconds": _fixed(Mean(("talk_us", "hold_us", "wrapup_us"), "handled")),
    "ivr_seconds": _fixed(Mean(("ivr_us",), "ivr.entered")),
    **_quantiles("wait_seconds", "answer_wait"),
    **_quantiles("wait_seconds_all", "wait"),
    "clock_met_ratio.<clock>": lambda clock, _: Share(_judged(clock, "met"), _judged(clock, "met", "breached")),
    "clock_met_ratio_gross.<clock>": lambda clock, _: Share(_judged(clock, "met"), _judged(clock, "met", "breached", "exempt")),
    "clock_breached_ratio.<clock>": lambda clock, _: Share(_judged(clock, "breached"), _judged(clock, "met", "breached")),
    "clock_mean_seconds.<clock>": lambda clock, _: Mean((f"clock.{clock}.elapsed_us",), f"clock.{clock}.stopped"),
    **_quantiles("clock_seconds.<clock>", "clock.<clock>"),
    "complaint_ratio": _fixed(Share(("complaints",), ("contacts",))),
    "survey_mean.<instrument>": lambda name, _: Mean((f"survey.{name}.score_milli",), f"survey.{name}.n", MILLI),
    "survey_satisfied_ratio.<instrument>": lambda name, _: Share((f"survey.{name}.satisfied",), (f"survey.{name}.n",)),
    "nps.<instrument>": lambda name, _: Share(
        (f"survey.{name}.satisfied",), (f"survey.{name}.n",), over_less=(f"survey.{name}.dissatisfied",), times=100
    ),
    "qc_pass_ratio.<dimension>": lambda name, _: Share((f"qc.{name}.passed",), (f"qc.{name}.n",)),
    "solved_ratio": _fixed(Share(("resolution.solved",), _judged("total_resolution", "met", "breached"))),
    "fcr_ratio": _fixed(Share(("fcr.solved",), ("fcr.first",))),
    "repeat_ratio": _fixed(Share(("repeat.repeats",), ("repeat.contacts",))),
    "flow_ratio.<rule>": lambda rule, _: Share((f"flow.{rule}.ok",), (f"flow.{rule}.ok", f"flow.{rule}.violated")),
    "flow_count.<rule>": lambda rule, _: Count(f"flow.{rule}.seen"),
    "contacts": _fixed(Count("contacts")),
    "contact_share": _fixed(NamedShare("contacts")),
    "spread.<indicator>": lambda name, y: Spread(formula(name, y or None)),
    "gap.<indicator>": lambda name, y: Gap(formula(name, y or None)),
    "surge.<counter>": lambda counter, _: Surge(counter),
    "longest_wait_seconds": _fixed(LongestNow()),
    "waiting": _fixed(WaitingNow()),
}


def find(name: str) -> Indicator | None:
    """Return the indicator of a name, its brackets filled in; None if unknown."""
    return indicator(name)


def formula(name: str, threshold_seconds: int | None = None) -> Formula:
    """Return the formula of an indicator with its Y filled in. Raises PolicyError for an unknown name or a missing Y."""
    known = indicator(name)
    if known is None:
        raise PolicyError(f"no indicator is called {name}; known are {', '.join(INDICATORS)}")
    if known.threshold and threshold_seconds is None:
        raise PolicyError(f"{name} needs a threshold in seconds")
    return MAKERS[known.pattern](known.value, threshold_seconds or 0)
