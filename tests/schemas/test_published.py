"""What is published says what the code does: never stale, every good event passes its schema, no event with a wrong field does."""

from functools import cache
from pathlib import Path

import jsonschema_rs
import msgspec
import pytest

import schemas
from schemas.cloudevents import decode_structured, encode_structured
from schemas.events import EVENT_TYPES
from schemas.publish import published_files
from schemas.reasons import REASONS, Reason
from tests.events import BadRecord, load_bad, load_good

PUBLISHED = Path(schemas.__file__).parent / "published"
GOOD = load_good()
BEYOND_SCHEMA = {
    "survey-off-the-scale",
    "two-sequences",
    "subject-of-another-contact",
    "partitionkey-of-another-contact",
    "structured-other-subject",
}
SCHEMA_REASONS = {Reason.CONTRACT, Reason.TOO_LARGE, Reason.MISSING_ATTRIBUTE, Reason.BAD_TIME}


@cache
def validator(event_type: str) -> jsonschema_rs.Validator:
    schema = msgspec.json.decode((PUBLISHED / "events" / f"{event_type}.json").read_bytes())
    return jsonschema_rs.Draft202012Validator(schema)


def test_published_files_are_those_the_code_gives() -> None:
    """If this fails after a wanted change: ``make gen``, and look at the difference as an upstream team would."""
    files = published_files(GOOD)
    assert {path.relative_to(PUBLISHED).as_posix() for path in PUBLISHED.rglob("*") if path.is_file()} == set(files)
    stale = [name for name, text in files.items() if (PUBLISHED / name).read_text(encoding="utf-8") != text]
    assert not stale


def test_every_event_type_has_a_good_event() -> None:
    assert set(GOOD) == set(EVENT_TYPES)


@pytest.mark.parametrize("event_type", GOOD, ids=lambda name: f"good {name} is accepted and passes its schema")
def test_good_event(event_type: str) -> None:
    """Also the test of compatibility: a good event once committed stays good, or v1 was broken."""
    event = decode_structured(GOOD[event_type])
    assert EVENT_TYPES[event_type] == (event.family, type(event.data))
    validator(event_type).validate(msgspec.json.decode(GOOD[event_type]))
    validator(event_type).validate(msgspec.json.decode(encode_structured(event)))


def bad_records() -> list[tuple[str, BadRecord]]:
    """Bad records whose fault a schema can see: those of a known type with a body in JSON."""
    cases = [(case.name, case.records[0]) for case in load_bad(0) if case.stateless and case.name not in BEYOND_SCHEMA]
    return [(name, record) for name, record in cases if record.expected in SCHEMA_REASONS and structured(record) is not None]


def structured(record: BadRecord) -> dict[str, object] | None:
    """A record as the structured event that its schema describes, or None if it cannot be one."""
    headers = dict(record.headers)
    try:
        body: object = msgspec.json.decode(record.value or b"")
        attributes = {name.removeprefix("ce_"): raw.decode() for name, raw in headers.items() if name.startswith("ce_")}
        contact = (record.key or b"").decode()
    except ValueError:
        return None
    if attributes:
        return {"subject": contact, **attributes, "data": body} if attributes.get("type") in EVENT_TYPES else None
    return body if isinstance(body, dict) and body.get("type") in EVENT_TYPES else None


@pytest.mark.parametrize(("name", "record"), bad_records(), ids=[name for name, _ in bad_records()])
def test_bad_event_fails_its_schema(name: str, record: BadRecord) -> None:
    event = structured(record)
    assert event is not None
    assert not validator(str(event["type"])).is_valid(event)


def test_bad_events_of_many_kinds_were_tried() -> None:
    assert len(bad_records()) > 55


def test_every_reason_is_explained_in_sentences() -> None:
    assert set(REASONS) == set(Reason)
    assert all(text.meaning.endswith(".") and text.advice.endswith(".") for text in REASONS.values())


@pytest.mark.parametrize("name", sorted(path.name for path in PUBLISHED.glob("*.json") if path.name != "asyncapi.json"))
def test_output_schemas_are_schemas(name: str) -> None:
    schema = msgspec.json.decode((PUBLISHED / name).read_bytes())
    jsonschema_rs.meta.validate(schema)
    assert schema["$id"].startswith("urn:sla-monitor:schema:v1:")
    assert not jsonschema_rs.Draft202012Validator(schema).is_valid({"nothing": "of ours"})
