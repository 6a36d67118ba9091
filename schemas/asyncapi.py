"""The contract as AsyncAPI 3.0.0: a channel for each topic of the table, a message for each type, Kafka bindings.

Payloads refer to the JSON Schema files beside it; headers are those of CloudEvents in binary mode.
"""

from collections.abc import Mapping
from typing import Final

import msgspec

from schemas import topics
from schemas.cloudevents import ALERT_TYPE, DEAD_LETTER_TYPE, VERDICT_TYPE, decode_structured, encode_event
from schemas.events import EVENT_TYPES, Family
from schemas.json_schemas import OUTPUTS, Json, event_schema
from schemas.topics import TOPICS, TopicSpec

VERSION: Final = "3.0.0"
KAFKA_BINDING: Final = "0.5.0"
CONTRACT_VERSION: Final = "1.0.0"

_MESSAGES: Final[dict[str, tuple[str, ...]]] = {
    topics.CONTACTS_TICKS: ("tick",),
    topics.QUEUE_PANES: ("pane", "presence", "watermark"),
    topics.CUSTOMER_CONTACTS: ("customer-contact", "customer-contact-gone", "watermark"),
    topics.VERDICTS: ("verdict",),
    topics.ALERTS: ("alert",),
    topics.DEAD_LETTERS: ("dead-letter",),
    topics.COMMANDS: ("command",),
    topics.POLICIES: ("policy",),
}
_KEYS: Final = {
    "pane": "scope|dimensions|resolution|slot|processor|partition",
    "presence": "scope|dimensions|now|processor|partition",
    "watermark": "watermark|processor|partition",
    "customer-contact": "family|contact",
    "customer-contact-gone": "family|contact",
    "verdict": "contact|clock|cycle",
    "alert": "the alert's id",
    "dead-letter": "topic|partition|offset of the refused record",
    "command": "the command's id",
    "policy": "the policy's version",
    "tick": "none",
}
_OUTPUT_TYPES: Final = {"verdict": VERDICT_TYPE, "alert": ALERT_TYPE, "dead-letter": DEAD_LETTER_TYPE}


def asyncapi(examples: Mapping[str, bytes]) -> Json:
    """The whole document; ``examples`` are structured events by event type."""
    return {
        "asyncapi": VERSION,
        "id": "urn:sla-monitor",
        "info": {
            "title": "SLA monitor",
            "version": CONTRACT_VERSION,
            "description": "Events of calls, chats and work orders in; verdicts, alerts and dead letters out. CloudEvents 1.0 on Kafka, "
            "binary mode as described, structured mode accepted on the event topics. A deployment may put a prefix before every topic.",
            "license": {"name": "Apache-2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0"},
        },
        "defaultContentType": "application/json",
        "channels": {spec.name: _channel(spec) for spec in TOPICS},
        "operations": dict(operation for spec in TOPICS for operation in _operations(spec)),
        "components": {
            "messages": {event_type: _event_message(event_type, examples.get(event_type)) for event_type in EVENT_TYPES}
            | {name: _output_message(name) for name in (*OUTPUTS, "tick")},
            "schemas": {"cloudEventHeaders": _headers_schema()},
        },
    }


def _messages_of(spec: TopicSpec) -> tuple[str, ...]:
    family: Family | None = topics.SOURCE_TOPICS.get(spec.name)
    return _MESSAGES[spec.name] if family is None else tuple(name for name, (of, _) in EVENT_TYPES.items() if of == family)


def _channel(spec: TopicSpec) -> Json:
    retention = -1 if spec.retention_seconds is None else spec.retention_seconds * 1000
    return {
        "address": spec.name,
        "description": spec.help,
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in _messages_of(spec)},
        "bindings": {
            "kafka": {
                "topic": spec.name,
                "topicConfiguration": {"cleanup.policy": [spec.cleanup], "retention.ms": retention},
                "bindingVersion": KAFKA_BINDING,
            }
        },
    }


def _operations(spec: TopicSpec) -> list[tuple[str, Json]]:
    """What the monitor does with a topic: it reads sources and commands, writes outputs, and does both with its own."""
    actions = {"source": ("receive",), "command": ("receive",), "output": ("send",), "tick": ("send", "receive"), "internal": ("send", "receive")}
    return [
        (
            f"{action}-{spec.name}",
            {
                "action": action,
                "channel": {"$ref": f"#/channels/{spec.name}"},
                "summary": spec.help,
                "messages": [{"$ref": f"#/channels/{spec.name}/messages/{name}"} for name in _messages_of(spec)],
            },
        )
        for action in actions[spec.role]
    ]


def _event_message(event_type: str, example: bytes | None) -> Json:
    message = _message(event_type, str(event_schema(event_type)["description"]), f"./events/{event_type}.json#/$defs/data", "the contact's id")
    message["headers"] = _typed_headers(event_type)
    if example is not None:
        _, value, headers = encode_event(decode_structured(example))
        message["examples"] = [{"headers": {name: raw.decode() for name, raw in headers}, "payload": msgspec.json.decode(value)}]
    return message


def _output_message(name: str) -> Json:
    if name == "tick":
        message = _message(name, "It is T now, and how far each source must be applied before T is judged.", "", _KEYS[name])
        return message | {"contentType": "application/vnd.msgpack", "payload": {"type": "array"}}
    message = _message(name, OUTPUTS[name][1], f"./{name}.json", _KEYS[name])
    return message | {"headers": _typed_headers(_OUTPUT_TYPES[name])} if name in _OUTPUT_TYPES else message


def _message(name: str, summary: str, payload: str, key: str) -> Json:
    return {
        "name": name,
        "title": name,
        "summary": summary,
        "contentType": "application/json",
        "payload": {"$ref": payload},
        "bindings": {"kafka": {"key": {"type": "string", "description": key}, "bindingVersion": KAFKA_BINDING}},
    }


def _typed_headers(event_type: str) -> Json:
    return {
        "type": "object",
        "allOf": [{"$ref": "#/components/schemas/cloudEventHeaders"}],
        "properties": {"ce_type": {"type": "string", "const": event_type}},
    }


def _headers_schema() -> Json:
    return {
        "type": "object",
        "description": "The attributes of a CloudEvent in binary mode.",
        "properties": {
            "ce_specversion": {"type": "string", "const": "1.0"},
            "ce_id": {"type": "string", "description": "Unique within its source."},
            "ce_source": {"type": "string"},
            "ce_type": {"type": "string"},
            "ce_time": {"type": "string", "format": "date-time", "description": "When it happened, RFC 3339 with a zone."},
            "ce_subject": {"type": "string", "description": "Optional; for events the contact id, equal to the record key."},
            "ce_partitionkey": {"type": "string", "description": "Optional; equal to the record key."},
            "ce_sequence": {"type": "string", "pattern": "^[0-9]{1,19}$"},
            "content-type": {"type": "string", "const": "application/json"},
        },
        "required": ["ce_specversion", "ce_id", "ce_source", "ce_type", "ce_time"],
    }
