"""The headers of a record: which content mode it is in, and its headers by name.

Kafka header names are case-sensitive and may repeat; CloudEvents writes them in lower case and once. Other spellings of
the case are read all the same; a repeated attribute is refused, since each reader would pick another one.
"""

from typing import Final, Literal

from schemas.attributes import shown
from schemas.reasons import Reason, Refused

Headers = tuple[tuple[str, bytes], ...]
Mode = Literal["binary", "structured"]

CONTENT_TYPE: Final = "content-type"
JSON: Final = b"application/json"
STRUCTURED: Final = b"application/cloudevents+json"

_KNOWN: Final[dict[bytes | None, Mode]] = {
    None: "binary",
    JSON: "binary",
    JSON + b"; charset=utf-8": "binary",
    STRUCTURED: "structured",
    STRUCTURED + b"; charset=utf-8": "structured",
}


def by_name(headers: Headers) -> dict[str, bytes]:
    """Headers by their names in lower case, without those that have no value; refuses a repeated header of ours."""
    named: dict[str, bytes] = {}
    for spelt, value in headers:
        name = spelt.lower()
        if name in named and (name.startswith("ce_") or name == CONTENT_TYPE):
            raise Refused(Reason.MALFORMED, "the header is there more than once", name)
        if value is not None:
            named[name] = value
    return named


def mode_of(content_type: bytes | None) -> Mode:
    """The content mode that a content type announces; absent means JSON in binary mode."""
    known = _KNOWN.get(content_type)
    return _read_mode(content_type) if known is None and content_type is not None else known or "binary"


def _read_mode(content_type: bytes) -> Mode:
    media, *parameters = (part.strip() for part in content_type.decode("latin-1").lower().split(";"))
    for parameter in parameters:
        name, _, charset = parameter.partition("=")
        if name.strip() == "charset" and charset.strip(' "') not in ("utf-8", "utf8", "us-ascii"):
            raise Refused(Reason.MALFORMED, f"expected UTF-8, got charset {shown(charset)}", CONTENT_TYPE)
    if media == STRUCTURED.decode():
        return "structured"
    if media.startswith("application/cloudevents"):
        raise Refused(Reason.MALFORMED, f"expected one event a record in JSON, got {shown(media)}", CONTENT_TYPE)
    if media.endswith(("/json", "+json")):
        return "binary"
    raise Refused(Reason.MALFORMED, f"expected application/json or application/cloudevents+json, got {shown(content_type)}", CONTENT_TYPE)
