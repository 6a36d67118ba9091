"""Commands in a timeline as people write them: what somebody rules while it goes on (design §8, P7).

    commands:
      - {at: 3h, command: exempt, person: staff-7, reason: fibre cut, selector: {region: north, until_at: +6h}, clocks: [resolution]}
      - {at: 4h, command: lift, person: staff-9, reason: given in error, target: k0}
      - {at: 5h, command: repair, person: staff-9, reason: wrong date, contact: a, clock: resolution, verdict: met}

An id defaults to ``k`` and the number of the row, ``given_at`` to the instant of the row; instants may be offsets (``+6h``), and a
repair may name the policy to judge by as the file calls it (``version:``).
"""

from collections.abc import Iterable, Mapping
from typing import Final

import msgspec

from monitor.errors import SourceError
from monitor.sources.offsets import instant_value, offset_us
from schemas.commands import Exempt, Lift, Repair
from schemas.instants import Instant, format_instant

Row = Mapping[str, object]

_RULINGS: Final = Exempt | Lift | Repair


class Given(msgspec.Struct, frozen=True):
    """One command, and when it reaches the monitor."""

    at: Instant
    command: Exempt | Lift | Repair


def given_of(start_at: Instant, rows: Iterable[Row], versions: Mapping[str, str], file: str = "timeline") -> list[Given]:
    """The commands in order of time; ``versions`` are policies by the names that the file gives them. Raises SourceError that names the row."""
    found: list[Given] = []
    for index, row in enumerate(rows):
        try:
            found.append(_given(start_at, index, row, versions))
        except (ValueError, KeyError, TypeError) as error:
            raise SourceError(f"{file}: commands[{index}]: {_problem(error)}") from None
    return sorted(found, key=lambda given: given.at)


def _given(start_at: Instant, index: int, row: Row, versions: Mapping[str, str]) -> Given:
    at = start_at + offset_us(row["at"])
    fields: dict[str, object] = {"id": f"k{index}", "given_at": format_instant(at)}
    fields |= {name: instant_value(start_at, name, value) for name, value in row.items() if name != "at"}
    selector = fields.get("selector")
    if isinstance(selector, dict):
        fields["selector"] = {name: instant_value(start_at, name, value) for name, value in selector.items()}
    command = msgspec.convert(fields, _RULINGS)
    _check(fields, command, "")
    if isinstance(command, Exempt):
        _check(selector, command.selector, "selector.")
    if isinstance(command, Repair) and command.policy is not None and command.policy in versions:
        command = msgspec.structs.replace(command, policy=versions[command.policy])
    return Given(at, command)


def _check(row: object, read: msgspec.Struct, inside: str) -> None:
    """A field that does not exist is said, not passed over: the contract lets newer senders have more, a person makes typing errors."""
    strange = sorted(row.keys() - {"command", *read.__struct_fields__}) if isinstance(row, dict) else []
    if strange:
        raise ValueError(f"there is no field {inside}{strange[0]}; there are {', '.join(read.__struct_fields__)}")


def _problem(error: Exception) -> str:
    return f"{error.args[0]!r} is missing" if isinstance(error, KeyError) else str(error)
