"""Dead letters stay small whatever came in; commands and policy records read back and are strict."""

from base64 import b64decode
from hashlib import sha256

import msgspec
import pytest

from schemas.commands import Acknowledge, Command, Exempt, Lift, Repair, Selector, Silence
from schemas.dead_letters import DeadLetter, keep, letter_key
from schemas.limits import VALUE_BYTES
from schemas.policies import PolicyRecord
from schemas.reasons import Reason

AT = "2026-03-02T01:15:02Z"


def letter(key: bytes | None, value: bytes | None, headers: tuple[tuple[str, bytes], ...]) -> DeadLetter:
    kept = msgspec.structs.asdict(keep(key, value, headers))
    return DeadLetter(
        reason=Reason.CONTRACT, detail="d", path="$.queue", topic="sla.calls", partition=3, offset=17, timestamp=AT, contact="c", **kept
    )


def test_a_dead_letter_keeps_the_original_bytes() -> None:
    written = msgspec.json.encode(letter(b"\xff", b'{"a":\xff}', (("ce_id", b"\x00"), ("\ud800", b""))))
    read = msgspec.json.decode(written, type=DeadLetter)
    assert read.reason is Reason.CONTRACT
    assert (b64decode(read.key or ""), b64decode(read.value or "")) == (b"\xff", b'{"a":\xff}')
    assert [(header.name, b64decode(header.value)) for header in read.headers] == [("ce_id", b"\x00"), ("?", b"")]
    assert (read.length, read.sha256) == (7, sha256(b'{"a":\xff}').hexdigest())
    assert letter_key("sla.calls", 3, 17) == b"sla.calls|3|17"


def test_null_key_and_value_stay_null() -> None:
    read = letter(None, None, ())
    assert (read.key, read.value, read.length) == (None, None, 0)


def test_a_dead_letter_of_a_huge_record_is_small_and_says_what_is_missing() -> None:
    value = bytes(1_000_000)
    huge = letter(b"k" * 100_000, value, tuple((f"h{n}", bytes(1000)) for n in range(1000)))
    assert len(b64decode(huge.value or "")) == VALUE_BYTES
    assert (huge.length, huge.sha256) == (len(value), sha256(value).hexdigest())
    assert huge.headers_left_out == 1000 - len(huge.headers)
    assert len(msgspec.json.encode(huge)) < 128 * 1024


COMMANDS: list[Command] = [
    Acknowledge(id="1", person="staff-7", given_at=AT, reason="on it", group="faults|Lanzhou"),
    Silence(id="2", person="staff-7", given_at=AT, reason="works", labels={"queue": "faults"}, from_at=AT, until_at="2026-03-02T03:00:00Z"),
    Exempt(id="3", person="staff-7", given_at=AT, reason="earthquake", selector=Selector(region="Lanzhou", request_type="fault", from_at=AT)),
    Lift(id="4", person="staff-8", given_at=AT, reason="by mistake", target="3"),
    Repair(id="5", person="staff-8", given_at=AT, reason="holiday was missing", contact="WO-1", clock="resolution", policy="abc"),
]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: type(command).__name__)
def test_a_command_reads_back(command: Command) -> None:
    written = msgspec.json.encode(command)
    assert msgspec.json.decode(written, type=Command) == command
    assert b'"command":"' in written


@pytest.mark.parametrize("member", ["id", "person", "given_at", "reason"])
@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: type(command).__name__)
def test_no_command_without_who_when_and_why(command: Command, member: str) -> None:
    """P7: an exemption or repair names a person and a reason."""
    written = msgspec.to_builtins(command)
    del written[member]
    with pytest.raises(msgspec.ValidationError, match=member):
        msgspec.convert(written, Command)


def test_an_unknown_command_is_refused() -> None:
    with pytest.raises(msgspec.ValidationError, match="delete"):
        msgspec.json.decode(b'{"command":"delete","id":"1","person":"p","given_at":"2026-03-02T01:15:02Z","reason":"r"}', type=Command)


def test_a_policy_record_reads_back() -> None:
    record = PolicyRecord(version="abc", yaml="time_zone: Asia/Shanghai\n", effective_from=AT, applies_to="open")
    assert msgspec.json.decode(msgspec.json.encode(record), type=PolicyRecord) == record
    assert PolicyRecord(version="abc", yaml="x").applies_to == "new"
