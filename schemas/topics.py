"""The topics of the product by logical name; a deployment may put a prefix before each (``SLA_TOPIC_PREFIX``)."""

from typing import Final, Literal

import msgspec

from schemas.events.base import Family

CALLS: Final = "sla.calls"
CHATS: Final = "sla.chats"
WORK_ORDERS: Final = "sla.work-orders"
COMMANDS: Final = "sla.commands"
POLICIES: Final = "sla.policies"
CONTACTS_TICKS: Final = "sla.contacts-ticks"
QUEUE_PANES: Final = "sla.queue-panes"
CUSTOMER_CONTACTS: Final = "sla.customer-contacts"
VERDICTS: Final = "sla.verdicts"
ALERTS: Final = "sla.alerts"
DEAD_LETTERS: Final = "sla.dead-letters"

SOURCE_TOPICS: Final[dict[str, Family]] = {CALLS: "call", CHATS: "chat", WORK_ORDERS: "workorder"}


class TopicSpec(msgspec.Struct, frozen=True, kw_only=True):
    """How ``sla-monitor topics`` creates a topic. ``retention_seconds`` None keeps records for ever (compacted topics)."""

    name: str
    role: Literal["source", "tick", "internal", "output", "command"]
    cleanup: Literal["delete", "compact"]
    retention_seconds: int | None
    log_append_time: bool = False
    help: str


_DAY: Final = 86_400

TOPICS: Final[tuple[TopicSpec, ...]] = (
    TopicSpec(name=CALLS, role="source", cleanup="delete", retention_seconds=7 * _DAY, help="call events, key = contact id"),
    TopicSpec(name=CHATS, role="source", cleanup="delete", retention_seconds=7 * _DAY, help="chat events, key = contact id"),
    TopicSpec(name=WORK_ORDERS, role="source", cleanup="delete", retention_seconds=7 * _DAY, help="work-order events, key = contact id"),
    TopicSpec(
        name=CONTACTS_TICKS,
        role="tick",
        cleanup="delete",
        retention_seconds=_DAY,
        log_append_time=True,
        help="ticks of the contacts shards",
    ),
    TopicSpec(name=QUEUE_PANES, role="internal", cleanup="delete", retention_seconds=7 * _DAY, help="panes, presence and watermarks, key = pane"),
    TopicSpec(
        name=CUSTOMER_CONTACTS,
        role="internal",
        cleanup="delete",
        retention_seconds=7 * _DAY,
        help="contacts of known customers and watermarks, key = family|contact, partition by customer key",
    ),
    TopicSpec(name=VERDICTS, role="output", cleanup="compact", retention_seconds=None, help="every verdict, key = contact|clock|cycle"),
    TopicSpec(name=ALERTS, role="output", cleanup="compact", retention_seconds=None, help="every alert, key = alert id"),
    TopicSpec(name=DEAD_LETTERS, role="output", cleanup="delete", retention_seconds=14 * _DAY, help="refused records with their reason"),
    TopicSpec(name=COMMANDS, role="command", cleanup="delete", retention_seconds=7 * _DAY, help="acknowledge, silence, exempt, repair"),
    TopicSpec(name=POLICIES, role="command", cleanup="compact", retention_seconds=None, help="policy versions"),
)
