"""What a plan makes of each kind of event, found out once: the attributes it carries and the moments it is."""

from collections.abc import Callable
from operator import attrgetter
from typing import Final

import msgspec

from monitor.contacts.life.feedback import Tally, tally_of
from monitor.contacts.life.serving import MOVES, SERVES
from monitor.contacts.plan import MomentPlan, Plan
from monitor.policy.model import Scalar
from schemas.events import CALL_EVENTS, CHAT_EVENTS, SHARED_EVENTS, WORKORDER_EVENTS, EventData, Family, event_name
from schemas.events.shared import CallbackAttempted, CallbackDone, CoachingDone, QcScored, SurveyScored
from schemas.events.workorder import WorkOrderClosed, WorkOrderNodeLeft, WorkOrderPaused, WorkOrderResolved, WorkOrderResultReturned, WorkOrderResumed

FOLLOW_UPS: Final[frozenset[type[EventData]]] = frozenset({SurveyScored, QcScored, CoachingDone, CallbackAttempted, CallbackDone})
"""Events that may come long after a contact was forgotten; alone they open a follow-up (design §4)."""

_REOPENS: Final = frozenset({"chat.reopened", "workorder.reopened"})
_PAUSES: Final = frozenset({WorkOrderPaused, WorkOrderResumed, WorkOrderResolved, WorkOrderClosed})
_LEAVES: Final[dict[type[EventData], str]] = {WorkOrderNodeLeft: "node", WorkOrderResultReturned: "dept"}
"""Events that name whom the order leaves: it is no longer there, so they say nothing about where it is."""

_OF_FAMILY: Final[dict[Family, tuple[type[EventData], ...]]] = {
    "call": (*CALL_EVENTS, *SHARED_EVENTS),
    "chat": (*CHAT_EVENTS, *SHARED_EVENTS),
    "workorder": (*WORKORDER_EVENTS, *SHARED_EVENTS),
}


class Step(msgspec.Struct, frozen=True):
    """One kind of event of one family. ``values`` gives what it says of ``fields``; where that is ``silent`` it says nothing.

    ``serves``: a human serves the contact by it, or it tells how that ended; ``moves``: the contact may be elsewhere after it.
    ``hands_over``: it can bring the contact to another holder (P15); ``idle``: by itself it does nothing to any clock.
    """

    name: str
    fields: tuple[str, ...]
    values: Callable[[EventData], tuple[Scalar | None, ...]]
    silent: tuple[None, ...]
    matched_on: frozenset[str]
    moments: tuple[MomentPlan, ...]
    follows_up: bool
    reopens: bool
    pauses: bool
    tally: Tally | None = None
    serves: bool = False
    moves: bool = False
    hands_over: bool = False
    idle: bool = False


Steps = dict[type[EventData], Step]


def steps_of(plan: Plan) -> dict[Family, Steps]:
    """The steps of every family."""
    return {family: {kind: _step(plan, family, kind) for kind in kinds} for family, kinds in _OF_FAMILY.items()}


def _step(plan: Plan, family: Family, kind: type[EventData]) -> Step:
    name = event_name(kind)
    fields = tuple(field for field in kind.__struct_fields__ if field in plan.carried and _LEAVES.get(kind) != field)
    of_family = plan.families[family]
    found = of_family.moments.get(name)
    reopens, pauses, hands_over = name in _REOPENS, kind in _PAUSES, not of_family.held_by.isdisjoint(fields)
    return Step(
        name=name,
        fields=fields,
        values=attrgetter(*fields),
        silent=(None,) * len(fields),
        matched_on=of_family.matched_on,
        moments=() if found is None else (found,),
        follows_up=kind in FOLLOW_UPS,
        reopens=reopens,
        pauses=pauses,
        tally=tally_of(plan.policy, kind),
        serves=kind in SERVES,
        moves=kind in MOVES,
        hands_over=hands_over,
        idle=not of_family.order or not (found or reopens or pauses or hands_over),
    )
