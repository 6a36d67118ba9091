"""``sla-monitor deadline``: when is it due? From JSON lines, thousands a second, or for one question to a policy, in words."""

import sys
from pathlib import Path
from typing import BinaryIO

import click
import msgspec

from monitor.calendar.questions import answer
from monitor.console.deadline_of import Asked, Due, due_in_words, due_of
from monitor.console.policies import open_policy
from monitor.console.screen import Format, output_option, print_json
from monitor.errors import SourceError

_ATTRIBUTES = "an attribute of the contact that the rules ask for, such as request_type=fault; repeatable"


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path, allow_dash=True), default="-")
@click.option("--policy", help="ask this policy: a YAML file, a folder of them, or the name of a shipped one")
@click.option("--calendar", help="count in this calendar of the policy")
@click.option("--clock", help="the rules of this clock decide on target and calendar")
@click.option("--with", "attributes", multiple=True, metavar="NAME=VALUE", help=_ATTRIBUTES)
@click.option("--start", help="when it begins: RFC 3339 with an offset, such as 2026-01-05T09:00:00+08:00")
@click.option("--target", help="counted time (30m, 2h) or the end of the n-th business day (2bd)")
@click.option("--pause", "pauses", multiple=True, metavar="FROM/TO", help="a pause, half-open; `FROM/` is not over yet; repeatable")
@output_option
def command(file: Path, policy: str | None, start: str | None, output: Format, **asked: str | tuple[str, ...] | None) -> int:
    """Say when something is due.

    With --policy, --start, and a --clock or a --calendar with a --target: one answer in words (or --output json). Without
    them FILE, or standard input, holds one question a line and each is answered on a line, at once:

    \b
    {"id":"a","time_zone":"Europe/Berlin","weekly":{"mon":[["09:00","17:00"]]},"holidays":["2026-05-01"],
     "open_dates":{"2026-05-02":[["10:00","16:00"]]},"start":"2026-04-27T15:30:00+02:00",
     "pauses":[["2026-04-27T16:00:00+02:00",null]],"target_seconds":7200}

    gives {"id","due"}, or with "end" instead of "target_seconds" {"id","counted_seconds"}. A target that is never reached
    has "due":null and a "reason": never_open or paused. A line that is wrong has an "error"; then the exit code is 1.
    """
    given = [name for name, value in asked.items() if value]
    if start is None and policy is None and not given:
        return _answer_file(file)
    if start is None:
        raise click.UsageError("--start is needed: when does it begin?")
    if str(file) != "-":
        raise click.UsageError("either FILE or one question with --start, not both")
    due = due_of(open_policy(policy), msgspec.convert({"start": start, **asked}, Asked))
    if output == "json":
        print_json(due)
    else:
        click.echo(due_in_words(due))
    return 0 if isinstance(due, Due) and due.due is not None else 1


def _answer_file(file: Path) -> int:
    try:
        if str(file) == "-":
            return _answer_lines(sys.stdin.buffer)
        with file.open("rb") as stream:
            return _answer_lines(stream)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise SourceError(f"{file}: cannot be read ({error.strerror})") from None


def _answer_lines(stream: BinaryIO) -> int:
    """Each answer is written before the next line is waited for; empty lines are skipped."""
    encoder, out, bad = msgspec.json.Encoder(), sys.stdout.buffer, False
    for number, line in enumerate(stream, start=1):
        if line.strip():
            answered = answer(line, number)
            bad |= answered.error is not msgspec.UNSET
            out.write(encoder.encode(answered) + b"\n")
            out.flush()
    return 1 if bad else 0
