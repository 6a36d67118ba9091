"""One question to a policy: which rule, which open hours, when due; with the stretches counted, so that anyone can add them up."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, Literal
from zoneinfo import ZoneInfo

import msgspec

from monitor.calendar.model import Calendar, Pause
from monitor.calendar.pauses import running
from monitor.calendar.zone import MAX_AT
from monitor.contacts.plan import passes
from monitor.errors import SettingsError
from monitor.policy.attributes import rule_fields
from monitor.policy.durations import business_days, duration_us
from monitor.policy.model import Clock, Policy, Rule, Scalar, Target
from schemas.instants import EPOCH, SECOND, Instant, format_instant, parse_instant, seconds_of

_SHOWN: Final = 20
_UNITS: Final = ((3_600, "h"), (60, "m"))
_TARGET: Final = re.compile(r"\d+bd|(?=\d)(\d+h)?(\d+m)?(\d+s)?(\d+ms)?", re.ASCII)


class Asked(msgspec.Struct, frozen=True):
    """What was asked on the command line."""

    start: str
    calendar: str | None = None
    clock: str | None = None
    attributes: tuple[str, ...] = ()
    target: str | None = None
    pauses: tuple[str, ...] = ()


class Stretch(msgspec.Struct, frozen=True):
    """Open, unpaused time that was counted."""

    from_: str = msgspec.field(name="from")
    to: str
    counted_seconds: float


class Due(msgspec.Struct, frozen=True, omit_defaults=True):
    """The answer: when, by which calendar and rule, and what was counted; ``due`` null where it is never reached."""

    due: str | None
    start: str
    target: str
    calendar: str
    time_zone: str
    clock: str = ""
    rule: str = ""
    source: str = ""
    reason: Literal["", "never_open", "paused"] = ""
    paused_seconds: float = 0
    counted: tuple[Stretch, ...] = ()
    more_stretches: int = 0


class NotPromised(msgspec.Struct, frozen=True):
    """No rule of the clock promises anything to such a contact (P23)."""

    clock: str
    promised: Literal[False] = False


def due_of(policy: Policy, asked: Asked) -> Due | NotPromised:
    """The answer of a policy. Raises SettingsError where the question cannot be understood."""
    start_at = _instant(asked.start, "--start")
    pauses = [_pause(text) for text in asked.pauses]
    rule = None
    if asked.clock is not None:
        rule = _matching(_clock(policy, asked.clock), _attributes(asked.attributes), start_at)
        if rule is None and asked.target is None:
            return NotPromised(asked.clock)
    target = _target(asked.target, rule)
    calendar = rule.calendar if rule is not None and asked.calendar is None else _calendar(policy, asked.calendar)
    due_at = _due_at(calendar, start_at, target, pauses)
    until_at = start_at if due_at is None else due_at
    stretches, more = _stretches(calendar, start_at, until_at, pauses)
    return Due(
        due=None if due_at is None else format_instant(due_at),
        start=format_instant(start_at),
        target=_target_text(target),
        calendar=calendar.name,
        time_zone=calendar.time_zone,
        clock=asked.clock or "",
        rule=rule.path if rule is not None else "",
        source=rule.source if rule is not None else "",
        reason="" if due_at is not None else _reason(calendar, start_at, target, pauses),
        paused_seconds=seconds_of(calendar.counted(start_at, until_at) - calendar.counted(start_at, until_at, pauses)),
        counted=stretches,
        more_stretches=more,
    )


def due_in_words(due: Due | NotPromised) -> str:
    """The answer as lines of text in the calendar's local time."""
    if isinstance(due, NotPromised):
        return f"nothing is promised: no rule of clock {due.clock} promises such a contact anything"
    zone = ZoneInfo(due.time_zone)
    never = {"never_open": "never due: the calendar has not enough open time", "paused": "not due while paused"}
    lines = [f"due {_local(due.due, zone)} ({due.due})" if due.due else never.get(due.reason, "never due")]
    lines.append(f"{due.target} in calendar {due.calendar} ({due.time_zone}) from {_local(due.start, zone)}")
    if due.clock:
        lines.append(f"clock {due.clock}" + (f": {due.rule}" + (f" ({due.source})" if due.source else "") if due.rule else ""))
    if due.counted:
        lines.append("counted:")
        lines += [f"  {_local(part.from_, zone)} to {_local(part.to, zone)}: {_duration(part.counted_seconds)}" for part in due.counted]
    if due.more_stretches:
        lines.append(f"  and {due.more_stretches:,} more")
    if due.paused_seconds:
        lines.append(f"not counted because of pauses: {_duration(due.paused_seconds)}")
    return "\n".join(lines)


def _clock(policy: Policy, name: str) -> Clock:
    for clock in policy.clocks:
        if clock.name == name:
            return clock
    raise SettingsError(f"--clock {name}: unknown clock; this policy has: {' '.join(sorted(clock.name for clock in policy.clocks))}")


def _calendar(policy: Policy, name: str | None) -> Calendar:
    if name is None:
        raise SettingsError("--calendar or --clock is needed: in whose opening hours is time counted?")
    if name not in policy.calendars:
        raise SettingsError(f"--calendar {name}: unknown calendar; this policy has: {' '.join(sorted(policy.calendars))}")
    return policy.calendars[name]


def _attributes(pairs: Sequence[str]) -> dict[str, Scalar]:
    known = rule_fields()
    found: dict[str, Scalar] = {}
    for pair in pairs:
        name, equals, text = pair.partition("=")
        if not equals or name not in known:
            raise SettingsError(f"--with {pair}: expected NAME=VALUE with one of: {' '.join(sorted(known))}")
        found[name] = int(text) if text.isascii() and text.isdigit() else {"true": True, "false": False}.get(text, text)
    return found


def _matching(clock: Clock, attributes: dict[str, Scalar], at: Instant) -> Rule | None:
    """The first rule that holds for the attributes at the start (P12); None if it promises nothing."""
    for rule in clock.rules:
        in_time = (not rule.during or any(period.covers(at) for period in rule.during)) and not any(period.covers(at) for period in rule.outside)
        if in_time and all(passes(test, attributes.get(test.field)) for test in rule.when):
            return None if rule.target is None else rule
    return None


def _target(text: str | None, rule: Rule | None) -> Target:
    if text is None:
        if rule is None or rule.target is None:
            raise SettingsError("--target is needed: counted time such as 2h, or business days such as 2bd")
        if rule.target.kind == "due_at":
            raise SettingsError("the starting event carries the due instant itself: there is nothing to count")
        return rule.target
    if not text or _TARGET.fullmatch(text) is None:
        raise SettingsError(f"--target {text}: expected counted time such as 30s, 15m or 2h, or business days such as 2bd")
    days = business_days(text)
    return Target("counted", duration_us(text)) if days is None else Target("business_days", days)


def _due_at(calendar: Calendar, start_at: Instant, target: Target, pauses: list[Pause]) -> Instant | None:
    find = calendar.due_business_days if target.kind == "business_days" else calendar.due
    due_at = find(start_at, target.amount, pauses)
    return None if due_at is None or due_at > MAX_AT else due_at


def _reason(calendar: Calendar, start_at: Instant, target: Target, pauses: list[Pause]) -> Literal["never_open", "paused"]:
    ended = [pause for pause in pauses if pause[1] is not None]
    return "never_open" if _due_at(calendar, start_at, target, ended) is None else "paused"


def _stretches(calendar: Calendar, start_at: Instant, until_at: Instant, pauses: list[Pause]) -> tuple[tuple[Stretch, ...], int]:
    found: list[Stretch] = []
    more = 0
    for from_at, to_at in running(start_at, pauses):
        end_at = until_at if to_at is None else min(to_at, until_at)
        for opens_at, closes_at in calendar.open_intervals(from_at, end_at):
            if len(found) < _SHOWN:
                found.append(Stretch(from_=format_instant(opens_at), to=format_instant(closes_at), counted_seconds=seconds_of(closes_at - opens_at)))
            else:
                more += 1
    return tuple(found), more


def _pause(text: str) -> Pause:
    begin, slash, end = text.partition("/")
    if not slash:
        raise SettingsError(f"--pause {text}: expected FROM/TO, or FROM/ for a pause that is not over")
    return _instant(begin, "--pause"), _instant(end, "--pause") if end else None


def _instant(text: str, option: str) -> Instant:
    try:
        return parse_instant(text)
    except (ValueError, OverflowError):
        raise SettingsError(f"{option} {text}: expected RFC 3339 with an offset, such as 2026-01-05T09:00:00+08:00") from None


def _local(text: str, zone: ZoneInfo) -> str:
    local: datetime = (EPOCH + timedelta(microseconds=parse_instant(text))).astimezone(zone)
    return f"{local:%a} {local.isoformat(sep=' ')}"


def _duration(seconds: float) -> str:
    text, rest = "", seconds
    for unit, letter in _UNITS:
        whole, rest = divmod(rest, unit)
        text += f"{int(whole)}{letter}" if whole else ""
    return text + (f"{rest:g}s" if rest or not text else "")


def _target_text(target: Target) -> str:
    if target.kind == "business_days":
        return f"{target.amount} business days" if target.amount != 1 else "1 business day"
    return _duration(target.amount / SECOND)
