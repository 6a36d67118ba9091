"""What ``explain`` and ``GET /api/v1/contacts/…/explanation`` answer: a contact's timeline and every cycle of its clocks, as data.

Made on demand, never published. Instants are RFC 3339 UTC text; ``time_zone`` is the policy's, in which people read them.
Attributes are those that rules match on and tables split by: no customer, no person, no free text (R80). Who ruled over a cycle, and
why, is told as the command says it: staff, never a customer.
"""

from typing import Literal

import msgspec

from schemas.alerts import Explanation, RuledBy, Severity, VerdictState, Wanted
from schemas.events.base import Family

Value = str | int | float | bool

DeedKind = Literal[
    "started",
    "unpromised",
    "stopped",
    "cancelled",
    "reopened",
    "rule_changed",
    "no_longer_promised",
    "level",
    "breached",
    "paused",
    "pauses_nothing",
    "resumed",
    "closed",
    "opened_again",
    "counted",
]
RuleFate = Literal["matched", "failed", "promises_nothing"]


class Deed(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing that an event, or the passing of time, did.

    ``clocks`` are those a pause stops; ``reason`` is that of the pause or cancel, or says that a clock stopped at a
    hand-over (``handed_over``, ``left``); ``counter`` and ``amount`` are what was
    counted, in the interval of ``counted_at`` (P28).
    """

    what: DeedKind
    clock: str = ""
    cycle: str = ""
    clocks: tuple[str, ...] = ()
    reason: str = ""
    percent: int | None = None
    rule: str = ""
    counter: str = ""
    amount: int = 0
    counted_at: str | None = None


class TimelineEntry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One event of the contact, or with an empty ``type`` the passing of time.

    With type ``policy.switched`` the contact came under another version: ``policy`` and its ``policy_titles`` (P14).
    ``stated_at`` is what the source said where that lay in the future (P37); ``sets`` are the attributes that changed.
    """

    at: str
    type: str = ""
    event: str = ""
    source: str = ""
    stated_at: str | None = None
    sets: dict[str, Value] = {}
    did: tuple[Deed, ...] = ()
    policy: str = ""
    policy_titles: dict[str, str] = {}


class FailedTest(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A test that did not pass, and the value the contact had (None: none)."""

    wanted: Wanted
    value: Value | None = None


class RuleTried(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One rule in the order of the policy, up to the one that decided; ``not_during`` and ``not_outside`` are periods of the start.

    ``period_titles`` are theirs, by name.
    """

    rule: str
    source: str = ""
    target: str
    fate: RuleFate
    failed: tuple[FailedTest, ...] = ()
    not_during: tuple[str, ...] = ()
    not_outside: tuple[str, ...] = ()
    period_titles: dict[str, dict[str, str]] = {}


class Matching(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The rules of a clock as they were matched at one instant, because of one event (P12, P14)."""

    at: str
    event: str
    rules: tuple[RuleTried, ...]


class CycleExplanation(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One cycle of one clock; ``explanation`` is None where no rule ever promised anything. ``calendar_titles`` are those of its calendar.

    ``version`` is that of the published verdict, 0 while none was; ``remaining_seconds`` is the counted time left. With ``ruled`` a
    person decided ``verdict``; ``explanation`` then says what the events alone give, or, where a repair judged again under another
    policy, what they give under that one (``policy_titles``), and ``unruled`` what they give under the contact's own (P7).
    """

    clock: str
    titles: dict[str, str] = {}
    cycle: str
    started_by: str = ""
    ended_by: str = ""
    started_at: str
    verdict: VerdictState | Literal["unpromised"]
    reason: str
    severity: Severity | None = None
    version: int = 0
    detected_late: bool = False
    alert: str = ""
    target_seconds: float | None = None
    elapsed_seconds: float | None = None
    remaining_seconds: float | None = None
    late_seconds: float | None = None
    paused_seconds: float = 0
    matchings: tuple[Matching, ...] = ()
    explanation: Explanation | None = None
    ruled: RuledBy | None = None
    unruled: Explanation | None = None
    policy_titles: dict[str, str] = {}
    calendar_titles: dict[str, str] = {}


class FindingExplanation(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a flow rule found (R14, R30, R66, R70): at which event, why, and the same as a sentence in each language."""

    rule: str
    titles: dict[str, str] = {}
    at: str
    event: str
    reason: str
    sentences: dict[str, str]
    ended_at: str | None = None


class RefusedRecord(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A record that became a dead letter, with its reason; ``line`` where it came from a file."""

    reason: str
    detail: str
    path: str = ""
    contact: str = ""
    line: int | None = None


class ContactExplanation(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One contact as of ``t``, the instant that is judged.

    ``clock_titles`` are those of clocks whose cycles were left out, since only some were asked for: the timeline names them too.
    """

    contact: str
    family: Family
    t: str
    policy: str
    policy_titles: dict[str, str] = {}
    time_zone: str
    attributes: dict[str, Value] = {}
    closed_at: str | None = None
    unjudged: bool = False
    timeline: tuple[TimelineEntry, ...] = ()
    cycles: tuple[CycleExplanation, ...] = ()
    findings: tuple[FindingExplanation, ...] = ()
    clock_titles: dict[str, dict[str, str]] = {}


class Explanations(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What ``sla-monitor explain`` prints with ``--output json``: the contacts asked for, and what was refused."""

    contacts: tuple[ContactExplanation, ...]
    refused: tuple[RefusedRecord, ...] = ()
