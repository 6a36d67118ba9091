"""A policy as the processors see it: frozen, compiled once, every name resolved (design §9). Durations are microseconds."""

from typing import Literal

import msgspec

from monitor.calendar.model import Calendar
from schemas.alerts import Severity
from schemas.events import Family
from schemas.instants import DAY, HOUR, Instant

Scalar = str | int | float | bool
Scope = Literal["queue", "channel", "region", "all"]
Reopen = Literal["first", "resume", "reset"]


class FieldTest(msgspec.Struct, frozen=True):
    """One test of an attribute of the contact or a field of an event; an absent value passes no test."""

    field: str
    values: frozenset[Scalar] | None = None
    at_least: float | None = None
    at_most: float | None = None


class Trigger(msgspec.Struct, frozen=True):
    """What starts, stops or cancels a clock: a moment (``monitor.contacts.moments``) whose event passes all tests."""

    moment: str
    where: tuple[FieldTest, ...] = ()


class PauseRule(msgspec.Struct, frozen=True):
    """Which reasons pause a clock (P11), and after how much counted time per cycle a reason is used up."""

    reasons: frozenset[str]
    caps_us: dict[str, int] = {}


class Target(msgspec.Struct, frozen=True):
    """A promise: ``amount`` microseconds of counted time, or the end of the ``amount``-th business day (P6)."""

    kind: Literal["counted", "business_days"]
    amount: int


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """One row of a clock's ordered rules; the first whose tests all pass decides (P12). ``target`` None: nothing promised."""

    path: str
    when: tuple[FieldTest, ...] = ()
    target: Target | None
    calendar: Calendar
    severity: Severity = "critical"
    source: str = ""


class Clock(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of promise. ``levels`` are percent of counted time; 100 is the breach and always among them."""

    name: str
    families: frozenset[Family]
    start: tuple[Trigger, ...]
    stop: tuple[Trigger, ...]
    cancel: tuple[Trigger, ...] = ()
    pause: PauseRule | None = None
    reopen: Reopen = "first"
    levels: tuple[int, ...] = (50, 75, 90, 100, 150)
    rules: tuple[Rule, ...]
    title: str = ""


class QueueRules(msgspec.Struct, frozen=True, kw_only=True):
    """How the calls and chats of one queue are counted. Y values in whole seconds."""

    answer_within_seconds: tuple[int, ...] = (10, 15, 20, 30)
    short_abandon_us: int = 5_000_000
    calendar: Calendar | None = None
    max_wait_us: int = 4 * 3_600_000_000


class QueuePolicy(msgspec.Struct, frozen=True, kw_only=True):
    """Counting rules per queue name, the default for unknown ones, and which scopes and dimensions the panes have."""

    default: QueueRules = QueueRules()
    named: dict[str, QueueRules] = {}
    scopes: tuple[Scope, ...] = ("queue", "channel", "region", "all")
    dimensions: tuple[str, ...] = ()


class Objective(msgspec.Struct, frozen=True, kw_only=True):
    """A promised value of an indicator over a rolling window (design §6, P43).

    ``indicator`` names a formula of ``monitor.queues.indicators`` (``service_level.V6``, ``asa_seconds`` …), with
    ``threshold_seconds`` where it needs a Y. ``only`` limits it to named queues, channels or regions.
    """

    name: str
    indicator: str
    threshold_seconds: int | None = None
    scope: Scope = "queue"
    only: frozenset[str] | None = None
    window_us: int
    comparison: Literal[">=", "<="]
    target: float
    minimum_volume: int = 20
    for_us: int = 0
    hysteresis: float = 0.0
    calendar: Calendar | None = None
    severity: Severity = "warning"
    source: str = ""


def keep_closed_default() -> dict[str, int]:
    """How long a closed contact of each family is remembered, in microseconds (design §4)."""
    return {"call": 24 * HOUR, "chat": 72 * HOUR, "workorder": 35 * DAY}


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """Bounds of memory and trust (design §4, P37)."""

    keep_closed_us: dict[str, int] = msgspec.field(default_factory=keep_closed_default)
    follow_up_us: int = 7 * 86_400_000_000
    events: int = 200
    future_us: int = 5_000_000
    future_reject_us: int = 3_600_000_000
    keep_ended_alerts_us: int = 35 * 86_400_000_000


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """One compiled policy. ``version`` is the hash of its content, carried by ticks, verdicts and alerts; ``label`` is its author's name for it."""

    version: str
    label: str = ""
    applies_to: Literal["new", "open"] = "new"
    title: str = ""
    time_zone: str = "UTC"
    effective_from: Instant | None = None
    calendars: dict[str, Calendar]
    clocks: tuple[Clock, ...]
    queues: QueuePolicy
    objectives: tuple[Objective, ...] = ()
    limits: Limits = Limits()
