"""``sla-monitor replay SOURCE [FILE]``: the processors of a worker over a recorded log, without a broker."""

from collections.abc import Iterable
from pathlib import Path

import click
import msgspec
from rich.table import Table

from monitor.collector import look_seldom
from monitor.console.overview import Measured, core_table, overview_tables
from monitor.console.policies import DEFAULT, SOURCE_POLICIES, open_policy, settings
from monitor.console.screen import Format, counted, output_option, print_json, progress, results, say, table
from monitor.console.sourcing import SOURCE_HELP, begin, options_option, policy_at_option, source_arguments
from monitor.console.wiring import hash_key_of
from monitor.errors import SourceError
from monitor.policy.model import Policy
from monitor.replay.finals import Finals
from monitor.replay.product import everything_of, product_engine
from monitor.replay.schedule import FROM_THE_START, Schedule
from monitor.sources.arrival import Arrival
from monitor.sources.tick_plan import play, tick_plan
from schemas.instants import Instant

PARTITIONS = 4


@click.command(epilog=SOURCE_HELP)
@source_arguments
@options_option
@policy_at_option
@click.option("--policy", help="YAML file, folder, or name of a shipped policy  [default: SLA_POLICY, else the one shipped for SOURCE]")
@click.option("--verdicts", type=click.Path(dir_okay=False, path_type=Path), help="write every final verdict to this file, one JSON line each")
@output_option
def command(
    source: str,
    file: Path | None,
    options: dict[str, str],
    later: tuple[tuple[Instant, str], ...],
    policy: str | None,
    verdicts: Path | None,
    output: Format,
) -> None:
    """Judge a recorded log and print what came of it.

    The same processors run as in a worker, with the ticks that `publish --drive-clock` would write: verdicts and alerts are those of a live
    run, record for record. With --policy-at another policy is published in the middle of the log. With --output json standard output
    holds JSON alone: totals per queue under `queues.<name>`, verdicts by clock, alerts by kind, refused records by reason, and every
    clock and indicator of everything together with its n.
    """
    compiled = open_policy(policy, SOURCE_POLICIES.get(source, DEFAULT))
    schedule = Schedule([(FROM_THE_START, compiled), *((at, open_policy(name)) for at, name in later)])
    opened = begin(source, file, options)
    with progress("replaying", opened.total) as advance:
        summary, finals = judge(counted(opened.arrivals, advance), schedule)
    if verdicts is not None:
        _write_verdicts(verdicts, finals)
    if output == "json":
        print_json(summary)
    else:
        _print(summary, compiled)


def judge(arrivals: Iterable[Arrival], schedule: Policy | Schedule) -> tuple[dict[str, object], Finals]:
    """Play a log into the product; totals, counts and the final verdicts."""
    look_seldom()
    finals = Finals()
    if isinstance(schedule, Policy):
        schedule = Schedule([(FROM_THE_START, schedule)])
    policy = schedule.first
    engine = product_engine(schedule, finals, partitions=PARTITIONS, hash_key=hash_key_of(settings()))
    events = play(tick_plan(arrivals, PARTITIONS), engine)
    engine.commit()
    summary = everything_of(engine, policy)
    summary |= {
        "events": events,
        "policy": policy.version,
        "clocks": finals.verdict_counts(),
        "alerts": finals.alert_counts(),
        "dead_letters": finals.dead_letter_counts(),
    }
    return summary, finals


def _write_verdicts(path: Path, finals: Finals) -> None:
    encode = msgspec.json.Encoder().encode
    try:
        with path.open("wb") as stream:
            written = sum(1 for line in finals.verdicts() if stream.write(encode(line) + b"\n"))
    except OSError as error:
        raise SourceError(f"{path}: cannot be written ({error.strerror})") from None
    say(f"{path}: {written:,} verdicts")


def _print(summary: dict[str, object], policy: Policy) -> None:
    console = results()
    console.print(f"{policy.title} ({policy.version}): {summary['events']:,} events", highlight=False)
    console.print(queue_table(msgspec.convert(summary["queues"], dict[str, QueueTotals])))
    for lines in (core_table(msgspec.convert(summary["core"], dict[str, Measured])), *overview_tables(summary)):
        console.print()
        console.print(lines)
    for title in ("clocks", "alerts", "dead_letters"):
        counts = summary[title]
        if isinstance(counts, dict) and counts:
            console.print(f"\n{title.replace('_', ' ')}", style="bold")
            for name, value in counts.items():
                told = ", ".join(f"{each} {count:,}" for each, count in value.items()) if isinstance(value, dict) else f"{value:,}"
                console.print(f"  {name}: {told}")


class QueueTotals(msgspec.Struct):
    """What the table shows of one queue."""

    offered: int
    answered: int
    abandoned: int
    service_level: dict[str, float | dict[str, float | None] | None]
    asa_seconds: float | None
    wait_seconds: dict[str, float | None]


def queue_table(queues: dict[str, QueueTotals]) -> Table:
    """Totals per queue."""
    columns = ("offered", "answered", "abandoned", "within 20 s (V3)", "ASA s", "p95 wait s")
    shown = table("", "queue", *columns, numbers=columns)
    for name, totals in queues.items():
        levels = totals.service_level.get("V3")
        level = levels.get("20") if isinstance(levels, dict) else None
        shown.add_row(
            name,
            f"{totals.offered:,}",
            f"{totals.answered:,}",
            f"{totals.abandoned:,}",
            "-" if level is None else f"{level:.1%}",
            _seconds(totals.asa_seconds),
            _seconds(totals.wait_seconds.get("p95")),
        )
    return shown


def _seconds(value: float | None) -> str:
    return "-" if value is None else f"{value:.1f}"
