"""The arguments that name a source of events, the same for ``publish``, ``replay`` and ``simulate``."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import click

from monitor.console.screen import say
from monitor.sources.registry import SOURCES, OpenSource, open_source
from schemas.instants import Instant, parse_instant

Command = TypeVar("Command", bound=Callable[..., Any])

SOURCE_HELP = "\b\nSources:\n" + "\n".join(f"  {kind.name:15} {kind.help}" for kind in SOURCES.values())

_OPTION_HELP = "an option of the source; repeatable"


def source_arguments(command: Command) -> Command:
    """SOURCE and FILE."""
    with_file = click.argument("file", type=click.Path(path_type=Path), required=False)(command)
    return click.argument("source", type=click.Choice(list(SOURCES)), metavar="SOURCE")(with_file)


def options_option(command: Command) -> Command:
    """``-o name=value``, as often as needed."""
    option = click.option("-o", "--option", "options", multiple=True, metavar="NAME=VALUE", callback=_pairs, help=_OPTION_HELP)
    return option(command)


def policy_at_option(command: Command) -> Command:
    """``--policy-at T=POLICY``, as often as needed."""
    text = "from the tick of this instant on another POLICY is the newest; repeatable, RFC 3339 with a zone"
    option = click.option("--policy-at", "later", multiple=True, metavar="INSTANT=POLICY", callback=_policies_at, help=text)
    return option(command)


def _policies_at(_context: click.Context, _parameter: click.Parameter, given: tuple[str, ...]) -> tuple[tuple[Instant, str], ...]:
    found = []
    for text in given:
        at, equals, policy = text.partition("=")
        try:
            found.append((parse_instant(at.strip()), policy.strip()))
        except ValueError:
            raise click.BadParameter(f"expected INSTANT=POLICY like 2026-12-01T00:00:00+08:00=winter.yaml, got {text!r}") from None
        if not equals or not policy.strip():
            raise click.BadParameter(f"expected INSTANT=POLICY, got {text!r}")
    return tuple(found)


def _pairs(_context: click.Context, _parameter: click.Parameter, given: tuple[str, ...]) -> dict[str, str]:
    pairs = {}
    for text in given:
        name, equals, value = text.partition("=")
        if not equals or not name:
            raise click.BadParameter(f"expected NAME=VALUE, got {text!r}")
        pairs[name.strip()] = value.strip()
    return pairs


def begin(source: str, file: Path | None, options: Mapping[str, str]) -> OpenSource:
    """Open the source; what is wrong with a recorded log is said once, on standard error."""
    opened = open_source(source, file, options)
    if opened.findings:
        say(f"{file}: " + ", ".join(f"{count:,} {kind.replace('_', ' ')}" for kind, count in opened.findings.items()))
    return opened
