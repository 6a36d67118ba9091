"""The policy language as typed data: what a policy file may say, before names are resolved (design §9).

Every struct refuses unknown fields. Docstrings and descriptions become the JSON Schema that editors use.
"""

from typing import Annotated, Literal

import msgspec

from monitor.policy.durations import Duration, LongDuration, TargetText
from monitor.policy.flow_source import FlowSource, SurveySource
from monitor.policy.model import Reopen, Scope
from monitor.policy.terms import (
    Base,
    DateText,
    InstantText,
    IntervalText,
    Name,
    Percent,
    QueueName,
    Test,
    Text,
)
from monitor.policy.trigger_source import Triggers
from schemas.alerts import Severity
from schemas.events import Family


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


class ObjectiveSource(Base, frozen=True, kw_only=True, omit_defaults=True):
    """A promised value of an indicator over a rolling window; exactly one of at_least and at_most."""

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
    solved_window: LongDuration | None = None


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
    flows: dict[Name, FlowSource] = {}
    surveys: dict[Name, SurveySource] = {}
    qc_dimensions: list[Name] = []
