"""The ``queues`` and ``limits`` sections compiled: how calls and chats are counted, and the bounds of memory and trust."""

from collections.abc import Mapping
from typing import Final

import msgspec

from monitor.calendar.model import Calendar
from monitor.policy.attributes import names_of, rule_fields
from monitor.policy.calendars import find_calendar
from monitor.policy.decoding import closest
from monitor.policy.durations import duration_us
from monitor.policy.findings import Path, Remarks
from monitor.policy.model import Limits, QueuePolicy, QueueRules
from monitor.policy.source import LimitsSource, PolicySource, QueueSource
from schemas.instants import HOUR, SECOND

DEFAULT: Final = "default"
_MOST_THRESHOLDS: Final = 12


def compile_queues(source: PolicySource, calendars: Mapping[str, Calendar], remarks: Remarks) -> QueuePolicy:
    """The rules of each named queue and the default for all others."""
    default = QueueRules()
    if DEFAULT in source.queues:
        default = _rules(DEFAULT, source.queues[DEFAULT], default, calendars, remarks)
    named = {name: _rules(name, queue, default, calendars, remarks) for name, queue in sorted(source.queues.items()) if name != DEFAULT}
    scopes, dimensions, facets = source.limits.scopes, source.limits.dimensions or (), source.limits.facets or ()
    for part, fields in (("dimensions", dimensions), ("facets", facets)):
        for index, field in enumerate(fields):
            if field not in rule_fields():
                remarks.error(
                    ("limits", part, index),
                    f"unknown field `{field}`{closest(field, list(rule_fields()))}; expected one of: {names_of(rule_fields())}",
                )
    for part, values in (("scopes", scopes or ()), ("dimensions", dimensions), ("facets", facets)):
        if len(set(values)) < len(values):
            remarks.error(("limits", part), "a name is given twice")
    shape = QueuePolicy(default=default, named=named, dimensions=tuple(dimensions), facets=tuple(facets))
    return shape if scopes is None else msgspec.structs.replace(shape, scopes=tuple(scopes))


def compile_limits(source: LimitsSource, remarks: Remarks) -> Limits:
    """The limits, with the defaults of design §4 for what is left out."""
    default = Limits()
    keep = {family: text for family, text in msgspec.structs.asdict(source.keep_closed).items() if text is not None}
    limits = Limits(
        keep_closed_us=default.keep_closed_us | {family: duration_us(text) for family, text in keep.items()},
        follow_up_us=_or(source.follow_up, default.follow_up_us),
        events=default.events if source.events is None else source.events,
        future_us=_or(source.future, default.future_us),
        future_reject_us=_or(source.future_reject, default.future_reject_us),
        keep_ended_alerts_us=_or(source.keep_ended_alerts, default.keep_ended_alerts_us),
        solved_window_us=_or(source.solved_window, default.solved_window_us),
    )
    for family in keep:
        if limits.keep_closed_us[family] < HOUR:
            remarks.warning(("limits", "keep_closed", family), "under an hour: late events of closed contacts become dead letters")
    if limits.future_reject_us <= limits.future_us:
        remarks.error(("limits", "future_reject"), "must be longer than `future` (P37)")
    return limits


def _or(text: str | None, default_us: int) -> int:
    return default_us if text is None else duration_us(text)


def _rules(name: str, source: QueueSource, default: QueueRules, calendars: Mapping[str, Calendar], remarks: Remarks) -> QueueRules:
    path: Path = ("queues", name)
    calendar = default.calendar
    if source.calendar is not None:
        calendar = find_calendar(calendars, source.calendar, (*path, "calendar"), remarks)
    rules = QueueRules(
        answer_within_seconds=_thresholds(source.answer_within, default, path, remarks),
        short_abandon_us=_or(source.short_abandon, default.short_abandon_us),
        calendar=calendar,
        max_wait_us=_or(source.max_wait, default.max_wait_us),
    )
    if rules.answer_within_seconds and rules.short_abandon_us > rules.answer_within_seconds[0] * SECOND:
        remarks.warning((*path, "short_abandon"), "longer than the shortest answer_within: callers who waited past a promise are left out")
    if rules.max_wait_us < 60 * SECOND:
        remarks.error((*path, "max_wait"), "under a minute: waiting callers would be given up as ghosts (P29)")
    return rules


def _thresholds(texts: list[str] | None, default: QueueRules, path: Path, remarks: Remarks) -> tuple[int, ...]:
    if texts is None:
        return default.answer_within_seconds
    here = (*path, "answer_within")
    seconds: list[int] = []
    for index, text in enumerate(texts):
        whole, rest = divmod(duration_us(text), SECOND)
        if rest or not whole:
            remarks.error((*here, index), f"{text} is not a whole number of seconds above zero")
        elif whole in seconds:
            remarks.error((*here, index), f"{text} is named twice")
        seconds.append(whole)
    if not seconds or len(seconds) > _MOST_THRESHOLDS:
        remarks.error(here, f"expected 1 to {_MOST_THRESHOLDS} thresholds")
    return tuple(sorted(seconds))
