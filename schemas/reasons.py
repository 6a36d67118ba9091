"""Why a record is refused: a bounded set of reasons, each with its meaning and what the sending team does about it.

The same words go into dead letters, the ``reason`` label of ``sla_dead_letters_total``, logs and ``check-event``. Where a
record has several faults, the first in this order is named: key, value, envelope, attributes, type, time, body.
"""

from enum import StrEnum
from typing import Final

import msgspec


class Reason(StrEnum):
    """The bounded reasons of dead letters; ``REASONS`` explains each."""

    MALFORMED = "malformed"
    UNKNOWN_TYPE = "unknown_type"
    MISSING_ATTRIBUTE = "missing_attribute"
    BAD_TIME = "bad_time"
    CONTRACT = "contract"
    WRONG_PARTITION = "wrong_partition"
    MISSING_KEY = "missing_key"
    TOO_LARGE = "too_large"
    TOMBSTONE = "tombstone"
    WRONG_TOPIC = "wrong_topic"
    TOO_LATE = "too_late"
    TOO_MANY_EVENTS = "too_many_events"
    IN_FUTURE = "in_future"
    IMPOSSIBLE_ORDER = "impossible_order"
    CONFLICTING_DUPLICATE = "conflicting_duplicate"
    PROCESSOR_ERROR = "processor_error"


class ReasonHelp(msgspec.Struct, frozen=True):
    """One sentence on what a reason means, one on what the sending team does."""

    meaning: str
    advice: str


REASONS: Final[dict[Reason, ReasonHelp]] = {
    Reason.MALFORMED: ReasonHelp(
        "The record is not a CloudEvent in JSON: unreadable bytes, another specversion or another content type.",
        "Send CloudEvents 1.0 with a UTF-8 JSON object as body and content-type application/json or application/cloudevents+json.",
    ),
    Reason.UNKNOWN_TYPE: ReasonHelp(
        "The event type is not one of contract v1.",
        "Compare ce_type with the published list; types look like cc.call.answered.v1, in lower case.",
    ),
    Reason.MISSING_ATTRIBUTE: ReasonHelp(
        "One of the attributes specversion, id, source, type and time is absent or empty.",
        "Set all five: as ce_ headers in binary mode, as members of the envelope in structured mode.",
    ),
    Reason.BAD_TIME: ReasonHelp(
        "The event time is not an RFC 3339 date-time with a zone between the years 1970 and 2999.",
        "Send the instant at which it happened, like 2026-03-29T01:59:59.250Z or 2026-03-29T09:59:59+08:00.",
    ),
    Reason.CONTRACT: ReasonHelp(
        "The event is readable but breaks its schema: a field is missing, of another type, outside its values, or contradicts another.",
        "Correct the field at the given path; sla-monitor check-event shows every problem of an event at once.",
    ),
    Reason.WRONG_PARTITION: ReasonHelp(
        "The record lies in another partition than murmur2 of its key gives.",
        "Use the default partitioner of the Java client; librdkafka needs partitioner=murmur2_random.",
    ),
    Reason.MISSING_KEY: ReasonHelp(
        "The record has no key, so it belongs to no contact.",
        "Use the contact's id as record key (in structured files: as subject or partitionkey).",
    ),
    Reason.TOO_LARGE: ReasonHelp(
        "The value is above 64 KiB, an id above 128 characters, or a string above 256 characters.",
        "Send facts, not transcripts: leave texts, recordings and attachments out of the event.",
    ),
    Reason.TOMBSTONE: ReasonHelp(
        "The record has no value; events are facts and cannot be deleted.",
        "Send a cancelled event with reason created_in_error instead.",
    ),
    Reason.WRONG_TOPIC: ReasonHelp(
        "The event belongs to another family than its topic.",
        "Send cc.call.* to sla.calls, cc.chat.* to sla.chats, cc.workorder.* to sla.work-orders.",
    ),
    Reason.TOO_LATE: ReasonHelp(
        "The contact was closed and forgotten before the event came, so no verdict can change any more.",
        "Find out why the event came days late; its effect is a repair command if it matters.",
    ),
    Reason.TOO_MANY_EVENTS: ReasonHelp(
        "The contact already has as many events as the policy's limits.events keeps.",
        "Look for a loop that publishes again and again, or for one key that several contacts share.",
    ),
    Reason.IN_FUTURE: ReasonHelp(
        "The event time lies further ahead of the present than limits.future_reject_seconds.",
        "Synchronise the sender's clock and check its time zone: local time sent as UTC is the usual cause.",
    ),
    Reason.IMPOSSIBLE_ORDER: ReasonHelp(
        "Within one source the event's time contradicts the life of the contact, such as an end before its beginning.",
        "Send the time at which it happened, taken from one clock for all events of a contact.",
    ),
    Reason.CONFLICTING_DUPLICATE: ReasonHelp(
        "Another event with the same source and id but other content was accepted before, and neither has the higher sequence.",
        "Give every event its own id; to correct an event send it again with a higher sequence.",
    ),
    Reason.PROCESSOR_ERROR: ReasonHelp(
        "The monitor itself failed on this record and set it aside; its contact is unjudged.",
        "Nothing to do for the sender; the people who run the monitor find the error beside this position in the log.",
    ),
}


class Refused(Exception):
    """A record breaks the contract: ``reason`` is bounded, ``detail`` is for people, ``path`` points to the place.

    ``path`` is ``$.field`` inside a body or a structured event, ``ce_time`` or ``content-type`` for a header, ``key`` for the key.
    """

    def __init__(self, reason: Reason, detail: str, path: str = "") -> None:
        """Keep the parts for the dead letter."""
        super().__init__(reason, detail, path)
        self.reason, self.detail, self.path = reason, detail, path

    def __str__(self) -> str:
        return f"{self.reason}: {self.detail}" + (f" - at {self.path}" if self.path else "")
