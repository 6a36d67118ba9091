"""``sla-monitor repair``: a closed verdict is corrected by a person (P7)."""

import click

from monitor.console.commanding import give, signature, signed
from monitor.console.screen import Format, output_option


@click.command()
@click.argument("contact")
@click.option("--clock", help="only verdicts of this clock")
@click.option("--cycle", help="only the cycle that this event began")
@click.option("--verdict", type=click.Choice(["met", "breached", "cancelled", "exempt"]), help="set this verdict by hand")
@click.option("--policy", metavar="VERSION", help="judge again as if the contact had been opened under this policy version")
@signed
@output_option
def command(contact: str, identity: str | None, person: str, reason: str, output: Format, **what: str | None) -> None:
    """Correct the verdicts of CONTACT that are decided: set one by hand, or judge again under another policy version.

    The verdict gets a new version that says who and why; the versions before stay in the log.
    """
    give("repair", {**signature(identity, person, reason), "contact": contact, **what}, output)
