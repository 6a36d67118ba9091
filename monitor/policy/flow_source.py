"""The ``flows`` section as written: what an order of events must look like (R14, R30, R63-R70, R72, R79)."""

from typing import Annotated, Literal

import msgspec

from monitor.policy.durations import Duration
from monitor.policy.terms import Base, Name, Test, Text, Title
from monitor.policy.trigger_source import Triggers
from schemas.alerts import Severity


class PartSource(Base, frozen=True, kw_only=True, omit_defaults=True):
    """A stage, or a thing that is required: it has happened once one of its moments has. `on` left out is the moment of this name."""

    name: Name
    on: Triggers | None = None
    title: Title | None = None


class HopSource(Base, frozen=True, kw_only=True, omit_defaults=True):
    """An escalation that is allowed, from one support line to another."""

    from_line: Annotated[int, msgspec.Meta(ge=1, le=9)]
    to_line: Annotated[int, msgspec.Meta(ge=1, le=9)]


class FlowSource(Base, frozen=True, kw_only=True, omit_defaults=True):
    """One rule about the order of events; it has exactly one of stages, require, within, path, bounce, watch and complete.

    `stages`: these happen before `by`, with `in_order: true` in this order. `require`: these have happened by `by`. `within`: the
    event `on` comes this soon after the instant `of` that it carries. `path`: the event `on` goes only from line to line as
    listed. `bounce`: describes the front line, to which, like to the previous holder, an order is not given back before
    `workorder.result_returned`. `watch`: events worth knowing. `complete`: fields that the event `on` carries.
    """

    title: Title | None = None
    when: dict[str, Test] = {}
    stages: list[PartSource] | None = None
    in_order: bool = False
    require: list[PartSource] | None = None
    by: Triggers | None = None
    within: Duration | None = None
    of: str | None = None
    path: list[HopSource] | None = None
    bounce: dict[str, Test] | None = None
    watch: Triggers | None = None
    present: list[Text] | None = None
    complete: list[Text] | None = None
    on: Triggers | None = None
    per: Literal["event", "contact"] = "event"
    group: Name | None = None
    alert: bool = True
    severity: Severity = "warning"
    source: Text | None = None


class SurveySource(Base, frozen=True, kw_only=True, omit_defaults=True):
    """One survey instrument: its scale, and from and up to which score a customer counts as satisfied and dissatisfied (R26-R28)."""

    scale: Annotated[list[float], msgspec.Meta(description="Lowest and highest score.", extra_json_schema={"minItems": 2, "maxItems": 2})]
    satisfied_at_least: float
    dissatisfied_at_most: float
