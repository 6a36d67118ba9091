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
Language = Literal["en", "zh"]
PerField = Literal["dept", "node"]


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
    """A promise: ``amount`` microseconds of counted time, the end of the ``amount``-th business day (P6), or ``due_at``.

    ``due_at`` is the instant that the starting event carries (``amount`` 0): pauses do not move it.
    """

    kind: Literal["counted", "business_days", "due_at"]
    amount: int = 0


class Period(msgspec.Struct, frozen=True, kw_only=True):
    """A named stretch of time that rules ask for: peak hours (R59), special days (R60), a campaign (R61).

    All parts that are given must hold: ``calendar`` open, ``[from_at, until_at)``.
    """

    name: str
    calendar: Calendar | None = None
    from_at: Instant | None = None
    until_at: Instant | None = None
    titles: dict[Language, str] = {}

    def covers(self, at: Instant) -> bool:
        """Whether ``at`` lies in the period."""
        if self.from_at is not None and at < self.from_at:
            return False
        if self.until_at is not None and at >= self.until_at:
            return False
        return self.calendar is None or self.calendar.is_open(at)


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """One row of a clock's ordered rules; the first whose tests all pass decides (P12). ``target`` None: nothing promised.

    ``during``: at least one of these periods covers the cycle's start; ``outside``: none does. Both are judged at the start, not again.
    """

    path: str
    when: tuple[FieldTest, ...] = ()
    target: Target | None
    calendar: Calendar
    severity: Severity = "critical"
    source: str = ""
    during: tuple[Period, ...] = ()
    outside: tuple[Period, ...] = ()


class Clock(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of promise. ``levels`` are percent of counted time; 100 is the breach and always among them.

    ``per`` gives every department or node cycles of its own, published as ``<name>:<value>`` (P15): with mode ``holding`` a cycle
    ends when the contact passes to another value, with ``first`` one cycle runs at a time whoever holds the contact (R66).
    ``repeats``: the event that stops a cycle may start the next (R67). ``whole`` names the end-to-end clock of which this is a link (R13, R58).
    """

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
    titles: dict[Language, str] = {}
    per: PerField | None = None
    mode: Literal["holding", "first"] = "holding"
    repeats: bool = False
    whole: str = ""


class QueueRules(msgspec.Struct, frozen=True, kw_only=True):
    """How the calls and chats of one queue are counted. Y values in whole seconds."""

    answer_within_seconds: tuple[int, ...] = (10, 15, 20, 30)
    short_abandon_us: int = 5_000_000
    calendar: Calendar | None = None
    max_wait_us: int = 4 * 3_600_000_000


class QueuePolicy(msgspec.Struct, frozen=True, kw_only=True):
    """Counting rules per queue name, the default for unknown ones, and which scopes and dimensions the panes have.

    ``facets`` are attributes by each value of which everything together is counted too: the series ``("all", "dept=network")``.
    All values of a facet meet in one shard, so that they can be compared (R50, R54).
    """

    default: QueueRules = QueueRules()
    named: dict[str, QueueRules] = {}
    scopes: tuple[Scope, ...] = ("queue", "channel", "region", "all")
    dimensions: tuple[str, ...] = ()
    facets: tuple[str, ...] = ()


class Burn(msgspec.Struct, frozen=True, kw_only=True):
    """Two windows that must both burn the error budget faster than ``rate`` times its even pace (requirements §5.9)."""

    long_us: int
    short_us: int
    rate: float
    severity: Severity


class Objective(msgspec.Struct, frozen=True, kw_only=True):
    """A promised value of an indicator over a rolling window (design §6, P43).

    ``indicator`` names a formula of ``monitor.queues.indicators`` (``service_level.V6``, ``asa_seconds`` …), with
    ``threshold_seconds`` where it needs a Y. ``only`` limits it to named queues, channels or regions, or to values of the facet ``by``.
    ``burns``: an error budget over the window, judged by burn rates instead of the value. ``during`` and ``outside`` as in ``Rule``,
    at the T that is judged. ``of`` and ``against``: the values of ``by`` that a gap compares (R50); ``baseline_us``: what a surge is
    measured by (R78).
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
    by: str = ""
    burns: tuple[Burn, ...] = ()
    during: tuple[Period, ...] = ()
    outside: tuple[Period, ...] = ()
    titles: dict[Language, str] = {}
    of: frozenset[str] = frozenset()
    against: frozenset[str] = frozenset()
    baseline_us: int = 0


class Survey(msgspec.Struct, frozen=True, kw_only=True):
    """One survey instrument (R26-R28): answers on another scale than this are counted apart and enter no mean."""

    name: str
    scale_min: float
    scale_max: float
    satisfied_at_least: float
    dissatisfied_at_most: float


FlowKind = Literal["stages", "require", "within", "path", "bounce", "watch", "complete"]


class FlowPart(msgspec.Struct, frozen=True, kw_only=True):
    """A stage, or a thing that is required: it has happened once one of its triggers has."""

    name: str
    triggers: tuple[Trigger, ...]
    titles: dict[Language, str] = {}


class Flow(msgspec.Struct, frozen=True, kw_only=True):
    """One rule about the order of events (R14, R30, R63-R70, R72, R79); what each kind asks is said in ``monitor.policy.flow_source``.

    ``on`` is when it is looked at: the end by which stages and required ``parts`` have happened, or the event that the others are
    about. ``fields`` are the fields that must be there (``complete``), or are for an event to be seen (``watch``). Counted as
    ``flow.<name>.…``, and once more under ``group``. ``alert`` False: only counted.
    """

    name: str
    kind: FlowKind
    families: frozenset[Family]
    when: tuple[FieldTest, ...] = ()
    on: tuple[Trigger, ...]
    parts: tuple[FlowPart, ...] = ()
    in_order: bool = False
    within_us: int = 0
    of: str = ""
    hops: frozenset[tuple[int, int]] = frozenset()
    front: tuple[FieldTest, ...] = ()
    fields: tuple[str, ...] = ()
    per: Literal["event", "contact"] = "event"
    group: str = ""
    alert: bool = True
    severity: Severity = "warning"
    source: str = ""
    titles: dict[Language, str] = {}


class Privacy(msgspec.Struct, frozen=True, kw_only=True):
    """How customers are kept unrecognisable (R80): keys hashed at the door, event fields that are never stored."""

    hash_here: bool = False
    withhold: tuple[str, ...] = ()


class CustomerRules(msgspec.Struct, frozen=True, kw_only=True):
    """How contacts of one customer about one problem belong together (requirements §5.6, §5.7, R79)."""

    window_us: int = 72 * HOUR
    fake_closure_us: int = 7 * DAY


def keep_closed_default() -> dict[str, int]:
    """How long a closed contact of each family is remembered, in microseconds (design §4)."""
    return {"call": 24 * HOUR, "chat": 72 * HOUR, "workorder": 35 * DAY}


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """Bounds of memory and trust (design §4, P37). Reopened within ``solved_window_us`` of its resolve, an order was not solved (R31)."""

    keep_closed_us: dict[str, int] = msgspec.field(default_factory=keep_closed_default)
    follow_up_us: int = 7 * 86_400_000_000
    events: int = 200
    future_us: int = 5_000_000
    future_reject_us: int = 3_600_000_000
    keep_ended_alerts_us: int = 35 * 86_400_000_000
    solved_window_us: int = 7 * DAY


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
    language: Language = "en"
    titles: dict[Language, str] = {}
    surveys: dict[str, Survey] = {}
    qc_dimensions: tuple[str, ...] = ()
    customers: CustomerRules = CustomerRules()
    flows: tuple[Flow, ...] = ()
    privacy: Privacy = Privacy()
    calendar_titles: dict[str, dict[Language, str]] = {}
