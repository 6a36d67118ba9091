"""The indicators that an objective may promise: unit, published definition and where it comes from (requirements §5).

Sources differ, so the definition is part of the name (§5.11). This is the one catalogue: ``monitor.queues.indicators`` gives each
name its formula, ``deploy/indicators.md`` is generated from it. A name in angle brackets is filled in: ``clock_met_ratio.resolution``.
"""

from typing import Final, Literal

import msgspec

Unit = Literal["ratio", "seconds", "count", "points", "times"]
About = Literal["", "clock", "instrument", "dimension", "rule", "counter", "indicator"]
Group = Literal["", "parts", "pair", "baseline", "named"]

QUANTILES: Final[dict[str, float]] = {"p50": 0.5, "p90": 0.9, "p95": 0.95, "p99": 0.99}


class Indicator(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of an indicator without computing it.

    ``pattern`` is the name in the catalogue, ``value`` what stands for its brackets (a clock, a survey instrument …). ``threshold``: it
    needs a Y in seconds; ``instant``: it tells of now and has no window; ``group``: it looks at several series at once.
    ``lowest`` and ``highest`` bound what it can be.
    """

    name: str
    unit: Unit
    better: Literal["high", "low"]
    definition: str
    source: str
    about: About = ""
    group: Group = ""
    threshold: bool = False
    instant: bool = False
    lowest: float | None = 0.0
    highest: float | None = None
    pattern: str = ""
    value: str = ""


def _ratio(name: str, better: Literal["high", "low"], definition: str, source: str, about: About = "") -> Indicator:
    return Indicator(name=name, unit="ratio", better=better, definition=definition, source=source, about=about, highest=1.0)


def _seconds(name: str, definition: str, source: str, about: About = "") -> Indicator:
    return Indicator(name=name, unit="seconds", better="low", definition=definition, source=source, about=about)


def _level(formula: str, definition: str, source: str, *, instant: bool = False) -> Indicator:
    shape = _ratio(f"service_level.{formula}", "high", definition, source)
    return msgspec.structs.replace(shape, threshold=True, instant=instant)


def _count(name: str, better: Literal["high", "low"], definition: str, source: str, about: About = "") -> Indicator:
    return Indicator(name=name, unit="count", better=better, definition=definition, source=source, about=about)


_LEVELS: Final = (
    _level("V1", "(A<=Y + B<=Y) / (A + B): abandons count for the queue", "ICMI formula 1; Cisco ICM positively impact; Asterisk SLPerf2"),
    _level("V2", "A<=Y / A: answered only", "ICMI formula 2; Asterisk SLPerf"),
    _level("V3", "A<=Y / (A + B): abandons count against the queue", "ICMI formula 3; Cisco ICM negatively impact; N秒人工接通率 (R40)"),
    _level("V4", "A<=Y / (A + B>Y): abandons within Y ignored", "ICMI formula 4; Cisco ICM ignored; Bright Pattern"),
    _level("V5", "(A<=Y + Bs) / (A + B): short abandons credited", "ICMI formula 5"),
    _level("V6", "A<=Y / (A + B - Bs): short abandons removed", "Genesys Cloud; RingCentral; Mitel (R40)"),
    _level("V3_with_flow_out", "A<=Y / (A + B + F)", "Vonage; Avaya split/skill"),
    _level("V6_with_flow_out", "A<=Y / (A + B + F - Bs)", "Genesys Cloud with flow-outs"),
    _level("V7", "events within Y / (answered, abandoned, or Y passed while waiting)", "Cisco ICM service-level event (P24)"),
    _level("V8", "(waiting now - waiting longer than Y) / waiting now", "AltiGen supervisor", instant=True),
)
_RATES: Final = (
    _ratio("answer_rate", "high", "V0: A / (A + B + F); booked when queued", "接通率 (R20, R36); Genesys Answer %"),
    _ratio("service_level.V0", "high", "A / (A + B + F); booked when queued", "接通率 (R20, R36); Genesys Answer %"),
    _ratio("abandonment_ratio.gross", "low", "B / O with O = A + B + F", "Genesys Abandon %"),
    _ratio("abandonment_ratio.net", "low", "(B - Bs) / (O - Bs) with O = A + B + F", "requirements §5.3"),
    _ratio("callback_ratio", "low", "call-backs asked for / offered", "Amazon Connect; published beside V0 (P26)"),
    _ratio("ivr_hang_up_ratio", "low", "callers who hung up in the voice menu / entered it", "R85"),
    _ratio("ivr_self_served_ratio", "high", "callers served by the voice menu / entered it", "R85"),
)
_TIMES: Final = (
    _seconds("asa_seconds", "sum of waits of answered / answers, booked at the answer; time before the queue excluded", "Genesys, VHT (R37)"),
    _seconds("abandon_wait_seconds", "sum of waits of abandoned / abandons, booked at the abandon", "requirements §5.3"),
    _seconds("handle_seconds", "(talk + hold + after-call work) / handled, booked at the end", "平均处理时长 (R36); Amazon Connect AHT"),
    _seconds("ivr_seconds", "sum of time in the voice menu / entered it; never part of the wait", "R85"),
    *(_seconds(f"wait_seconds.{p}", f"{p} of the wait of answered, within 1 %", "R37") for p in QUANTILES),
    *(_seconds(f"wait_seconds_all.{p}", f"{p} of the wait of answered and abandoned, within 1 %", "R37") for p in QUANTILES),
)
_CLOCKS: Final = (
    _ratio("clock_met_ratio.<clock>", "high", "cycles met / met or breached, exempt ones left out; booked at min(stop, deadline)", "§5.10", "clock"),
    _ratio("clock_met_ratio_gross.<clock>", "high", "cycles met / met, breached or exempt", "§5.10", "clock"),
    _ratio("clock_breached_ratio.<clock>", "low", "cycles breached / met or breached, exempt ones left out", "工单流转超时率 (R24)", "clock"),
    _seconds("clock_mean_seconds.<clock>", "sum of counted time of stopped cycles / stopped cycles", "R4, R5, R37; §5.4", "clock"),
    *(
        _seconds(f"clock_seconds.<clock>.{p}", f"{p} of the counted time of decided cycles, within 1 %", "R37: the mean hides tails", "clock")
        for p in QUANTILES
    ),
)
_FEEDBACK: Final = (
    _ratio("complaint_ratio", "low", "complaint orders / contacts (not: subscribers); booked when opened", "投诉率 (R25, R36)"),
    Indicator(
        name="survey_mean.<instrument>", unit="points", better="high", about="instrument",
        definition="sum of scores / answers on the instrument's scale; never a mean of means", source="满意度 (R26)",
    ),
    _ratio("survey_satisfied_ratio.<instrument>", "high", "answers at or above the satisfied bound (top two of five) / answers", "R28", "instrument"),
    Indicator(
        name="nps.<instrument>", unit="points", better="high", about="instrument", lowest=-100.0, highest=100.0,
        definition="100 x (promoters 9-10 - detractors 0-6) / answers", source="净推荐值 (R27); §5.11: 0-6 includes 6",
    ),
    _ratio("qc_pass_ratio.<dimension>", "high", "quality checks passed / made", "话术合规率 (R29)", "dimension"),
)  # fmt: skip
_PROBLEMS: Final = (
    _ratio("solved_ratio", "high", "orders solved and not reopened within W / total_resolution cycles booked; provisional until W has passed", "R31"),
    _ratio("fcr_ratio", "high", "definition (c) per problem: first contacts with no second within W and no escalation / first contacts", "R22, §5.6"),
    _ratio("repeat_ratio", "low", "contacts with an earlier one on the same customer and problem within W / contacts", "二次来电率 (R23), §5.7"),
)
_FLOWS: Final = (
    _ratio("flow_ratio.<rule>", "high", "required steps taken / taken or left out", "流程合规率 (R30, R14)", "rule"),
    _count("flow_count.<rule>", "low", "times that a watched thing was seen", "R18, R39, R72", "rule"),
    _count("contacts", "high", "contacts opened; a silent series named in `only` has 0", "R76, P29"),
)
_GROUPS: Final = (
    Indicator(
        name="contact_share", unit="ratio", better="high", group="named", highest=1.0,
        definition="contacts of the facet's values named in `only` / all contacts", source="渠道使用率 (R32)",
    ),
    Indicator(
        name="spread.<indicator>", unit="ratio", better="low", about="indicator", group="parts",
        definition="highest - lowest over the values of the facet `by` that have the minimum volume; n is the least of theirs", source="R54",
    ),
    Indicator(
        name="gap.<indicator>", unit="ratio", better="low", about="indicator", group="pair", lowest=None,
        definition="value of `of` - value of `against`; n is the lesser of theirs (above 0: VIP customers wait longer)", source="R50",
    ),
    Indicator(
        name="surge.<counter>", unit="times", better="low", about="counter", group="baseline",
        definition="count in the window / mean count of a window as long over `baseline` before it", source="R78",
    ),
)  # fmt: skip
_NOW: Final = (
    Indicator(
        name="longest_wait_seconds", unit="seconds", better="low", instant=True,
        definition="the longest wait of those waiting now", source="Twilio longest task waiting; R75",
    ),
    Indicator(name="waiting", unit="count", better="low", instant=True, definition="how many wait now", source="R75"),
)  # fmt: skip

INDICATORS: Final[dict[str, Indicator]] = {
    each.name: each for each in (*_LEVELS, *_RATES, *_TIMES, *_CLOCKS, *_FEEDBACK, *_PROBLEMS, *_FLOWS, *_GROUPS, *_NOW)
}
_FIXED: Final = {name: each for name, each in INDICATORS.items() if not each.about}


def _brackets(each: Indicator) -> tuple[str, str, Indicator]:
    """What stands before and after the brackets."""
    before, _, after = each.name.partition(f"<{each.about}>")
    return before, after, each


_OPEN: Final = tuple(_brackets(each) for each in INDICATORS.values() if each.about)


def indicator(name: str) -> Indicator | None:
    """The indicator of this name with its brackets filled in, ``clock_met_ratio.<clock>`` for any clock name; None if unknown."""
    if name in _FIXED:
        return msgspec.structs.replace(_FIXED[name], pattern=name)
    for before, after, each in _OPEN:
        value = name[len(before) : len(name) - len(after)]
        if value and name.startswith(before) and name.endswith(after):
            if each.about != "indicator":
                return msgspec.structs.replace(each, name=name, pattern=each.name, value=value)
            return _nested(name, each, indicator(value))
    return None


def _nested(name: str, outer: Indicator, inner: Indicator | None) -> Indicator | None:
    """A spread or a gap of another indicator, in its unit; not of a group or of now."""
    if inner is None or inner.group or inner.instant:
        return None
    highest = None if inner.highest is None or inner.lowest is None else inner.highest - inner.lowest
    return msgspec.structs.replace(
        outer, name=name, pattern=outer.name, value=inner.name, unit=inner.unit, threshold=inner.threshold, highest=highest
    )
