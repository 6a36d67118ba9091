"""What the monitor says: verdicts on ``sla.verdicts`` and alerts on ``sla.alerts`` (design §8). Instants are RFC 3339 UTC text."""

from typing import Literal

import msgspec

from schemas.events.base import Family

VerdictState = Literal["open", "met", "breached", "cancelled", "exempt", "retracted"]
AlertState = Literal["firing", "resolved", "retracted"]
Severity = Literal["info", "warning", "critical"]


class OpenInterval(msgspec.Struct, frozen=True):
    """One stretch of open time that was counted, pauses already removed."""

    from_at: str
    to_at: str


class PauseInterval(msgspec.Struct, frozen=True, omit_defaults=True):
    """One pause as the history gives it; ``counts`` is false where the policy does not let ``reason`` pause this clock."""

    from_at: str
    to_at: str | None
    reason: str
    counts: bool = True


class Explanation(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Why a verdict is what it is: anyone can recompute the deadline by hand from it. ``text`` says the same in words."""

    text: str
    rule: str
    calendar: str
    events: tuple[str, ...] = ()
    counted: tuple[OpenInterval, ...] = ()
    counted_more: int = 0
    pauses: tuple[PauseInterval, ...] = ()


class Verdict(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The outcome of one cycle of one clock; record key ``contact|clock|cycle``, highest ``version`` wins.

    ``cycle`` is the id of the event that started it. ``elapsed_seconds`` is counted time up to the stop, or up to
    ``detected_at`` while none is known; ``late_seconds`` is stop minus deadline in real seconds (P22).
    """

    contact: str
    family: Family
    clock: str
    cycle: str
    version: int
    verdict: VerdictState
    reason: str
    queue: str | None = None
    labels: dict[str, str] = {}
    target_seconds: float
    elapsed_seconds: float
    late_seconds: float | None = None
    paused_seconds: float = 0
    started_at: str
    deadline: str | None
    stopped_at: str | None = None
    detected_at: str
    detected_late: bool = False
    policy: str
    explanation: Explanation


class Alert(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The life of one breach or warning level; record key = ``id``, highest ``version`` wins.

    ``id`` = hash(contact, clock, cycle) for contacts (a breach; with the level appended for a warning level below it or an
    overrun above it), hash(objective, scope, dimensions, start of the breach) for objectives. ``labels`` are bounded
    (P41); counts, elapsed and texts live in ``annotations``. ``flow`` is the rule that an alert of kind ``flow`` is about, its id
    hash(contact, rule, cycle) with the event that caused it as ``cycle``. ``group`` is the incident that the contact belongs to:
    alerts of one group are told together (R69).
    """

    id: str
    version: int
    state: AlertState
    kind: Literal["breach", "level", "objective", "flow"]
    severity: Severity
    labels: dict[str, str]
    annotations: dict[str, str]
    contact: str | None = None
    clock: str | None = None
    cycle: str | None = None
    level_ratio: float | None = None
    queue: str | None = None
    objective: str | None = None
    target: float
    value: float | None = None
    deadline: str | None = None
    detected_at: str
    detected_late: bool = False
    starts_at: str
    ends_at: str | None = None
    reason: str
    policy: str
    explanation: Explanation | None = None
    flow: str | None = None
    group: str | None = None
