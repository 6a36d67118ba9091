"""Commands as a contacts shard reads them from ``sla.commands``: checked like any other record, times understood (design §8)."""

from typing import Final

import msgspec

from monitor.processing import Record
from schemas.commands import Command, Exempt, Repair
from schemas.instants import parse_instant
from schemas.kinds import refuse_json
from schemas.limits import VALUE_BYTES
from schemas.reasons import Reason, Refused

_decoder: Final = msgspec.json.Decoder(Command)


def read_command(record: Record) -> Command:
    """The command of a record. Raises Refused for one that breaks the contract or could never mean anything."""
    if record.value is None:
        raise Refused(Reason.TOMBSTONE, "a command cannot be deleted; lift it with another command")
    if len(record.value) > VALUE_BYTES:
        raise Refused(Reason.TOO_LARGE, f"a command of {len(record.value)} bytes")
    if not record.key:
        raise Refused(Reason.MISSING_KEY, "the key of a command is its id", "key")
    try:
        command: Command = _decoder.decode(record.value)
    except (ValueError, RecursionError) as error:
        refuse_json(error, record.value)
    if command.id.encode() != record.key:
        raise Refused(Reason.CONTRACT, f"the key is not the id {command.id}", "key")
    _check(command)
    return command


def _check(command: Command) -> None:
    if isinstance(command, Exempt | Repair):
        try:
            parse_instant(command.given_at)
        except ValueError as error:
            raise Refused(Reason.CONTRACT, str(error), "$.given_at") from None
    if isinstance(command, Exempt):
        for name in ("from_at", "until_at"):
            text = getattr(command.selector, name)
            try:
                if text is not None:
                    parse_instant(text)
            except ValueError as error:
                raise Refused(Reason.CONTRACT, str(error), f"$.selector.{name}") from None
        if command.selector == type(command.selector)():
            raise Refused(Reason.CONTRACT, "an exemption without any test would exempt everything; name what it is about", "$.selector")
    if isinstance(command, Repair) and (command.policy is None) == (command.verdict is None):
        raise Refused(Reason.CONTRACT, "a repair names either the policy to judge by again or the verdict to set", "$.verdict")
