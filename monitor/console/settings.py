"""``sla-monitor settings``: every environment variable, what it is now, what it is for."""

import os

import click
import msgspec

from monitor.console.screen import Format, output_option, print_json, results, table
from monitor.settings import load
from monitor.settings.load import VARIABLES, choices, default, description
from monitor.settings.model import SECRETS


class Row(msgspec.Struct, frozen=True):
    """One setting as it is now; a secret shows only that it is set."""

    variable: str
    value: str
    default: str
    help: str


@click.command()
@output_option
def command(output: Format) -> None:
    """List all settings with their present values; a wrong value is reported instead."""
    settings = load(os.environ)
    rows = [_row(variable, name, getattr(settings, name)) for variable, name in VARIABLES.items()]
    if output == "json":
        print_json(rows)
        return
    shown = table("", "variable", "value", "what it is for")
    for row in rows:
        shown.add_row(row.variable, row.value if row.value == row.default else f"[bold]{row.value}[/bold]", row.help)
    results().print(shown)


def _row(variable: str, name: str, value: object) -> Row:
    text = "" if value is None else "***" if name in SECRETS else str(value).lower() if isinstance(value, bool) else str(value)
    allowed = choices(name)
    return Row(variable, text, default(name), description(name) + (f" ({', '.join(allowed)})" if allowed else ""))
