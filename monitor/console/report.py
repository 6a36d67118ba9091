"""``sla-monitor report [SOURCE [FILE]]``: roll-ups by day, month or quarter, for everything and by queue, channel, region or facet (R81, R83)."""

import asyncio
import csv
import io
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Final, Literal, get_args

import click

from agents.reader import read_states
from monitor.collector import look_seldom
from monitor.console.overview import number
from monitor.console.policies import DEFAULT, SOURCE_POLICIES, open_policy, settings
from monitor.console.screen import counted, print_json, progress, results, table
from monitor.console.sourcing import SOURCE_HELP, begin, options_option
from monitor.console.wiring import hash_key_of, runtime_settings
from monitor.errors import PolicyError
from monitor.policy.model import Policy, Scope
from monitor.queues.overview import CORE
from monitor.queues.report import Asked, Length, Rollup, report
from monitor.replay.finals import Finals
from monitor.replay.product import product_engine
from monitor.sources.arrival import Arrival
from monitor.sources.registry import SOURCES
from monitor.sources.tick_plan import TickAt, tick_plan
from schemas.instants import HOUR, SECOND

PARTITIONS: Final = 4
COLUMNS: Final = (
    "period", "from", "until", "by", "of", "indicator", "threshold_seconds", "value", "n", "met", "breached", "exempt",
    "provisional", "version", "policy",
)  # fmt: skip

Output = Literal["table", "csv", "json"]


@click.command(epilog=SOURCE_HELP)
@click.argument("source", type=click.Choice(list(SOURCES)), metavar="[SOURCE]", required=False)
@click.argument("file", type=click.Path(path_type=Path), required=False)
@options_option
@click.option("--policy", help="YAML file, folder, or name of a shipped policy  [default: SLA_POLICY, else the one shipped for SOURCE]")
@click.option("--period", "length", type=click.Choice(get_args(Length)), default="day", show_default=True, help="length of a roll-up")
@click.option("--by", default="", help="queue, channel, region, or a facet of the policy such as dept; everything together comes first")
@click.option("--from", "from_date", type=click.DateTime(["%Y-%m-%d"]), help="first day, in the policy's time zone")
@click.option("--to", "to_date", type=click.DateTime(["%Y-%m-%d"]), help="last day")
@click.option("--output", type=click.Choice(get_args(Output)), default="table", show_default=True, help="how results are printed")
def command(
    source: str | None,
    file: Path | None,
    options: dict[str, str],
    policy: str | None,
    length: Length,
    by: str,
    from_date: datetime | None,
    to_date: datetime | None,
    output: Output,
) -> None:
    """Roll up what the queue shards hold on Kafka, or a recorded log: sums over sums of whole days with their n.

    The first line of each period is everything together, with the operator's core indicators. Days are those of the policy's time zone. A
    roll-up carries the instant as of which it last changed as its version: an event that comes late gives it a new one. On Kafka the day that
    runs is complete up to the last full hour.
    """
    compiled = open_policy(policy, SOURCE_POLICIES.get(source or "", DEFAULT))
    _check(by, compiled)
    asked = Asked(length=length, by=by, from_date=_date(from_date), to_date=_date(to_date))
    if source is None:
        states: Iterable[Mapping[bytes, bytes]] = asyncio.run(read_states(runtime_settings(settings()), "queues"))
    else:
        opened = begin(source, file, options)
        with progress("replaying", opened.total) as advance:
            states = _replayed(counted(opened.arrivals, advance), compiled)
    _print(report(states, compiled, asked), output)


def _replayed(arrivals: Iterable[Arrival], policy: Policy) -> list[Mapping[bytes, bytes]]:
    """The states of the queue shards at the end of a log and the hour after it, with which the last day panes are sent."""
    look_seldom()
    engine = product_engine(policy, Finals(), partitions=PARTITIONS, hash_key=hash_key_of(settings()))
    last_at = 0
    for step in tick_plan(arrivals, PARTITIONS):
        if isinstance(step, TickAt):
            engine.tick(step.t)
            last_at = step.t
        else:
            engine.send(step.topic, step.partition, step.key, step.value, step.headers, step.at)
    for t in (last_at - last_at % HOUR + HOUR, last_at - last_at % HOUR + HOUR + SECOND):
        engine.tick(t)
        engine.commit()
    return [shard.state for shard in engine.queues]


def _check(by: str, policy: Policy) -> None:
    scopes = [scope for scope in get_args(Scope) if scope != "all" and scope in policy.queues.scopes]
    known = [*scopes, *policy.queues.facets]
    if by and by not in known:
        raise PolicyError(f"nothing is counted by `{by}` in this policy; it counts by: {' '.join(known)} (limits.scopes, limits.facets)")


def _date(given: datetime | None) -> date | None:
    return None if given is None else given.date()


def _print(lines: list[Rollup], output: Output) -> None:
    if output == "json":
        print_json({"rollups": lines})
    elif output == "csv":
        click.echo(_csv(lines), nl=False)
    else:
        results().print(_table(lines))


def _table(lines: list[Rollup]) -> object:
    titles = [kpi.title for kpi in CORE]
    shown = table("", "period", "of", *titles, "state", numbers=titles)
    for line in lines:
        cells = []
        for kpi in CORE:
            found = line.core[kpi.name]
            cells.append(f"{number(found.value, 'seconds' if 'seconds' in kpi.name else 'ratio')} ({found.n:,})" if found.n else "-")
        shown.add_row(line.period, f"{line.by} {line.of}".strip() or "all", *cells, "provisional" if line.provisional else "final")
    return shown


def _csv(lines: list[Rollup]) -> str:
    """One row for each number: core indicators first, then clocks, then indicators."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for line in lines:
        head, tail = (line.period, line.begins, line.until, line.by, line.of), (line.version, line.policy)
        for name, found in line.core.items():
            writer.writerow((*head, f"core.{name}", None, found.value, found.n, None, None, None, _state(line, name), *tail))
        for clock in line.clocks:
            judged = (f"clock_met_ratio.{clock.clock}", None, clock.met_ratio, clock.n, clock.met, clock.breached, clock.exempt)
            writer.writerow((*head, *judged, _state(line), *tail))
        for each in line.indicators:
            if each.value is not None:
                read = (each.indicator, each.threshold_seconds, each.value, each.n, None, None, None)
                writer.writerow((*head, *read, _state(line, each.indicator), *tail))
    return text.getvalue()


def _state(line: Rollup, indicator: str = "") -> str:
    open_problem = indicator in line.provisional_indicators or (indicator == "first_contact_resolution" and bool(line.provisional_indicators))
    return "provisional" if line.provisional or open_problem else "final"
