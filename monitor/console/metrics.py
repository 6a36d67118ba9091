"""``sla-monitor metrics``: the catalogue of everything that ``/metrics`` can show."""

import click

from monitor.console.screen import Format, output_option, print_json, results, table
from monitor.metrics.catalogue import CATALOGUE


@click.command()
@output_option
def command(output: Format) -> None:
    """List all metrics with type, labels and meaning."""
    if output == "json":
        print_json(CATALOGUE)
        return
    shown = table("", "metric", "type", "labels", "what it says")
    for name, metric in CATALOGUE.items():
        shown.add_row(name, metric.kind, ", ".join(metric.labels), metric.help)
    results().print(shown)
