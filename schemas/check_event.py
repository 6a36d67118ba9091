"""What is wrong with an event, all of it at once, for the people who send events (``sla-monitor check-event``).

The reader of the hot path stops at the first fault; this one goes on, says what was expected and what was got, and
suggests near misses. Both agree on whether an event is accepted: the reader's own refusal is the last word.
"""

from collections.abc import Iterator
from difflib import get_close_matches
from typing import Final, Literal

import msgspec

from schemas import attributes
from schemas.documents import Document, documents
from schemas.events import event_name
from schemas.fields import Field, fields_of
from schemas.kinds import KINDS, Kind
from schemas.limits import VALUE_BYTES
from schemas.reasons import REASONS, Reason, Refused
from schemas.structured import Envelope, decode_structured

_MEMBERS: Final = Envelope.__struct_fields__
_REQUIRED: Final = ("specversion", "id", "source", "type", "time")


class Finding(msgspec.Struct, frozen=True):
    """One problem: where it is, what was expected, what was got and what to do. A warning does not refuse the event."""

    line: int
    path: str
    reason: Reason
    expected: str
    got: str
    advice: str
    level: Literal["error", "warning"] = "error"


def check_text(text: str) -> list[Finding]:
    """Check the content of a file: one structured CloudEvent, a JSON array of them, or one a line. Empty: all accepted."""
    raw = text.encode(errors="surrogatepass")
    return [finding for document in documents(raw) for finding in check_document(document)]


def check_document(document: Document) -> list[Finding]:
    """Every problem of one event."""
    if document.fault:
        return [_finding(document.line, "$", Reason.MALFORMED, "one JSON object a line, or an array of them", document.fault)]
    event: object = msgspec.json.decode(document.raw)
    if not isinstance(event, dict):
        return [_finding(document.line, "$", Reason.CONTRACT, "a JSON object", attributes.shown(event))]
    findings = [*_check_attributes(document.line, event), *_check_data(document.line, event)]
    if not any(finding.level == "error" for finding in findings):
        findings += _last_word(document)
    return findings


def _last_word(document: Document) -> Iterator[Finding]:
    if len(document.raw) > VALUE_BYTES:
        yield _finding(document.line, "$", Reason.TOO_LARGE, f"at most {VALUE_BYTES} bytes", f"{len(document.raw)} bytes")
    try:
        decode_structured(document.raw)
    except Refused as refused:
        yield _finding(document.line, refused.path, refused.reason, "an event as the contract has it", refused.detail)


def _check_attributes(line: int, event: dict[str, object]) -> Iterator[Finding]:
    for name in _REQUIRED:
        if not event.get(name):
            yield _finding(line, f"$.{name}", Reason.MISSING_ATTRIBUTE, "a non-empty string", _got(event, name))
    for name, value in event.items():
        if name in ("data", "data_base64") or not value:
            continue
        if name not in _MEMBERS:
            yield from _near_miss(line, "$", name, [member for member in _MEMBERS if member not in event])
        else:
            yield from _check_attribute(line, name, value)
    contacts = {str(event[name]) for name in ("subject", "partitionkey") if event.get(name)}
    if len(contacts) != 1:
        reason, got = (Reason.CONTRACT, " and ".join(sorted(contacts))) if contacts else (Reason.MISSING_KEY, "neither")
        yield _finding(line, "$.subject", reason, "one contact id as subject, partitionkey or both", got)


def _check_attribute(line: int, name: str, value: object) -> Iterator[Finding]:
    path = f"$.{name}"
    if not isinstance(value, str) and not (name == "sequence" and type(value) is int):
        yield _finding(line, path, Reason.CONTRACT, "a string", attributes.shown(value))
        return
    try:
        _read_attribute(name, str(value), path)
    except Refused as refused:
        advice = _suggestion(str(value), list(KINDS)) if name == "type" else ""
        expected = refused.detail.partition(", got ")[0].removeprefix("expected ")
        yield _finding(line, path, refused.reason, expected, attributes.shown(value), advice)


def _read_attribute(name: str, text: str, path: str) -> None:
    match name:
        case "specversion":
            attributes.check_version(text, path)
        case "id":
            attributes.event_id(text, path)
        case "source":
            attributes.event_source(text, path)
        case "type":
            attributes.kind_of(text, path)
        case "time":
            attributes.event_time(text.encode(errors="replace"), path)
        case "subject" | "partitionkey":
            attributes.contact_id(text, path)
        case "sequence":
            attributes.event_sequence(text, path)


def _check_data(line: int, event: dict[str, object]) -> Iterator[Finding]:
    kind = KINDS.get(str(event.get("type")))
    data = event.get("data")
    if kind is None or ("data" not in event and "data_base64" in event):
        return
    if not isinstance(data, dict):
        yield _finding(line, "$.data", Reason.CONTRACT, "a JSON object, {} for an event without fields", _got(event, "data"))
        return
    fields = fields_of(kind.data)
    for field in fields.values():
        if field.name in data:
            yield from _check_field(line, field, data[field.name])
        elif field.required:
            yield _finding(line, f"$.data.{field.name}", Reason.CONTRACT, field.expected, "no such field")
    if "type" in data and data["type"] != event_name(kind.data):
        yield _finding(line, "$.data.type", Reason.CONTRACT, f"{event_name(kind.data)!r} or no such field", attributes.shown(data["type"]))
    for name in data:
        if name not in fields and name != "type":
            yield from _near_miss(line, "$.data", name, [field for field in fields if field not in data])
    yield from _check_whole(line, kind, data)


def _check_field(line: int, field: Field, value: object) -> Iterator[Finding]:
    fault = field.fault(value)
    if fault is not None:
        advice = _suggestion(value, list(field.choices)) if isinstance(value, str) else ""
        yield _finding(line, f"$.data.{field.name}", fault.reason, field.expected, attributes.shown(value), advice or fault.detail)


def _check_whole(line: int, kind: Kind, data: dict[str, object]) -> Iterator[Finding]:
    """Rules between fields, once each field is right for itself: the type's own constructor knows them."""
    try:
        msgspec.convert(data, kind.data)
    except msgspec.ValidationError as error:
        message, _, place = str(error).partition(" - at `")
        if isinstance(error.__cause__, ValueError):
            yield _finding(line, "$.data" + place.rstrip("`").removeprefix("$"), Reason.CONTRACT, message, attributes.shown(data))


def _near_miss(line: int, root: str, name: str, names: list[str]) -> Iterator[Finding]:
    """Unknown members are ignored, by contract; one that looks like a known one is probably a slip."""
    near = get_close_matches(name, names, n=1, cutoff=0.8)
    if near:
        advice = f"Unknown members are ignored; did you mean {near[0]!r}?"
        yield msgspec.structs.replace(_finding(line, f"{root}.{name}", Reason.CONTRACT, near[0], name, advice), level="warning")


def _suggestion(value: object, choices: list[str]) -> str:
    near = get_close_matches(str(value).lower(), choices, n=2, cutoff=0.6)
    return "Did you mean " + " or ".join(repr(choice) for choice in near) + "?" if near else ""


def _got(event: dict[str, object], name: str) -> str:
    return attributes.shown(event[name]) if name in event else "no such member"


def _finding(line: int, path: str, reason: Reason, expected: str, got: str, advice: str = "") -> Finding:
    return Finding(line, path, reason, expected, got, advice or REASONS[reason].advice)
