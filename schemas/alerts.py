"""What the monitor says: verdicts on ``sla.verdicts`` and alerts on ``sla.alerts`` (design §8). Instants are RFC 3339 UTC text."""

from typing import Literal

import msgspec

from schemas.events.base import Family

VerdictState = Literal["open", "met", "breached", "cancelled", "exempt", "retracted"]
AlertState = Literal["firing", "resolved", "retracted"]
Severity = Literal["info", "warning", "critical"]
PauseNote = Literal["", "not_listed", "cap_used_up", "outside_open_time", "after_breach", "fixed_instant"]
DeadlineKind = Literal["open", "closing", "named", "never"]
"""Inside open time, the end of it (P22), the instant that an event named, or none while paused."""
Ending = Literal["", "stopped", "handed_over", "left", "cancelled", "no_longer_promised"]
"""A clock kept per department or step ends there as well when the contact is handed over, or leaves (P15)."""


class OpenInterval(msgspec.Struct, frozen=True, gc=False):
    """One stretch of open time that was counted, pauses already removed."""

    from_at: str
    to_at: str


class PauseInterval(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """One pause as the history gives it; ``counts`` is false where it takes nothing off this clock, and ``why`` then says why.

    ``why`` with ``counts`` true is ``cap_used_up``: the pause counts to ``counts_to_at`` only (P11).
    """

    from_at: str
    to_at: str | None
    reason: str
    counts: bool = True
    why: PauseNote = ""
    counts_to_at: str | None = None


class Wanted(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One test of a rule: the attribute, and the values or bounds it asks for."""

    field: str
    one_of: tuple[str | int | float | bool, ...] = ()
    at_least: float | None = None
    at_most: float | None = None


class Promised(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The row of the policy that decided: what it asks for (``when``, ``during``, ``outside``) and what it promises.

    ``target`` is written as in a policy: ``30m`` of open time, ``2bd`` (end of the second business day) or ``due_at`` (the
    instant that the starting event names). ``titles`` are the clock's, by language.
    """

    clock: str
    titles: dict[str, str] = {}
    rule: str
    source: str = ""
    target: str
    calendar: str
    time_zone: str
    when: tuple[Wanted, ...] = ()
    during: tuple[str, ...] = ()
    outside: tuple[str, ...] = ()


class LevelInstant(msgspec.Struct, frozen=True, gc=False):
    """When a share of the target is used up; None while it cannot be reached."""

    percent: int
    at: str | None


class LinkShare(msgspec.Struct, frozen=True, omit_defaults=True):
    """What one link used of the end-to-end clock: counted time by the link's own calendar, and its share of the whole target (R13).

    ``titles`` are the link's, by language.
    """

    clock: str
    elapsed_seconds: float
    share_ratio: float
    titles: dict[str, str] = {}


class Explanation(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """Why a verdict is what it is: anyone can recompute the deadline by hand from it. ``text`` says the same in words.

    ``events`` are ids: the event that started the cycle, then those that shaped or ended it. ``counted`` runs up to the
    deadline (pauses removed); ``warnings`` are the levels that went by, in a full explanation all levels; ``days`` are the ends
    of the business days that a ``2bd`` target counts. ``ended`` says how the cycle ended, ``ended_by`` by which event, ``handed_to`` who
    held the contact then. Start, deadline, end, verdict and reason stand in the verdict or alert around it, and are repeated only
    in an explanation that was asked for.
    """

    text: str
    rule: str
    calendar: str
    events: tuple[str, ...] = ()
    counted: tuple[OpenInterval, ...] = ()
    counted_more: int = 0
    pauses: tuple[PauseInterval, ...] = ()
    promise: Promised | None = None
    started_at: str = ""
    deadline: str | None = None
    deadline_is: DeadlineKind = "open"
    warnings: tuple[LevelInstant, ...] = ()
    days: tuple[str, ...] = ()
    ended: Ending = ""
    ended_at: str | None = None
    ended_by: str = ""
    verdict: VerdictState | None = None
    reason: str = ""
    links: tuple[LinkShare, ...] = ()
    handed_to: str = ""


class RuledBy(msgspec.Struct, frozen=True, omit_defaults=True):
    """The command of a person that decided instead of the events: an exemption or a repair, by whom, why and when it was given.

    ``policy`` is the version under which a repair judged again; empty where it set the verdict.
    """

    command: str
    person: str
    reason: str
    given_at: str = ""
    policy: str = ""


class Verdict(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """The outcome of one cycle of one clock; record key ``contact|clock|cycle``, highest ``version`` wins.

    ``cycle`` is the id of the event that started it. ``elapsed_seconds`` is counted time up to the stop, or up to
    ``detected_at`` while none is known; ``late_seconds`` is stop minus deadline in real seconds (P22). With ``ruled`` a person
    decided; ``explanation`` then says what the events alone give.
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
    ruled: RuledBy | None = None


class Alert(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
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
