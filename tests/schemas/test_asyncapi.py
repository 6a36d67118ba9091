"""The AsyncAPI document is complete, every reference in it leads somewhere, and the official AsyncAPI 3.0.0 schema accepts it.

The official schema is not ours to keep: ``npm pack`` fetches it (npm package @asyncapi/specs, Apache-2.0) into the folder
``.work`` of the project once, or ``ASYNCAPI_SPEC`` names a copy. Without either, our own checks remain and a skip says so.
"""

import os
import shutil
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path

import jsonschema_rs
import msgspec
import pytest

import schemas
from schemas.events import EVENT_TYPES
from schemas.json_schemas import OUTPUTS
from schemas.topics import SOURCE_TOPICS, TOPICS
from tests.events import load_good

PUBLISHED = Path(schemas.__file__).parent / "published"
CACHE = PUBLISHED.parent.parent / ".work" / "asyncapi-specs-6.11.1"
PACKAGE = "@asyncapi/specs@6.11.1"
DOCUMENT = msgspec.json.decode((PUBLISHED / "asyncapi.json").read_bytes())
MESSAGES = DOCUMENT["components"]["messages"]


def official_schema() -> Path:
    """The path of the official schema, fetched if it must be; skips with the reason if it cannot."""
    named = os.environ.get("ASYNCAPI_SPEC")
    target = Path(named) if named else CACHE / "3.0.0.json"
    if target.exists():
        return target
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("the official AsyncAPI schema needs npm, or ASYNCAPI_SPEC naming a copy; only our own checks ran")
    CACHE.mkdir(parents=True, exist_ok=True)
    packed = subprocess.run([npm, "pack", "--silent", PACKAGE], cwd=CACHE, capture_output=True, text=True, timeout=120, check=False)
    if packed.returncode != 0:
        pytest.skip(f"npm could not fetch {PACKAGE}, only our own checks ran: {packed.stderr.strip()[-200:]}")
    with tarfile.open(CACHE / packed.stdout.split()[-1]) as archive:
        member = archive.extractfile("package/schemas/3.0.0.json")
        assert member is not None
        target.write_bytes(member.read())
    return target


def test_the_official_schema_accepts_the_document() -> None:
    validator = jsonschema_rs.validator_for(msgspec.json.decode(official_schema().read_bytes()))
    assert [str(error) for error in validator.iter_errors(DOCUMENT)] == []
    broken = DOCUMENT | {"channels": {"sla.calls": {"address": 5}}}
    assert not validator.is_valid(broken)


def references(node: object) -> Iterator[str]:
    if isinstance(node, dict):
        for name, value in node.items():
            if name == "$ref":
                yield value
            else:
                yield from references(value)
    elif isinstance(node, list):
        for item in node:
            yield from references(item)


def resolve(reference: str) -> object:
    file, _, pointer = reference.partition("#")
    node: object = msgspec.json.decode((PUBLISHED / file).read_bytes()) if file else DOCUMENT
    for part in pointer.split("/")[1:]:
        assert isinstance(node, dict)
        node = node[part]
    return node


def test_every_reference_leads_somewhere() -> None:
    found = set(references(DOCUMENT))
    assert len(found) > len(EVENT_TYPES)
    assert all(isinstance(resolve(reference), dict) for reference in found)


def test_every_topic_is_a_channel_with_its_kafka_configuration() -> None:
    assert list(DOCUMENT["channels"]) == [spec.name for spec in TOPICS]
    for spec in TOPICS:
        binding = DOCUMENT["channels"][spec.name]["bindings"]["kafka"]
        assert binding["topicConfiguration"]["cleanup.policy"] == [spec.cleanup]
        assert binding["topicConfiguration"]["retention.ms"] == (-1 if spec.retention_seconds is None else spec.retention_seconds * 1000)


@pytest.mark.parametrize("topic", SOURCE_TOPICS)
def test_a_source_topic_is_read_and_carries_all_events_of_its_family(topic: str) -> None:
    expected = {name for name, (family, _) in EVENT_TYPES.items() if family == SOURCE_TOPICS[topic]}
    assert set(DOCUMENT["channels"][topic]["messages"]) == expected
    assert DOCUMENT["operations"][f"receive-{topic}"]["action"] == "receive"


def test_every_message_is_carried_by_a_channel() -> None:
    carried = {name for channel in DOCUMENT["channels"].values() for name in channel["messages"]}
    assert carried == set(MESSAGES) == set(EVENT_TYPES) | set(OUTPUTS) | {"tick"}


@pytest.mark.parametrize("event_type", load_good())
def test_the_example_of_a_message_fits_its_payload_and_headers(event_type: str) -> None:
    (example,) = MESSAGES[event_type]["examples"]
    schema = msgspec.json.decode((PUBLISHED / "events" / f"{event_type}.json").read_bytes())
    assert MESSAGES[event_type]["payload"] == {"$ref": f"./events/{event_type}.json#/$defs/data"}
    jsonschema_rs.Draft202012Validator({"$ref": "#/$defs/data", "$defs": schema["$defs"]}).validate(example["payload"])
    headers = resolve("#/components/schemas/cloudEventHeaders")
    assert isinstance(headers, dict)
    jsonschema_rs.Draft202012Validator(headers).validate(example["headers"])
    assert example["headers"]["ce_type"] == event_type
