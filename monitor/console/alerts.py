"""``sla-monitor alerts``: what is broken, as committed alerts say; the highest version of an alert is what is true."""

import asyncio
from collections.abc import Callable
from typing import Final

import click
import msgspec

from agents.reader import follow, read_topics
from agents.runtime.settings import RuntimeSettings
from monitor.console.policies import settings
from monitor.console.screen import Format, output_option, print_json_line, results, say, table
from monitor.console.wiring import runtime_settings
from schemas.alerts import Alert
from schemas.topics import ALERTS

_DECODER: Final = msgspec.json.Decoder(Alert)
_STYLES: Final = {"firing": "bold red", "resolved": "green", "retracted": "dim"}


@click.command()
@click.option("--follow", "following", is_flag=True, help="go on with alerts as they come, until Ctrl-C")
@click.option("--new", is_flag=True, help="with --follow: leave out what is there already")
@click.option("--state", type=click.Choice(["firing", "resolved", "retracted"]), help="only alerts in this state")
@click.option("--kind", type=click.Choice(["breach", "level", "objective", "flow"]), help="only alerts of this kind")
@output_option
def command(following: bool, new: bool, state: str | None, kind: str | None, output: Format) -> None:
    """Show the alerts on Kafka: the latest version of each, or with --follow every version as it comes.

    Only committed records are read. With --output json each alert is one line: the record as it stands on the topic.
    """
    runtime = runtime_settings(settings())

    def wanted(alert: Alert) -> bool:
        return (state is None or alert.state == state) and (kind is None or alert.kind == kind)

    if following:
        asyncio.run(_follow(runtime, new, output, wanted))
        return
    latest = asyncio.run(_latest(runtime))
    found = [alert for alert in latest.values() if wanted(alert)]
    if output == "json":
        for alert in found:
            print_json_line(alert)
        return
    _print(found)
    say(f"{len(found)} alerts" + ("" if len(found) == len(latest) else f" of {len(latest)}"))


async def _latest(runtime: RuntimeSettings) -> dict[str, Alert]:
    """The highest version of each alert, in order of detection."""
    latest: dict[str, Alert] = {}
    for record in (await read_topics(runtime, [ALERTS]))[ALERTS]:
        if record.value is None:
            latest.pop((record.key or b"").decode(), None)
            continue
        alert = _DECODER.decode(record.value)
        if alert.id not in latest or latest[alert.id].version <= alert.version:
            latest[alert.id] = alert
    return dict(sorted(latest.items(), key=lambda item: (item[1].detected_at, item[0])))


async def _follow(runtime: RuntimeSettings, new: bool, output: Format, wanted: Callable[[Alert], bool]) -> None:
    console = results()
    async for record in follow(runtime, [ALERTS], from_end=new):
        if record.value is None:
            continue
        alert = _DECODER.decode(record.value)
        if not wanted(alert):
            continue
        if output == "json":
            print_json_line(alert)
        else:
            console.print(f"{alert.detected_at}  [{_STYLES[alert.state]}]{alert.state:9}[/]  {alert.severity:8}  {what(alert)}", soft_wrap=True)


def what(alert: Alert) -> str:
    """What the alert is about, in one line."""
    if alert.kind == "objective":
        value = "" if alert.value is None else f" is {alert.value:.4g}"
        return f"{alert.objective}{value}, promised {alert.target:g}, {alert.annotations.get('scope', alert.queue or '')}".rstrip(", ")
    if alert.kind == "flow":
        return f"{alert.flow} of {alert.contact}, queue {alert.queue or '-'}"
    level = "" if alert.level_ratio in (None, 1.0) else f" at {alert.level_ratio:.0%}"
    return f"{alert.clock}{level} of {alert.contact}, queue {alert.queue or '-'}, due {alert.deadline}"


def _print(alerts: list[Alert]) -> None:
    shown = table("", "detected", "state", "severity", "what", "reason")
    for alert in alerts:
        shown.add_row(alert.detected_at, f"[{_STYLES[alert.state]}]{alert.state}[/]", alert.severity, what(alert), alert.reason)
    results().print(shown)
