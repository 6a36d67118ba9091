"""A file of structured events taken apart: one JSON object, an array, or JSON lines, each event with its line number."""

import re
from collections.abc import Iterator

import msgspec

_BYTE = re.compile(r"\(byte (\d+)\)")
_ARRAY = msgspec.json.Decoder(list[msgspec.Raw])


class Document(msgspec.Struct, frozen=True):
    """One event's JSON text and the line at which it begins; ``fault`` is set where it is no JSON."""

    line: int
    raw: bytes
    fault: str = ""


def documents(text: bytes) -> Iterator[Document]:
    """Every event of a file in order; a broken one is given with its fault, and reading goes on where it can."""
    stripped = text.strip()
    if stripped.startswith(b"["):
        yield from _array(text)
        return
    whole = _fault(stripped)
    lines = [(number, line.strip()) for number, line in enumerate(text.split(b"\n"), 1) if line.strip()]
    if not lines:
        yield Document(1, b"", "the file holds no event")
    elif not whole or len(lines) == 1:
        yield Document(lines[0][0], stripped, whole)
    elif all(line.startswith((b"{", b"[", b'"')) for _, line in lines):
        yield from (Document(number, line, _fault(line)) for number, line in lines)
    else:
        yield _broken(text, whole)


def _array(text: bytes) -> Iterator[Document]:
    try:
        raws = _ARRAY.decode(text)
    except (ValueError, RecursionError) as error:
        yield _broken(text, str(error))
        return
    position = 0
    for raw in raws:
        position = text.index(raw, position)
        yield Document(text.count(b"\n", 0, position) + 1, bytes(raw))
        position += len(raw)


def _broken(text: bytes, fault: str) -> Document:
    """A file that is no JSON as a whole: the line is that of the fault."""
    place = _BYTE.search(fault)
    return Document(text.count(b"\n", 0, int(place.group(1))) + 1 if place else 1, text, fault)


def _fault(raw: bytes) -> str:
    try:
        msgspec.json.decode(raw)
    except (ValueError, RecursionError) as error:
        return str(error) or "not JSON"
    return ""
