"""What every event may carry (requirements §0): the attributes that rules match on, and the order within one contact."""

from typing import Annotated, Literal

import msgspec

Text = Annotated[str, msgspec.Meta(min_length=1, max_length=256)]
Identifier = Annotated[str, msgspec.Meta(min_length=1, max_length=128)]
Timestamp = Annotated[str, msgspec.Meta(pattern=r"^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$", max_length=40)]

Family = Literal["call", "chat", "workorder"]
Channel = Literal["hotline", "app", "wechat", "mini_program", "web", "social", "email", "store", "kiosk", "enterprise", "other"]
RequestType = Literal["enquiry", "fault", "complaint", "business"]
RequestSubtype = Literal["tariff", "business_rules", "network", "terminal", "service", "tariff_dispute", "new_install", "removal", "other"]
Priority = Literal["critical", "high", "normal", "low"]
VipTier = Literal["enterprise", "contract", "vip", "standard"]


class EventData(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="type"):
    """Attributes that every event of every family may carry; an absent one says nothing about the contact.

    ``support_line`` is 1 or 2 (R62), ``service_key`` the hashed access line, ``automatic`` says that no human did it,
    ``sequence`` orders events of one contact and decides between corrections (P31).
    """

    sequence: int | None = None
    customer_key: Identifier | None = None
    problem_key: Identifier | None = None
    request_type: RequestType | None = None
    request_subtype: RequestSubtype | None = None
    priority: Priority | None = None
    vip_tier: VipTier | None = None
    region: Text | None = None
    queue: Text | None = None
    channel: Channel | None = None
    origin_contact_id: Identifier | None = None
    origin_ended_at: Timestamp | None = None
    requested_at: Timestamp | None = None
    automatic: bool = False
    agent_id: Identifier | None = None
    support_line: Annotated[int, msgspec.Meta(ge=1, le=9)] | None = None
    service_key: Identifier | None = None
