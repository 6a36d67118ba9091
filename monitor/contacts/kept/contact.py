"""What is kept of one contact: its accepted events, the view folded from them, and what was published about it (design §4, §5).

The view is a function of the events, the policy and the timers that have fired; it can always be folded again. The
published ledger cannot: it says which versions the world has seen, and survives every fold.
"""

from typing import Final

import msgspec

from monitor.contacts.cycles.endings import EarlyStop
from monitor.contacts.flows.findings import Finding, Followed
from monitor.contacts.rulings.ruling import Ruling
from monitor.panes.where import NodePlace, Where
from schemas.alerts import Severity
from schemas.customers import ContactFacts
from schemas.events import Family
from schemas.instants import Instant

RUNNING: Final = 0
STOPPED: Final = 1
CANCELLED: Final = 2

NOWHERE: Final = Where()


class Stored(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One accepted event. ``at`` is when it takes effect; ``stated_at`` what its source said (0 if the same, P37)."""

    at: Instant
    sequence: int
    source: str
    id: str
    stated_at: Instant
    data: bytes


class Leg(msgspec.Struct, array_like=True, gc=False):
    """One wait in one queue. ``passed`` counts the Y values that went by while waiting; ``expired`` marks a ghost (P29)."""

    place: Where
    queued_at: Instant
    next_at: Instant = 0
    passed: int = 0
    seen_at: Instant = 0
    expired: bool = False


class Handling(msgspec.Struct, array_like=True, gc=False):
    """One conversation with staff: since when, and how much of it was hold."""

    place: Where
    since_at: Instant
    hold_since_at: Instant = 0
    hold_us: int = 0


class CallFlow(msgspec.Struct, array_like=True, tag=1, gc=False):
    """Where a call is: waiting (``leg``), talking (``handling``), in after-call work, in the voice menu (``…_since_at``).

    ``first_queued_at`` is when the customer began to wait, in whatever queue (P26, P27).
    """

    leg: Leg | None = None
    handling: Handling | None = None
    wrapup_since_at: Instant = 0
    wrapup_place: Where = NOWHERE
    direct_at: Instant = 0
    direct_source: str = ""
    ivr_since_at: Instant = 0
    ivr_place: Where | None = None
    first_queued_at: Instant = 0


class ChatFlow(msgspec.Struct, array_like=True, tag=2, gc=False):
    """Where a chat is (P17-P20): ``handed`` once a person was asked for, ``replied`` once one wrote."""

    leg: Leg | None = None
    handling: Handling | None = None
    bot: bool = False
    handed: bool = False
    replied: bool = False
    waiting: bool = False


class OrderFlow(msgspec.Struct, array_like=True, tag=3, gc=False):
    """Where a work order is; it never waits in a queue, but sits in a ``node`` of its flow and with a ``dept``.

    ``complaint`` is the place in which it is counted as one, ``solved`` where and when its solution is; ``resolved_at`` is its
    last resolve. ``void``: it was a duplicate or created in error.
    """

    settled: bool = False
    node: str = ""
    node_since_at: Instant = 0
    dept: str = ""
    dept_since_at: Instant = 0
    complaint: Where | None = None
    void: bool = False
    solved: tuple[Where, Instant] | None = None
    resolved_at: Instant = 0

    @property
    def leg(self) -> Leg | None:
        """None."""
        return None


class PauseSpan(msgspec.Struct, array_like=True, gc=False):
    """One pause of the history (P9); ``to_at`` 0 while it lasts."""

    from_at: Instant
    to_at: Instant
    reason: str


class Run(msgspec.Struct, array_like=True, gc=False):
    """One cycle of one clock. ``rule`` -1: nothing is promised now; ``last_rule`` is the last that promised.

    ``clock`` is the published name: of a clock kept per department or node ``<name>:<value>`` (P15), with the ``value`` beside it.
    ``next_at`` is its next timer, 0 for none; ``breach_at`` the deadline it missed, ``passed`` the levels that went by, ``closed``
    the stretches in which the contact was closed (P13), ``events`` the ids that shaped it after its start. ``promised_at`` is the
    instant that the starting event named, 0 if it named none; ``policy`` the number of
    the adopted version to which ``rule`` and ``last_rule`` belong; ``handed_to`` who held the contact next (P15).
    """

    clock: str
    cycle: str
    started_at: Instant
    rule: int = -1
    last_rule: int = -1
    state: int = RUNNING
    next_at: Instant = 0
    next_level: int = 0
    ended_at: Instant = 0
    reason: str = ""
    breach_at: Instant = 0
    breach_reason: str = ""
    breach_booked_at: Instant = 0
    deadline_at: Instant = 0
    elapsed_us: int = 0
    place: Where = NOWHERE
    passed: list[tuple[int, Instant]] = []
    closed: list[tuple[Instant, Instant]] = []
    events: list[str] = []
    value: str = ""
    promised_at: Instant = 0
    policy: int = 0
    handed_to: str = ""


class Service(msgspec.Struct, array_like=True, gc=False):
    """How our side served the contact (requirements §5.10). ``served_at`` is when a human first did, 0 if none did.

    ``place``, ``queue``, ``line`` and ``dept`` are those of the first service; ``left`` says that it went to others since, ``escalated``
    that an order went up a line. ``void``: created in error; ``merged_into``: the contact it duplicates. ``closures`` of an order are
    pairs of settled and reopened; ``lacking``: counted as served without a known problem.
    """

    served_at: Instant = 0
    place: Where = NOWHERE
    queue: str | None = None
    line: int | None = None
    dept: str | None = None
    left: bool = False
    escalated: bool = False
    void: bool = False
    merged_into: str = ""
    closures: list[tuple[Instant, Instant]] = []
    lacking: bool = False


class View(msgspec.Struct, array_like=True, gc=False):
    """The folded state. ``fired_at`` is the latest timer that went by: an event not after it needs a new fold.

    ``early`` holds, per clock, a stop before the first start.
    """

    attributes: dict[str, str | int | float | bool] = {}
    flow: CallFlow | ChatFlow | OrderFlow | None = None
    runs: list[Run] = []
    pauses: list[PauseSpan] = []
    opened_at: Instant = 0
    closed_at: Instant = 0
    closed_place: Where = NOWHERE
    fired_at: Instant = 0
    follow_up: bool = True
    followed: list[Followed] = []
    findings: list[Finding] = []
    service: Service | None = None
    early: dict[str, EarlyStop] = {}


class Published(msgspec.Struct, array_like=True, gc=False):
    """What the world was told about one cycle: the last verdict and the state of its alert and level alerts.

    ``paused``: that its firing alert is, ``true`` or until when. ``command``: which one ruled the verdict.
    """

    clock: str
    cycle: str
    version: int = 0
    verdict: str = ""
    reason: str = ""
    started_at: Instant = 0
    target_us: int = 0
    elapsed_us: int = 0
    deadline_at: Instant = 0
    decided_at: Instant = 0
    severity: Severity = "critical"
    detected_late: bool = False
    alert_state: str = ""
    alert_version: int = 0
    levels: dict[int, tuple[str, int, Instant]] = {}
    breached_at: Instant = 0
    paused: str = ""
    command: str = ""


class Summary(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What ``/metrics`` and a restart need to know without reading the whole contact."""

    kept: int = 1
    open: int = 0
    running: int = 0
    breached: tuple[int, int, int] = (0, 0, 0)
    unjudged: int = 0
    waiting_at: Where | None = None
    waiting_since_at: Instant = 0
    node: str = ""
    node_since_at: Instant = 0
    untold: int = 0


class Told(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What the customers shards know of a contact: which of them, and a digest of what was said."""

    partition: int
    digest: bytes


NOTHING: Final = Summary(kept=0)

Waiting = tuple[Where | NodePlace, Instant]
"""Where and since when a contact waits: in a queue, or, an order, in a node of its flow (R75)."""


class Contact(msgspec.Struct, gc=False):
    """One contact in memory.

    ``pushed_at`` is the earliest entry of the deadline heap that is known to exist for it, ``shown`` the wait that presence shows,
    ``lineage`` the policy versions it is under (``monitor.contacts.versions``; empty: the first alone), ``rulings`` what people
    ruled over its cycles.
    ``told`` what the customers shards were told, ``said`` the same in full if it was said since the contact was read, ``untold``
    whether there may be more to tell.
    """

    id: str
    family: Family
    events: list[Stored]
    view: View
    ledger: list[Published]
    next_at: Instant = 0
    publish_at: Instant = 0
    pushed_at: Instant = 0
    unjudged: bool = False
    summary: Summary = NOTHING
    shown: Waiting | None = None
    lineage: tuple[tuple[Instant, int], ...] = ()
    rulings: list[Ruling] = []
    told: Told | None = None
    said: ContactFacts | None = None
    untold: bool = False

    @property
    def last_at(self) -> Instant:
        """When the latest accepted event happened."""
        return self.events[-1].at if self.events else self.view.opened_at
