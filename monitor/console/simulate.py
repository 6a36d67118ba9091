"""``sla-monitor simulate``: the traffic model as a file of events, the same bytes for the same options."""

import sys
from pathlib import Path

import click

from monitor.console.screen import counted, progress, say
from monitor.console.sourcing import begin, options_option
from monitor.errors import SourceError
from monitor.sources.events_file import write_events


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path, allow_dash=True), default="-")
@options_option
def command(file: Path, options: dict[str, str]) -> None:
    """Write events of the traffic model to FILE, one structured CloudEvent a line (standard output without FILE).

    Everything is decided by the options: -o seed=7 -o days=0.5 -o calls_per_day=20000 -o delivery.disorder_seconds=5
    -o delivery.duplicate_ratio=0.01 -o 'bursts=[{"hour":10,"minutes":30,"factor":4}]'. What comes out can be read again
    by `replay events FILE` and `publish events FILE`.
    """
    source = begin("traffic", None, options)
    try:
        with sys.stdout.buffer if str(file) == "-" else file.open("wb") as stream, progress("simulating", source.total) as advance:
            written = write_events(counted(source.arrivals, advance), stream)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise SourceError(f"{file}: cannot be written ({error.strerror})") from None
    say(f"{written:,} events" + ("" if str(file) == "-" else f" in {file}"))
