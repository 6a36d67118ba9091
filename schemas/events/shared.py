"""Events that every family has: ``cc.call.cancelled.v1``, ``cc.chat.cancelled.v1`` and ``cc.workorder.cancelled.v1`` are one type here."""

from typing import Literal

from schemas.events.base import ContactId, EventData, Text, Timestamp


class Cancelled(EventData, frozen=True, kw_only=True, omit_defaults=True, tag="cancelled"):
    """The contact is void: withdrawn, a duplicate of ``merged_into``, or created in error."""

    reason: Literal["withdrawn", "duplicate", "created_in_error"]
    merged_into: ContactId | None = None


class Reclassified(EventData, frozen=True, kw_only=True, omit_defaults=True, tag="reclassified"):
    """Request type, sub-type or problem changed; carries the new ones (P14)."""


class PriorityChanged(EventData, frozen=True, kw_only=True, omit_defaults=True, tag="priority_changed"):
    """The priority changed; carries the new one (P14)."""


class VipChanged(EventData, frozen=True, kw_only=True, omit_defaults=True, tag="vip_changed"):
    """The customer tier changed; carries the new one (P14)."""


class SurveyScored(EventData, frozen=True, kw_only=True, omit_defaults=True, tag="survey_scored"):
    """A customer answered a survey (R7, R26-R28); the score lies on the scale."""

    instrument: Text
    scale_min: float
    scale_max: float
    score: float

    def __post_init__(self) -> None:
        if not self.scale_min <= self.score <= self.scale_max or self.scale_min == self.scale_max:
            raise ValueError("expected scale_min <= score <= scale_max and a scale of more than one value")


class QcScored(EventData, frozen=True, kw_only=True, omit_defaults=True, tag="qc_scored"):
    """Quality control judged one dimension of the contact (R8, R29)."""

    dimension: Text
    passed: bool


class CoachingDone(EventData, frozen=True, kw_only=True, omit_defaults=True, tag="coaching_done"):
    """The coaching after a failed quality check took place (R8)."""


class CallbackAttempted(EventData, frozen=True, kw_only=True, omit_defaults=True, tag="callback_attempted"):
    """A call-back was tried."""

    outcome: Literal["reached", "no_answer", "busy", "wrong_number", "refused", "other"]


class CallbackDone(EventData, frozen=True, kw_only=True, omit_defaults=True, tag="callback_done"):
    """A call-back reached the customer (R7, R10, R86); ``dedicated``: by the customer's own agent."""

    dedicated: bool = False
    kind: Literal["dissatisfied", "repair", "aftersale", "other"] | None = None


class KeywordHit(EventData, frozen=True, kw_only=True, omit_defaults=True, tag="keyword_hit"):
    """A watched word was said or written (R72)."""

    keyword: Text


class DeadlineTold(EventData, frozen=True, kw_only=True, omit_defaults=True, tag="deadline_told"):
    """The customer was told a date (R70)."""

    due_at: Timestamp | None = None


class SatisfactionAsked(EventData, frozen=True, kw_only=True, omit_defaults=True, tag="satisfaction_asked"):
    """The customer was asked whether they are satisfied (R70)."""


class StillOpen(EventData, frozen=True, kw_only=True, omit_defaults=True, tag="still_open"):
    """Reconciliation: the source says that this contact is open now (P29)."""


SHARED_EVENTS = (
    Cancelled, Reclassified, PriorityChanged, VipChanged, SurveyScored, QcScored, CoachingDone, CallbackAttempted,
    CallbackDone, KeywordHit, DeadlineTold, SatisfactionAsked, StillOpen,
)  # fmt: skip
