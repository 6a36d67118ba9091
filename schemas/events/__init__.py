"""Every event of contract v1 as msgspec structs; the tag is the event's name, ``call.answered``, or ``cancelled`` for shared ones.

On the wire ``ce_type`` is ``cc.<family>.<name>.v1``; ``EVENT_TYPES`` maps it to ``(family, struct)``.
"""

from typing import Final, cast

from schemas.events.base import EventData, Family
from schemas.events.call import CALL_EVENTS
from schemas.events.chat import CHAT_EVENTS
from schemas.events.shared import SHARED_EVENTS
from schemas.events.workorder import WORKORDER_EVENTS

__all__ = [
    "CALL_EVENTS",
    "CHAT_EVENTS",
    "EVENT_TYPES",
    "FAMILIES",
    "SHARED_EVENTS",
    "WORKORDER_EVENTS",
    "EventData",
    "Family",
    "event_name",
]

FAMILIES: Final[tuple[Family, ...]] = ("call", "chat", "workorder")


def event_name(data: type[EventData] | EventData) -> str:
    """The tag of an event: ``call.answered``, ``cancelled``."""
    return cast(str, data.__struct_config__.tag)


def _types() -> dict[str, tuple[Family, type[EventData]]]:
    own: dict[str, tuple[Family, type[EventData]]] = {}
    for family, structs in zip(FAMILIES, (CALL_EVENTS, CHAT_EVENTS, WORKORDER_EVENTS), strict=True):
        own |= {f"cc.{event_name(struct)}.v1": (family, struct) for struct in structs}
        own |= {f"cc.{family}.{event_name(struct)}.v1": (family, struct) for struct in SHARED_EVENTS}
    return own


EVENT_TYPES: Final = _types()
