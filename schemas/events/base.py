"""What every event may carry (requirements §0): the attributes that rules match on, and the order within one contact.

Kinds of text: a ``Name`` becomes part of keys and labels, so it holds no control character and no ``|``; an ``Identifier``
holds no control character; a ``ContactId`` is an ``Identifier`` without ``|`` (keys are joined with it); ``Text`` is free.
None of them may be blank. A ``Timestamp`` is an RFC 3339 date-time with a zone. msgspec checks lengths and
timestamps while it decodes; ``schemas.texts`` checks the rest, and the published JSON Schema says all of it.
"""

from typing import Annotated, Literal

import msgspec

from schemas.datetimes import DATE_TIME
from schemas.limits import ID_CHARACTERS, SEQUENCE_MAX, STRING_CHARACTERS

_CONTROL = r"\u0000-\u001f\u007f-\u009f\u2028\u2029"

Text = Annotated[str, msgspec.Meta(min_length=1, max_length=STRING_CHARACTERS, extra_json_schema={"pattern": r"\S"})]
Name = Annotated[
    str, msgspec.Meta(min_length=1, max_length=STRING_CHARACTERS, extra_json_schema={"pattern": rf"^[^|{_CONTROL}]*[^\s|{_CONTROL}][^|{_CONTROL}]*$"})
]
Identifier = Annotated[
    str, msgspec.Meta(min_length=1, max_length=ID_CHARACTERS, extra_json_schema={"pattern": rf"^[^{_CONTROL}]*[^\s{_CONTROL}][^{_CONTROL}]*$"})
]
ContactId = Annotated[
    str, msgspec.Meta(min_length=1, max_length=ID_CHARACTERS, extra_json_schema={"pattern": rf"^[^|{_CONTROL}]*[^\s|{_CONTROL}][^|{_CONTROL}]*$"})
]
Timestamp = Annotated[str, msgspec.Meta(pattern=DATE_TIME, max_length=40, extra_json_schema={"format": "date-time"})]
Sequence = Annotated[int, msgspec.Meta(ge=0, le=SEQUENCE_MAX)]

Family = Literal["call", "chat", "workorder"]
Channel = Literal["hotline", "app", "wechat", "mini_program", "web", "social", "email", "store", "kiosk", "enterprise", "other"]
RequestType = Literal["enquiry", "fault", "complaint", "business"]
RequestSubtype = Literal["tariff", "business_rules", "network", "terminal", "service", "tariff_dispute", "new_install", "removal", "other"]
Priority = Literal["critical", "high", "normal", "low"]
VipTier = Literal["enterprise", "contract", "vip", "standard"]


class EventData(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False, tag_field="type"):
    """Attributes that every event of every family may carry; an absent one says nothing about the contact.

    ``support_line`` is 1 or 2 (R62), ``service_key`` the hashed access line, ``automatic`` says that no human did it,
    ``sequence`` orders events of one contact and decides between corrections (P31).
    """

    sequence: Sequence | None = None
    customer_key: Identifier | None = None
    problem_key: Identifier | None = None
    request_type: RequestType | None = None
    request_subtype: RequestSubtype | None = None
    priority: Priority | None = None
    vip_tier: VipTier | None = None
    region: Name | None = None
    queue: Name | None = None
    channel: Channel | None = None
    origin_contact_id: ContactId | None = None
    origin_ended_at: Timestamp | None = None
    requested_at: Timestamp | None = None
    automatic: bool = False
    agent_id: Identifier | None = None
    support_line: Annotated[int, msgspec.Meta(ge=1, le=9)] | None = None
    service_key: Identifier | None = None
