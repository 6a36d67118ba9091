"""A refused record as a dead letter: why it was refused, where it was, and its original bytes and headers (design §4).

The record is ``schemas.dead_letters.DeadLetter``: bounded whatever came in, so that no dead letter can exceed a broker's limit
because of its record.
"""

import msgspec

from monitor.processing import Output, Record, Reject
from schemas.cloudevents import DEAD_LETTER_TYPE, output_headers
from schemas.dead_letters import DETAIL_CHARACTERS, DeadLetter, keep, letter_key
from schemas.instants import format_instant
from schemas.limits import ID_CHARACTERS
from schemas.reasons import Reason
from schemas.topics import DEAD_LETTERS

PATH_CHARACTERS = 256


def build(reject: Reject) -> DeadLetter:
    """The dead letter of a refusal."""
    record = reject.record
    original = keep(record.key, record.value, record.headers)
    return DeadLetter(
        reason=Reason(reject.reason),
        detail=reject.detail[:DETAIL_CHARACTERS],
        path=reject.path[:PATH_CHARACTERS],
        contact=reject.contact[:ID_CHARACTERS],
        topic=record.topic,
        partition=record.partition,
        offset=record.offset,
        timestamp=format_instant(record.timestamp_at),
        key=original.key,
        value=original.value,
        length=original.length,
        sha256=original.sha256,
        headers=original.headers,
        headers_left_out=original.headers_left_out,
    )


def place(record: Record) -> str:
    """Where the refused record lies, as the record key of its dead letter says it."""
    return letter_key(record.topic, record.partition, record.offset).decode()


def dead_letter(reject: Reject) -> Output:
    """The record to publish for a refusal."""
    name = place(reject.record)
    headers = output_headers(name, DEAD_LETTER_TYPE, reject.record.timestamp_at)
    return Output(topic=DEAD_LETTERS, key=name.encode(), value=msgspec.json.encode(build(reject)), headers=headers)


def read_dead_letter(value: bytes) -> DeadLetter:
    """Decode the value of a dead letter."""
    return msgspec.json.decode(value, type=DeadLetter)
