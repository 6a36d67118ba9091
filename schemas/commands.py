"""What people ask of the monitor on ``sla.commands`` (design §8): acknowledge, silence, exempt, lift, repair.

Each command says who gave it and why; none deletes anything. Record key: the command's ``id``; a command is written to
every partition, each shard applies what concerns it, and the same id twice is one command.
"""

from typing import Annotated, Literal

import msgspec

from schemas.events.base import ContactId, Identifier, Name, RequestType, Text, Timestamp

Names = Annotated[tuple[Name, ...], msgspec.Meta(max_length=100)]


class BaseCommand(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="command"):
    """What every command carries: ``person`` is the hashed or staff id of who gave it, never a customer's."""

    id: Identifier
    person: Identifier
    given_at: Timestamp
    reason: Text


class Selector(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Which contacts a command is about: all given tests must hold, an absent one holds for all.

    The time range [``from_at``, ``until_at``) is compared with the instant at which a clock is or would be breached.
    """

    incident: Identifier | None = None
    contact: ContactId | None = None
    region: Name | None = None
    queue: Name | None = None
    request_type: RequestType | None = None
    from_at: Timestamp | None = None
    until_at: Timestamp | None = None


class Acknowledge(BaseCommand, frozen=True, kw_only=True, omit_defaults=True, tag="acknowledge"):
    """Somebody takes an alert group: its ladder stops (P39). ``alert`` narrows it to one alert of the group."""

    group: Text
    alert: Text | None = None
    until_at: Timestamp | None = None


class Silence(BaseCommand, frozen=True, kw_only=True, omit_defaults=True, tag="silence"):
    """Nobody is told of alerts whose labels equal all of ``labels`` within the time range; clocks and verdicts go on."""

    labels: Annotated[dict[str, Text], msgspec.Meta(min_length=1, max_length=20)]
    from_at: Timestamp
    until_at: Timestamp


class Exempt(BaseCommand, frozen=True, kw_only=True, omit_defaults=True, tag="exempt"):
    """Breaches under ``selector`` count as exempt, those recorded and those to come; ratios are shown gross and net."""

    selector: Selector
    clocks: Names = ()


class Lift(BaseCommand, frozen=True, kw_only=True, omit_defaults=True, tag="lift"):
    """An earlier silence or exemption ends: as if it had never been for exemptions, from now on for silences."""

    target: Identifier


class Repair(BaseCommand, frozen=True, kw_only=True, omit_defaults=True, tag="repair"):
    """A closed verdict changes (P7): judged again under ``policy``, or set to ``verdict`` by hand; before and after stay in the log."""

    contact: ContactId
    clock: Name | None = None
    cycle: Identifier | None = None
    policy: Identifier | None = None
    verdict: Literal["met", "breached", "cancelled", "exempt"] | None = None


Command = Acknowledge | Silence | Exempt | Lift | Repair
