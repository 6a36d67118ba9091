"""``sla-monitor check-event FILE``: what an upstream developer has to change, all of it at once."""

import sys
from pathlib import Path

import click

from monitor.console.screen import Format, output_option, print_json, say
from monitor.errors import SourceError
from schemas.check_event import Finding, check_text
from schemas.documents import documents


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path, allow_dash=True), default="-")
@output_option
def command(file: Path, output: Format) -> int:
    """Check events in FILE (standard input without one) against the contract.

    FILE holds structured CloudEvents: one JSON object, an array of them, or one a line. Each problem is printed as
    `file:line: path: expected …, got …`. Exit code 1 when an event would be refused.
    """
    text = _read(file)
    findings = check_text(text)
    errors = [finding for finding in findings if finding.level == "error"]
    if output == "json":
        print_json(findings)
        return 1 if errors else 0
    for finding in findings:
        click.echo(_line("-" if str(file) == "-" else str(file), finding))
    events = sum(1 for _ in documents(text.encode(errors="surrogatepass")))
    refused = len({finding.line for finding in errors})
    say(f"{events} events, {refused} would be refused" if refused else f"{events} events: ok")
    return 1 if errors else 0


def _line(file: str, finding: Finding) -> str:
    mark = "" if finding.level == "error" else " (warning)"
    advice = f"; {finding.advice}" if finding.advice else ""
    return f"{file}:{finding.line}: {finding.path}: {finding.reason}: expected {finding.expected}, got {finding.got}{advice}{mark}"


def _read(file: Path) -> str:
    try:
        raw = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    except OSError as error:
        raise SourceError(f"{file}: cannot be read ({error.strerror})") from None
    return raw.decode("utf-8", errors="surrogateescape")
