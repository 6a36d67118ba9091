"""``sla-monitor exempt``: breaches that count as exempt, those recorded and those to come (design §8)."""

import click

from monitor.console.commanding import give, signature, signed
from monitor.console.screen import Format, output_option


@click.command()
@click.option("--incident", help="contacts whose parent_incident this is (R69)")
@click.option("--contact", help="one contact")
@click.option("--region", help="breaches booked in this region")
@click.option("--queue", help="breaches booked in this queue")
@click.option("--request-type", type=click.Choice(["enquiry", "fault", "complaint", "business"]), help="contacts of this kind")
@click.option("--from", "from_at", metavar="INSTANT", help="deadlines from this instant on, RFC 3339 with a zone")
@click.option("--until", "until_at", metavar="INSTANT", help="deadlines before this instant")
@click.option("--clock", "clocks", multiple=True, help="only this clock; repeatable  [default: all]")
@signed
@output_option
def command(clocks: tuple[str, ...], identity: str | None, person: str, reason: str, output: Format, **tests: str | None) -> None:
    """Count breaches as exempt: all given tests must hold. Prints the id under which `sla-monitor lift` undoes it.

    Verdicts get a new version `exempt` that says who and why, firing alerts resolve. Ratios are shown net and gross of exemptions.
    """
    selector = {name: value for name, value in tests.items() if value is not None}
    give("exempt", {**signature(identity, person, reason), "selector": selector, "clocks": clocks}, output)
