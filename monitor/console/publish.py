"""``sla-monitor publish SOURCE [FILE]``: events to Kafka, for workers that keep their own time or with the log's own clock."""

import asyncio
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Literal

import click

from agents.clock_driver import Driven
from agents.runtime.settings import RuntimeSettings
from monitor.console.own_policy import Own, bring, own_policy
from monitor.console.policies import settings
from monitor.console.screen import Format, output_option, print_json, progress, say
from monitor.console.sending import AT_ONCE, Advance, drive, moved_to_now, send
from monitor.console.sourcing import SOURCE_HELP, begin, options_option, policy_at_option, source_arguments
from monitor.console.wiring import runtime_settings
from monitor.errors import SettingsError
from monitor.replay.schedule import FROM_THE_START
from monitor.sources.arrival import Arrival
from schemas.instants import Instant, format_instant

BUSY_START = "2026-03-02T10:00:00+08:00"


class Speed(click.ParamType):
    """``max``, or how many times faster than the log's own time."""

    name = "X|max"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """A positive number, or 0 for ``max``."""
        if value == "max":
            return AT_ONCE
        try:
            speed = float(str(value))
        except ValueError:
            speed = -1.0
        if not 0 < speed < float("inf"):
            self.fail(f"expected a positive number or max, got {value!r}", param, ctx)
        return speed


@click.command(epilog=SOURCE_HELP)
@source_arguments
@options_option
@click.option("--speed", type=Speed(), help="times the log's own speed  [default: max; 1 with --times now]")
@click.option("--times", type=click.Choice(["recorded", "now"]), help="now: the first event happens now  [default: now for traffic, else recorded]")
@click.option("--drive-clock", is_flag=True, help="write the ticks too: workers run with SLA_CLOCK=external")
@click.option("--policy", help="the policy that the ticks name, with --drive-clock; published first if it is new  [default: that of a worker]")
@policy_at_option
@output_option
def command(
    source: str,
    file: Path | None,
    options: dict[str, str],
    speed: float | None,
    times: Literal["recorded", "now"] | None,
    drive_clock: bool,
    policy: str | None,
    later: tuple[tuple[Instant, str], ...],
    output: Format,
) -> None:
    """Send the events of SOURCE to Kafka.

    Without --drive-clock the workers keep their own time. `traffic` then happens now, at natural speed; a recorded log is sent with its
    recorded times, as fast as possible unless --speed says otherwise: its deadlines have long passed.

    With --drive-clock time comes from the log: one tick for every second that holds an event and for the next one, one a minute in
    between, each with the exact positions that precede it. This must be the only writer of the source topics. The outcome is that of `replay`.
    """
    times = times or ("now" if source == "traffic" and not drive_clock else "recorded")
    if times == "now":
        if drive_clock or speed not in (None, 1.0):
            raise SettingsError(
                "--times now means natural speed and the workers' own clock; leave out --drive-clock and --speed, or use --times recorded"
            )
        options = ({"start": BUSY_START} if source == "traffic" else {}) | options
        speed = 1.0
    if later and not drive_clock:
        raise SettingsError("--policy-at goes with --drive-clock; for workers that keep their own time use `sla-monitor policy publish`")
    runtime = runtime_settings(settings())
    opened = begin(source, file, options)
    arrivals = moved_to_now(opened.arrivals) if times == "now" else opened.arrivals
    pace = AT_ONCE if speed is None else speed
    with progress("publishing", opened.total) as advance:
        if drive_clock:
            planned = [(FROM_THE_START, own_policy(policy)), *((at, own_policy(name)) for at, name in sorted(later))]
            driven = asyncio.run(_drive(runtime, arrivals, pace, advance, planned))
            result = {"events": driven.records, "ticks": driven.ticks, "t": format_instant(driven.t)}
        else:
            result = {"events": asyncio.run(send(runtime, arrivals, pace, advance))}
    if output == "json":
        print_json(result)
    else:
        say(", ".join(f"{name}: {value:,}" if isinstance(value, int) else f"{name}: {value}" for name, value in result.items()))


async def _drive(
    runtime: RuntimeSettings, arrivals: Iterable[Arrival], speed: float, advance: Advance, planned: Sequence[tuple[Instant, Own]]
) -> Driven:
    """Publish the policies that are not there yet, then the log with ticks that name each from its time on."""
    for _, own in planned:
        known = await bring(runtime, own)
    first = planned[0][1]
    versions = [(at, own.record.version) for at, own in planned]
    if not first.asked_for:
        versions[0] = (FROM_THE_START, known.newest)
    if [known.number(version) for _, version in versions] != sorted(known.number(version) for _, version in versions):
        raise SettingsError("the policies are on sla.policies in another order; give a later one another `version:` label")

    def name_at(t: Instant) -> str:
        return next((version for at, version in reversed(versions) if at <= t), versions[0][1])

    return await drive(runtime, arrivals, speed, advance, name_at)
