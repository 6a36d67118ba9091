"""``sla-monitor policy``: the policy versions of a running installation."""

import asyncio
from typing import Literal

import click
import msgspec

from agents.policies import append_policy, read_policies
from agents.runtime.topics import require_written_topics
from agents.runtime.wall_clock import wall_clock
from monitor.console.policies import read_files, settings
from monitor.console.screen import Format, output_option, print_json, results, say, table
from monitor.console.wiring import runtime_settings
from monitor.errors import PolicyError, SettingsError
from monitor.policy import check_policy, load_policy
from monitor.policy.book import Policies, record_of
from schemas.instants import format_instant, parse_instant
from schemas.policies import PolicyRecord
from schemas.topics import POLICIES


@click.group()
def command() -> None:
    """Publish, list and show the policy versions on Kafka; running workers follow them without a restart.

    The newest version runs. Contacts keep the version under which they were opened, unless the new one says `applies_to: open`.
    """


@command.command()
@click.argument("path", metavar="POLICY")
@click.option(
    "--applies-to", type=click.Choice(["new", "open"]), help="open: running clocks get the new targets and calendars too  [default: as written]"
)
@click.option(
    "--effective-from", metavar="INSTANT", help="RFC 3339 with a zone; never earlier than the next tick  [default: as written, else at once]"
)
@click.option("--person", help="who publishes it, as a staff id")
@output_option
def publish(path: str, applies_to: Literal["new", "open"] | None, effective_from: str | None, person: str | None, output: Format) -> int:
    """Check POLICY (a file, a folder of overlays, or the name of a shipped one) and publish it as the newest version."""
    files = read_files(path)
    findings = check_policy(files)
    for finding in findings:
        click.echo(str(finding), err=True)
    if any(finding.level == "error" for finding in findings):
        say(f"{path}: not published")
        return 1
    record = msgspec.structs.replace(record_of(files, load_policy(files)), person=person, published_at=format_instant(wall_clock()))
    if applies_to is not None:
        record = msgspec.structs.replace(record, applies_to=applies_to)
    if effective_from is not None:
        record = msgspec.structs.replace(record, effective_from=_instant(effective_from))

    def fresh(known: Policies) -> PolicyRecord:
        if record.version in known:
            place = "the newest version there" if known.newest == record.version else "there, and newer ones run"
            raise PolicyError(
                f"{path}: the same content is on {POLICIES} as {record.version}, {place}: nothing was published; "
                "to run an older policy again publish it with another `version:` label"
            )
        return record

    asyncio.run(append_policy(runtime_settings(settings()), fresh))
    if output == "json":
        print_json({"version": record.version, "applies_to": record.applies_to, "effective_from": record.effective_from})
    else:
        click.echo(record.version)
        scope = "open clocks too" if record.applies_to == "open" else "contacts opened from then on"
        say(f"published; it counts from {record.effective_from or 'the next tick'} for {scope}")
    return 0


@command.command(name="list")
@output_option
def versions(output: Format) -> None:
    """List every version, oldest first; the last one that compiles runs."""
    known = _read()
    rows = [record for version in known if (record := known.record(version)) is not None]
    if output == "json":
        print_json(
            [{name: getattr(row, name) for name in row.__struct_fields__ if name != "yaml"} | {"runs": row.version == known.newest} for row in rows]
        )
        return
    shown = table("", "version", "runs", "title", "applies to", "effective from", "published", "by")
    for row in rows:
        state = "yes" if row.version == known.newest else "" if known.usable(row.version) else "unusable"
        shown.add_row(row.version, state, row.title or "", row.applies_to, row.effective_from or "", row.published_at or "", row.person or "")
    results().print(shown)


@command.command()
@click.argument("version")
def show(version: str) -> None:
    """Print the YAML of VERSION, or of `newest`."""
    known = _read()
    record = known.record(known.newest if version == "newest" else version)
    if record is None:
        raise PolicyError(f"{version} is not on {POLICIES}; `sla-monitor policy list` shows all versions")
    click.echo(record.yaml, nl=not record.yaml.endswith("\n"))


def _read() -> Policies:
    async def read() -> Policies:
        runtime = runtime_settings(settings())
        await require_written_topics(runtime, (POLICIES,))
        return await read_policies(runtime)

    return asyncio.run(read())


def _instant(text: str) -> str:
    try:
        return format_instant(parse_instant(text))
    except ValueError as error:
        raise SettingsError(f"--effective-from: expected an instant like 2026-12-01T00:00:00+08:00, got {text!r} ({error})") from None
