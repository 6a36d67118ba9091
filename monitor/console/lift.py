"""``sla-monitor lift``: an exemption ends, as if it had never been."""

import click

from monitor.console.commanding import give, signature, signed
from monitor.console.screen import Format, output_option


@click.command()
@click.argument("target", metavar="ID")
@signed
@output_option
def command(target: str, identity: str | None, person: str, reason: str, output: Format) -> None:
    """Undo the exemption ID: its breaches count again, and alerts of clocks that still run fire again."""
    give("lift", {**signature(identity, person, reason), "target": target}, output)
