"""The JSON Schema of the policy language, for editors: checked in as ``deploy/policies/policy.schema.json``."""

import msgspec

from monitor.policy.schema_texts import FIELD_TEXTS
from monitor.policy.source import PolicySource


def policy_schema() -> dict[str, object]:
    """JSON Schema 2020-12, with a description of every field that needs one."""
    (reference,), definitions = msgspec.json.schema_components([PolicySource], ref_template="#/$defs/{name}")
    for name, definition in definitions.items():
        for field, schema in definition.get("properties", {}).items():
            text = FIELD_TEXTS.get(f"{name}.{field}")
            if text is not None:
                schema["description"] = text
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "sla-monitor policy", **reference, "$defs": definitions}


def policy_schema_text() -> str:
    """The schema as the text of the checked-in file."""
    return msgspec.json.format(msgspec.json.encode(policy_schema(), order="deterministic"), indent=2).decode() + "\n"
