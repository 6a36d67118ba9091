"""The policy language as typed data: what a policy file may say, before names are resolved (design §9).

Every struct refuses unknown fields. Docstrings and descriptions become the JSON Schema that editors use.
"""

from typing import Annotated, Literal

import msgspec

from monitor.policy.customers import CustomersSource
from monitor.policy.durations import Duration, LongDuration, TargetText
from monitor.policy.flow_source import FlowSource, SurveySource
from monitor.policy.model import Language, PerField, Reopen, Scope
from monitor.policy.terms import (
    Base,
    DateText,
    InstantText,
    IntervalText,
    Name,
    Names,
    Percent,
    QueueName,
    Test,
    Text,
    Title,
    YearNumber,
)
from monitor.policy.trigger_source import Triggers
from schemas.alerts import Severity
from schemas.events import Family


class CalendarSource(Base, frozen=True, kw_only=True, omit_defaults=True):
    """Opening hours. open_dates beat holidays beat weekly; each replaces only the intervals that begin on its date (P3, P4)."""

    title: Title | None = None
    time_zone: Text | None = None
    weekly: dict[str, list[IntervalText]] = {}
    holidays: list[DateText] = []
    open_dates: dict[DateText, list[IntervalText]] = {}
    no_official_data: list[YearNumber] = []


class PeriodSource(Base, frozen=True, kw_only=True, omit_defaults=True):
    """A named stretch of time that rules and objectives ask for (R59, R60).

    Hours of a calendar, or whole local days in the policy's zone; perhaps only between two instants.
    """

    title: Title | None = None
    calendar: Name | None = None
    days_of_month: list[Annotated[int, msgspec.Meta(ge=1, le=31)] | Literal["last"]] | None = None
    dates: list[DateText] | None = None
    from_: InstantText | None = msgspec.field(default=None, name="from")
    until: InstantText | None = None


class QueueSource(Base, frozen=True, kw_only=True, omit_defaults=True):
    """How calls and chats of a queue are counted; what is left out is as in `default`."""

    answer_within: list[Duration] | None = None
    short_abandon: Duration | None = None
    calendar: Name | None = None
    max_wait: Duration | None = None


class PauseSource(Base, frozen=True, kw_only=True, omit_defaults=True):
    """Which reasons pause the clock, and how much counted time each may take per cycle (P11)."""

    reasons: list[Text]
    caps: dict[str, Duration] = {}


class RuleSource(Base, frozen=True, kw_only=True, omit_defaults=True):
    """One row of a clock; the first whose tests all pass decides. `target: none` promises nothing.

    Asked for at the cycle's start, not again: one of the periods `during` covers it, none of those `outside` does.
    """

    when: dict[str, Test] = {}
    during: Names | None = None
    outside: Names | None = None
    target: TargetText
    calendar: Name | None = None
    severity: Severity | None = None
    source: Text | None = None


class ClockSource(Base, frozen=True, kw_only=True, omit_defaults=True):
    """One kind of promise: when it starts and stops, what pauses and cancels it, and what is promised to whom.

    `per: dept` or `per: node`: cycles of its own for each value, as clock `<name>:<value>` (R57, P15). `mode`: holding ends a
    cycle when the value changes, first runs one cycle whoever holds the order (R66). `repeats`: a stop may start the next
    cycle (R67). `whole`: this clock is a link of that end-to-end clock (R13, R58).
    """

    title: Title | None = None
    families: list[Family] | None = None
    start: Triggers
    stop: Triggers
    cancel: Triggers = "cancelled"
    pause: PauseSource | None = None
    reopen: Reopen = "first"
    levels: list[Percent] | None = None
    calendar: Name = "always"
    severity: Severity = "critical"
    per: PerField | None = None
    mode: Literal["holding", "first"] | None = None
    repeats: bool = False
    whole: Name | None = None
    rules: list[RuleSource]


class CampaignClockSource(Base, frozen=True, kw_only=True, omit_defaults=True):
    """What a campaign promises on a clock; calendar and severity are the clock's own where a rule names none."""

    rules: list[RuleSource]


class ObjectiveOverrideSource(Base, frozen=True, kw_only=True, omit_defaults=True):
    """What a campaign changes of an objective while it lasts; the rest stays as it is."""

    at_least: float | None = None
    at_most: float | None = None
    window: LongDuration | None = None
    minimum_volume: Annotated[int, msgspec.Meta(ge=0)] | None = None


class CampaignSource(Base, frozen=True, kw_only=True, omit_defaults=True):
    """Other promises from one instant until another (R61): its rules stand before the clock's own for cycles that start in between."""

    title: Title | None = None
    from_: InstantText = msgspec.field(name="from")
    until: InstantText
    clocks: dict[Name, CampaignClockSource] = {}
    objectives: dict[Name, ObjectiveOverrideSource] = {}


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

    title: Title | None = None
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
    during: Names | None = None
    outside: Names | None = None
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
    facets: list[Text] | None = None
    solved_window: LongDuration | None = None


class PolicySource(Base, frozen=True, kw_only=True, omit_defaults=True):
    """A service-level policy: opening hours, how queues are counted, clocks, objectives, and who is told."""

    title: Title | None = None
    version: Text | None = None
    effective_from: InstantText | None = None
    applies_to: Literal["new", "open"] = "new"
    time_zone: Text = "UTC"
    language: Language = "en"
    calendars: dict[Name, CalendarSource] = {}
    periods: dict[Name, PeriodSource] = {}
    queues: dict[QueueName, QueueSource] = {}
    clocks: dict[Name, ClockSource] = {}
    campaigns: dict[Name, CampaignSource] = {}
    objectives: dict[Name, ObjectiveSource] = {}
    ladders: dict[Name, LadderSource] = {}
    receivers: dict[Name, ReceiverSource] = {}
    privacy: PrivacySource = PrivacySource()
    limits: LimitsSource = LimitsSource()
    flows: dict[Name, FlowSource] = {}
    surveys: dict[Name, SurveySource] = {}
    qc_dimensions: list[Name] = []
    customers: CustomersSource = CustomersSource()
