"""What events say in few bytes: field names and the words of the contract as small numbers.

The tables are part of what is stored: they only ever grow at their ends (contract v1), and names that are in none stay as they are.
"""

from functools import lru_cache
from typing import Final, cast

import msgspec

from schemas.events import CALL_EVENTS, CHAT_EVENTS, SHARED_EVENTS, WORKORDER_EVENTS, EventData, event_name

Value = str | int | float | bool
Body = dict[int | str, Value]
"""Fields by number (by name where they have none), with contract words as negative numbers: no field holds one of its own."""

_GROUP: Final = 32
"""Codes of one group of event types; each group only ever grows at its end."""

_KINDS: Final[dict[int, type[EventData]]] = {
    group * _GROUP + n: kind
    for group, kinds in enumerate((CALL_EVENTS, CHAT_EVENTS, WORKORDER_EVENTS, SHARED_EVENTS))
    for n, kind in enumerate(cast(tuple[type[EventData], ...], kinds))
}
_CODES: Final = {event_name(kind): code for code, kind in _KINDS.items()}

_FIELDS: Final = (
    "queue", "channel", "region", "customer_key", "priority", "vip_tier", "request_type", "agent_id", "automatic", "support_line",
    "request_subtype", "reason", "problem_key", "sequence", "dept", "node", "public", "author_kind", "bot", "origin_contact_id",
    "origin_ended_at", "requested_at", "service_key", "first_queued_at", "short_abandon_seconds", "outcome", "to_queue", "due_at",
    "location", "symptom", "impact_scope", "parent_incident", "complaint_reason", "error_kind", "from_line", "to_line", "merged_into",
    "instrument", "scale_min", "scale_max", "score", "dimension", "passed", "dedicated", "kind", "keyword",
)  # fmt: skip
_FIELD_CODES: Final = {name: code for code, name in enumerate(_FIELDS)}

_WORDS: Final = (
    "met", "breached", "cancelled", "retracted", "stopped_in_time", "stopped_late", "deadline_passed", "resolved", "firing", "critical",
    "warning", "info", "hotline", "app", "web", "wechat", "mini_program", "normal", "high", "low", "standard", "vip", "enterprise",
    "contract", "enquiry", "fault", "complaint", "business", "agent", "bot", "system", "human", "open", "running", "reopened",
    "no_longer_promised", "target_changed", "self_served", "hung_up", "no_such_cycle", "social", "email", "store", "kiosk", "other",
    "tariff", "business_rules", "network", "terminal", "service", "tariff_dispute", "new_install", "removal", "overflow", "voicemail",
    "transfer", "ivr", "closed", "withdrawn", "duplicate", "created_in_error", "reached", "no_answer", "busy", "wrong_number", "refused",
    "clock_skew", "expired",
)  # fmt: skip
_WORD_CODES: Final = {word: -1 - code for code, word in enumerate(_WORDS)}

_encode: Final = msgspec.msgpack.Encoder().encode
_fields: Final = msgspec.msgpack.Decoder(dict[str, Value]).decode


@lru_cache(maxsize=4096)
def shortened(data: bytes) -> tuple[int, Body]:
    """An event as it is kept, as the code of its type and what it says: not to be changed, since many events say the same."""
    fields = _fields(data)
    code = _CODES[str(fields.pop("type"))]
    return code, {_FIELD_CODES.get(name, name): _WORD_CODES.get(value, value) if type(value) is str else value for name, value in fields.items()}


def restored(code: int, body: Body) -> bytes:
    """The event as it was kept, byte for byte."""
    kind = _KINDS[code]
    fields: dict[str, Value] = {"type": event_name(kind)}
    for field, value in body.items():
        fields[field if isinstance(field, str) else _FIELDS[field]] = _WORDS[-1 - value] if type(value) is int and value < 0 else value
    return _encode(msgspec.convert(fields, kind))


def short_word(text: str) -> int | str:
    """A word of the contract as its number, any other text as it is."""
    return _WORD_CODES.get(text, text)


def word_of(short: int | str) -> str:
    """The text of which ``short_word`` made this."""
    return short if isinstance(short, str) else _WORDS[-1 - short]
