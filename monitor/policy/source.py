"""The policy language as typed data: what a policy file may say, before names are resolved (design §9).

Every struct refuses unknown fields. Docstrings and descriptions become the JSON Schema that editors use.
"""

from typing import Annotated, Literal

import msgspec

from monitor.policy.durations import Duration, LongDuration, TargetText
from monitor.policy.model import Reopen, Scope
from schemas.alerts import Severity
from schemas.events import Family

Text = Annotated[
    str, msgspec.Meta(min_length=1, max_length=256, extra={"expected": "text (quote it if it looks like a number or a word YAML knows)"})
]
Name = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.:-]{0,63}$",
        description="A name: letters, digits, _ . : -",
        extra={"expected": "a name of letters, digits and _ . : - (at most 64)"},
    ),
]
QueueName = Annotated[str, msgspec.Meta(min_length=1, max_length=256)]
DateText = Annotated[
    str,
    msgspec.Meta(pattern=r"^\d{4}-\d\d-\d\d$", description="A date, YYYY-MM-DD.", extra={"expected": "a date as YYYY-MM-DD"}),
]
IntervalText = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^\d{1,2}:\d\d(:\d\d)?-\d{1,2}:\d\d(:\d\d)?$",
        description="HH:MM-HH:MM in local wall time; a close at or before the opening is on the next date; 24:00 is midnight (P3).",
        extra={"expected": "an interval as HH:MM-HH:MM"},
    ),
]
InstantText = Annotated[
    str, msgspec.Meta(description="RFC 3339 with an offset.", extra={"expected": "an RFC 3339 instant such as 2026-01-01T00:00:00+08:00"})
]
Percent = Annotated[int, msgspec.Meta(description="Percent of counted time.")]
Value = str | int | float | bool


class Base(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """What all parts share: strict, immutable, defaults left out of the canonical form."""


class RangeSource(Base, frozen=True, kw_only=True, omit_defaults=True):
    """A test of a number: between two bounds, both included."""

    at_least: float | None = None
    at_most: float | None = None


Test = Value | list[Value] | RangeSource


class CalendarSource(Base, frozen=True, kw_only=True, omit_defaults=True):
    """Opening hours. open_dates beat holidays beat weekly; each replaces only the intervals that begin on its date (P3, P4)."""

    title: Text | None = None
    time_zone: Text | None = None
    weekly: dict[str, list[IntervalText]] = {}
    holidays: list[DateText] = []
    open_dates: dict[DateText, list[IntervalText]] = {}


class QueueSource(Base, frozen=True, kw_only=True, omit_defaults=True):
    """How calls and chats of a queue are counted; what is left out is as in `default`."""

    answer_within: list[Duration] | None = None
    short_abandon: Duration | None = None
    calendar: Name | None = None
    max_wait: Duration | None = None


class TriggerSource(Base, frozen=True, kw_only=True, omit_defaults=True):
    """A moment whose event passes all tests."""

    on: str
    where: dict[str, Test] = {}


# Plain text here: msgspec 0.22 frees memory twice when a union holds both text with a pattern and a list.
Triggers = str | TriggerSource | list[str | TriggerSource]


class PauseSource(Base, frozen=True, kw_only=True, omit_defaults=True):
    """Which reasons pause the clock, and how much counted time each may take per cycle (P11)."""

    reasons: list[Text]
    caps: dict[str, Duration] = {}


class RuleSource(Base, frozen=True, kw_only=True, omit_defaults=True):
    """One row of a clock; the first whose tests all pass decides. `target: none` promises nothing."""

    when: dict[str, Test] = {}
    target: TargetText
    calendar: Name | None = None
    severity: Severity | None = None
    source: Text | None = None


class ClockSource(Base, frozen=True, kw_only=True, omit_defaults=True):
    """One kind of promise: when it starts and stops, what pauses and cancels it, and what is promised to whom."""

    title: Text | None = None
    families: list[Family] | None = None
    start: Triggers
    stop: Triggers
    cancel: Triggers = "cancelled"
    pause: PauseSource | None = None
    reopen: Reopen = "first"
    levels: list[Percent] | None = None
    calendar: Name = "always"
    severity: Severity = "critical"
    rules: list[RuleSource]


class BurnSource(Base, frozen=True, kw_only=True, omit_defaults=True):
    """Two windows that must both burn faster than `rate`, or spend more than `share` of the budget in the long one."""

    long: LongDuration
    short: LongDuration
    rate: Annotated[float, msgspec.Meta(gt=0)] | None = None
    share: Annotated[float, msgspec.Meta(gt=0, le=1)] | None = None
    severity: Severity = "critical"


class BudgetSource(Base, frozen=True, kw_only=True, omit_defaults=True):
    """An error budget: what may be missed over the window. Without `burns` the burn rates follow from target and window."""

    burns: list[BurnSource] | None = None


class ObjectiveSource(Base, frozen=True, kw_only=True, omit_defaults=True):
    """A promised value of an indicator over a rolling window; exactly one of at_least and at_most.

    `by`: each value of a facet by itself (or only those named), or compared by `spread.` and `gap.` (`of` against `against`).
    `budget`: judged by how fast the error budget is spent. `baseline`: the time that a surge is measured by.
    """

    indicator: Text
    threshold: Duration | None = None
    scope: Scope = "queue"
    only: list[Text] | None = None
    window: LongDuration | None = None
    at_least: float | None = None
    at_most: float | None = None
    minimum_volume: Annotated[int, msgspec.Meta(ge=0)] = 20
    for_: Duration = msgspec.field(default="0s", name="for")
    hysteresis: Annotated[float, msgspec.Meta(ge=0)] = 0.0
    calendar: Name | None = None
    severity: Severity = "warning"
    source: Text | None = None
    by: Text | None = None
    of: str | list[str] | None = None
    against: str | list[str] | None = None
    baseline: LongDuration | None = None
    budget: BudgetSource | None = None


class StepSource(Base, frozen=True, kw_only=True, omit_defaults=True):
    """One step of a ladder: who is told, how long after the breach, how often again until somebody acknowledges (R64)."""

    notify: list[Name]
    after: Duration = "0s"
    repeat: Duration | None = None


class LadderSource(Base, frozen=True, kw_only=True, omit_defaults=True):
    """Who is told of an alert; the first ladder whose tests of the alert's labels all pass (R64, R65)."""

    when: dict[str, Test] = {}
    steps: list[StepSource]
    quiet: Name | None = None


class ReceiverSource(Base, frozen=True, kw_only=True, omit_defaults=True):
    """Where a message goes; addresses and secrets are settings, named here and never written here."""

    kind: Literal["alertmanager", "pagerduty", "webhook", "apprise", "mail", "log"]
    url_setting: Text | None = None
    secret_setting: Text | None = None
    language: Literal["en", "zh"] = "en"
    on_unknown: Literal["repeat", "skip"] = "repeat"


class PrivacySource(Base, frozen=True, kw_only=True, omit_defaults=True):
    """How customers are kept unrecognisable (R80)."""

    customer_keys: Literal["arrive_hashed", "hash_here"] = "arrive_hashed"
    hash_key_setting: Text | None = None
    withhold: list[Text] = []


class KeepSource(Base, frozen=True, kw_only=True, omit_defaults=True):
    """How long a closed contact is remembered."""

    call: LongDuration | None = None
    chat: LongDuration | None = None
    workorder: LongDuration | None = None


class LimitsSource(Base, frozen=True, kw_only=True, omit_defaults=True):
    """Bounds of memory, trust and labels."""

    keep_closed: KeepSource = KeepSource()
    follow_up: LongDuration | None = None
    events: Annotated[int, msgspec.Meta(ge=10, le=10_000)] | None = None
    future: Duration | None = None
    future_reject: Duration | None = None
    keep_ended_alerts: LongDuration | None = None
    scopes: list[Scope] | None = None
    dimensions: list[Text] | None = None


class PolicySource(Base, frozen=True, kw_only=True, omit_defaults=True):
    """A service-level policy: opening hours, how queues are counted, clocks, objectives, and who is told."""

    title: Text | None = None
    version: Text | None = None
    effective_from: InstantText | None = None
    applies_to: Literal["new", "open"] = "new"
    time_zone: Text = "UTC"
    calendars: dict[Name, CalendarSource] = {}
    queues: dict[QueueName, QueueSource] = {}
    clocks: dict[Name, ClockSource] = {}
    objectives: dict[Name, ObjectiveSource] = {}
    ladders: dict[Name, LadderSource] = {}
    receivers: dict[Name, ReceiverSource] = {}
    privacy: PrivacySource = PrivacySource()
    limits: LimitsSource = LimitsSource()
