"""The contract as JSON Schema 2020-12: one schema for each event type and for everything that the product publishes.

An event's schema describes the whole structured CloudEvent; ``#/$defs/data`` in it is the body of binary mode. The one
rule it cannot say is between fields: a survey's score lies on its scale.
"""

import inspect
from collections.abc import Mapping
from typing import Final

import msgspec

from schemas.alerts import Alert, Verdict
from schemas.commands import Command
from schemas.customers import ContactGone, CustomerContact
from schemas.dead_letters import DeadLetter
from schemas.events import EVENT_TYPES
from schemas.events.base import ContactId, Identifier, Name, Text, Timestamp
from schemas.limits import SEQUENCE_MAX
from schemas.panes import PaneRecord, Presence, Watermark
from schemas.policies import PolicyRecord

Json = dict[str, object]

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
URN: Final = "urn:sla-monitor:schema:v1:"

OUTPUTS: Final[dict[str, tuple[object, str]]] = {
    "verdict": (Verdict, "What became of one cycle of one clock."),
    "alert": (Alert, "The life of one breach, warning level or missed objective."),
    "pane": (PaneRecord, "Counters and sketches of one slot of one source shard."),
    "presence": (Presence, "Who waits now in one source shard."),
    "watermark": (Watermark, "How far one source shard has judged."),
    "customer-contact": (CustomerContact, "One contact as the others of its customer need to know it."),
    "customer-contact-gone": (ContactGone, "A contact that is none of this customer's any more."),
    "dead-letter": (DeadLetter, "A refused record with its reason."),
    "command": (Command, "What people ask of the monitor."),
    "policy": (PolicyRecord, "One version of the policy."),
}

_KINDS: Final = {"Name": Name, "Identifier": Identifier, "ContactId": ContactId, "Text": Text, "Timestamp": Timestamp}
_KIND_SCHEMAS: Final = {name: msgspec.json.schema(kind) for name, kind in _KINDS.items()}


def event_schema(event_type: str, example: object = None) -> Json:
    """The schema of one event type as a structured CloudEvent, with an example where there is one."""
    family, data = EVENT_TYPES[event_type]
    summary = " ".join(inspect.cleandoc(data.__doc__ or "").split())
    body, used = _with_named_kinds(_body_of(msgspec.json.schema(data), data.__name__))
    schema: Json = {
        "$schema": DIALECT,
        "$id": URN + event_type,
        "title": event_type,
        "description": f"{summary} Family {family}; record key = contact id.",
        "type": "object",
        "properties": _envelope(event_type),
        "required": ["specversion", "id", "source", "type", "time"],
        "allOf": [
            {"anyOf": [{"required": ["subject"]}, {"required": ["partitionkey"]}]},
            {"anyOf": [{"required": ["data"]}, {"required": ["data_base64"]}]},
        ],
        "$defs": {"data": body} | {name: _KIND_SCHEMAS[name] for name in sorted(used | {"Identifier", "ContactId", "Timestamp"})},
    }
    return schema if example is None else schema | {"examples": [example]}


def output_schema(name: str) -> Json:
    """The schema of something that the product reads or writes itself; ``name`` is a key of ``OUTPUTS``."""
    described, summary = OUTPUTS[name]
    raw = msgspec.json.schema(described)
    raw.pop("discriminator", None)
    definitions, used = _with_named_kinds(raw.pop("$defs"))
    return {
        "$schema": DIALECT,
        "$id": URN + name,
        "title": name,
        "description": summary,
        **raw,
        "$defs": definitions | {kind: _KIND_SCHEMAS[kind] for kind in sorted(used)},
    }


def _envelope(event_type: str) -> Json:
    return {
        "specversion": {"const": "1.0"},
        "id": {"$ref": "#/$defs/Identifier"},
        "source": {"type": "string", "minLength": 1, "maxLength": 256, "pattern": _KIND_SCHEMAS["Identifier"]["pattern"]},
        "type": {"const": event_type},
        "time": {"$ref": "#/$defs/Timestamp"},
        "subject": {"$ref": "#/$defs/ContactId", "description": "The contact id, equal to the record key."},
        "partitionkey": {"$ref": "#/$defs/ContactId", "description": "The contact id, equal to the record key."},
        "sequence": {
            "description": "Orders the events of one contact; a higher one corrects an event with the same id.",
            "anyOf": [{"type": "integer", "minimum": 0, "maximum": SEQUENCE_MAX}, {"type": "string", "pattern": "^[0-9]{1,19}$"}],
        },
        "datacontenttype": {"type": "string"},
        "data": {"$ref": "#/$defs/data"},
        "data_base64": {"type": "string", "contentEncoding": "base64"},
    }


def _body_of(schema: dict[str, object], name: str) -> Json:
    """The object schema of one struct, whose tag may be left out since the CloudEvents type says it."""
    definitions = msgspec.convert(schema["$defs"], dict[str, Json])
    body = definitions[name]
    required = msgspec.convert(body["required"], list[str])
    return body | {"required": [field for field in required if field != "type"]}


def _with_named_kinds(node: Mapping[str, object]) -> tuple[Json, set[str]]:
    """Replace the texts of the contract by references to them; give the names of those used."""
    used: set[str] = set()

    def visit(node: object) -> object:
        for name, schema in _KIND_SCHEMAS.items():
            if node == schema:
                used.add(name)
                return {"$ref": f"#/$defs/{name}"}
        if isinstance(node, dict):
            return {key: _words(value) if key == "description" else visit(value) for key, value in node.items() if (key, value) != ("default", None)}
        return [visit(item) for item in node] if isinstance(node, list) else node

    return {key: visit(value) for key, value in node.items()}, used


def _words(text: object) -> str:
    """A docstring as one line of plain text."""
    return " ".join(str(text).replace("``", "").split())
