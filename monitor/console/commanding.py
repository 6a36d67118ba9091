"""Commands of people on their way to ``sla.commands``: checked as the shards will check them, then written to every partition."""

import asyncio
import secrets
from collections.abc import Callable
from typing import Any, TypeVar

import click
import msgspec

from agents.publisher import Publisher
from agents.runtime.settings import RuntimeSettings
from agents.runtime.topics import require_written_topics
from agents.runtime.wall_clock import wall_clock
from monitor.console.policies import settings
from monitor.console.screen import Format, print_json, say
from monitor.console.wiring import runtime_settings
from monitor.contacts.commands import read_command
from monitor.errors import SettingsError
from monitor.processing import Record
from schemas.instants import format_instant
from schemas.reasons import Refused
from schemas.topics import COMMANDS

Function = TypeVar("Function", bound=Callable[..., Any])


def signed(command: Function) -> Function:
    """The options that every command has: who gives it, and why."""
    reason = click.option("--reason", required=True, help="why, in words; stands in every verdict that it changes")
    person = click.option("--person", required=True, envvar="USER", show_envvar=True, help="who gives the command, as a staff id")
    identity = click.option("--id", "identity", help="id of the command; the same id twice is one command  [default: made up]")
    return reason(person(identity(command)))


def signature(identity: str | None, person: str, reason: str) -> dict[str, str]:
    """What every command carries."""
    return {"id": identity or f"cmd-{secrets.token_hex(6)}", "person": person, "reason": reason, "given_at": format_instant(wall_clock())}


def give(command: str, fields: dict[str, object], output: Format) -> None:
    """Write a command to every partition; raises SettingsError for one that no shard would take."""
    given = {name: value for name, value in fields.items() if value not in (None, ())}
    name, value = str(given["id"]).encode(), msgspec.json.encode({"command": command, **given})
    try:
        ready = read_command(Record(COMMANDS, 0, 0, name, value))
    except Refused as refused:
        raise SettingsError(f"{command}: {refused.detail} - at {refused.path}") from None
    asyncio.run(_send(runtime_settings(settings()), name, value))
    if output == "json":
        print_json(ready)
    else:
        click.echo(ready.id)
        say(f"{command}: sent; workers apply it at their next tick")


async def _send(runtime: RuntimeSettings, key: bytes, value: bytes) -> None:
    await require_written_topics(runtime, (COMMANDS,))
    async with Publisher(runtime) as publisher:
        for partition in range(runtime.partitions):
            await publisher.send(COMMANDS, key, value, partition=partition)
