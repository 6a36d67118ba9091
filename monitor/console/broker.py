"""``sla-monitor broker``: a real Kafka for development, in the foreground."""

from pathlib import Path

import click

from agents.broker import serve
from monitor.console.policies import settings


@click.command()
@click.option(
    "--port", type=click.IntRange(1, 64535), help="port to listen on; the next thousandth one is the controller's  [default: SLA_BROKER_PORT]"
)
@click.option("--data", type=click.Path(file_okay=False, path_type=Path), default=Path(".work/broker"), show_default=True, help="folder of its logs")
def command(port: int | None, data: Path) -> int:
    """Run one Apache Kafka node for development until Ctrl-C: one KRaft node on localhost, topics are never created by accident.

    Needs Java 17 and Maven, which fetches the jars once into ~/.cache/sla-monitor (SLA_KAFKA_VERSION chooses the version).
    Records stay in the data folder; remove it to start afresh.
    """
    chosen = settings()
    return serve(port or chosen.broker_port, data, chosen.kafka_version)
