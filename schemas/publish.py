"""The contract as files for others: JSON Schema, AsyncAPI, the reasons of refusal. Pure: texts by path, written by the caller.

The files of ``schemas/published`` are these, checked in; a test fails when they are stale.
"""

from collections.abc import Mapping

import msgspec

from schemas.asyncapi import asyncapi
from schemas.events import EVENT_TYPES
from schemas.json_schemas import OUTPUTS, Json, event_schema, output_schema
from schemas.reasons import REASONS

NO_EXAMPLES: Mapping[str, bytes] = {}


def published_files(examples: Mapping[str, bytes] = NO_EXAMPLES) -> dict[str, str]:
    """Every published file by its path below ``schemas/published``; ``examples`` are structured events by event type."""
    files = {f"events/{name}.json": _text(event_schema(name, _decoded(examples.get(name)))) for name in EVENT_TYPES}
    files |= {f"{name}.json": _text(output_schema(name)) for name in OUTPUTS}
    return files | {"asyncapi.json": _text(asyncapi(examples)), "reasons.md": _reasons()}


def _decoded(example: bytes | None) -> object:
    return None if example is None else msgspec.json.decode(example)


def _text(document: Json) -> str:
    return msgspec.json.format(msgspec.json.encode(document), indent=2).decode() + "\n"


def _reasons() -> str:
    rows = [f"| `{reason}` | {text.meaning} | {text.advice} |" for reason, text in REASONS.items()]
    return "\n".join(["# Why a record is refused", "", "| reason | what it means | what to do |", "|---|---|---|", *rows, ""])
