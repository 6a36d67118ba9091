"""``sla-monitor due``: which open clocks breach next, asked from all workers."""

import click
import msgspec

from monitor.console.asking import Answer, ask
from monitor.console.policies import settings
from monitor.console.screen import Format, output_option, print_json, results, say, table
from monitor.errors import SettingsError
from monitor.policy.model import Language
from monitor.wording.durations import duration
from monitor.wording.lines import line
from monitor.wording.phrases import at, clock_title
from monitor.wording.words import SEVERITIES, word
from schemas.due import DueClock, DueClocks
from schemas.instants import SECOND

_decode = msgspec.json.Decoder(DueClocks).decode
_COLUMNS = ("deadline", "left", "counted", "clock", "contact", "holder", "severity", "paused")


@click.command()
@click.option("--within", default="30m", show_default=True, help="how far ahead: 30m, 2h, 1d")
@click.option("--family", type=click.Choice(["call", "chat", "workorder"]), help="only contacts of this family")
@click.option("--clock", help="only this clock")
@click.option("--queue", help="only contacts in this queue")
@click.option("--dept", help="only contacts held by this department")
@click.option("--tier", help="only customers of this tier")
@click.option("--limit", type=click.IntRange(1, 10_000), default=100, show_default=True, help="how many clocks are listed")
@click.option("--language", type=click.Choice(["en", "zh"]), help="language of the table  [default: SLA_LANGUAGE]")
@output_option
def command(
    within: str,
    family: str | None,
    clock: str | None,
    queue: str | None,
    dept: str | None,
    tier: str | None,
    limit: int,
    language: Language | None,
    output: Format,
) -> None:
    """List the open clocks that breach next, by deadline: who holds the contact, how much open and real time is left, whether it is paused.

    All workers of SLA_WORKERS are asked, each for its share; the total counts all that fit, the limit cuts the list.
    """
    given = {"within": within, "family": family, "clock": clock, "queue": queue, "dept": dept, "tier": tier, "limit": str(limit)}
    answers = ask(settings(), "/api/v1/due", {name: value for name, value in given.items() if value is not None})
    due = together([_read(answer) for answer in answers], limit)
    if output == "json":
        print_json(due)
        return
    _print(due, language or settings().language)


def together(parts: list[DueClocks], limit: int) -> DueClocks:
    """What several workers said as one answer; T is the earliest that any of them has judged."""
    clocks = sorted((clock for part in parts for clock in part.clocks), key=lambda each: (each.deadline, each.contact, each.clock))
    known = [part.t for part in parts if part.t is not None]
    return DueClocks(
        t=min(known) if known else None,
        within_seconds=parts[0].within_seconds,
        total=sum(part.total for part in parts),
        clocks=clocks[:limit],
        partitions=sorted(partition for part in parts for partition in part.partitions),
    )


def _read(answer: Answer) -> DueClocks:
    if answer.status == 400:
        raise SettingsError(msgspec.json.decode(answer.body, type=dict[str, str])["error"])
    try:
        return _decode(answer.body)
    except msgspec.DecodeError:
        raise SettingsError(f"{answer.worker} gives no answer that can be read (status {answer.status}): is it a worker of this version?") from None


def _print(due: DueClocks, language: Language) -> None:
    within = duration(round(due.within_seconds * SECOND), language)
    if not due.clocks:
        say(line("due.none", language, within=within))
        return
    shown = table("", *(line(f"due.{column}", language) for column in _COLUMNS))
    for each in due.clocks:
        shown.add_row(*_row(each, language))
    results().print(shown)
    t = at(due.t, due.clocks[0].time_zone, language) if due.t is not None else "-"
    say(line("due.total", language, shown=len(due.clocks), total=due.total, within=within, t=t))


def _row(due: DueClock, language: Language) -> tuple[str, ...]:
    paused = (
        "" if due.paused_since is None else line("due.since", language, reason=due.paused_reason, at=at(due.paused_since, due.time_zone, language))
    )
    return (
        at(due.deadline, due.time_zone, language),
        duration(round(due.remaining_seconds) * SECOND, language),
        duration(round(due.remaining_counted_seconds) * SECOND, language),
        clock_title(due.clock, due.titles, language),
        due.contact,
        " ".join(part for part in (due.dept, due.node, due.queue) if part) or "-",
        word(SEVERITIES, due.severity, language),
        paused,
    )
