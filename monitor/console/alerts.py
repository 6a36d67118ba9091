"""``sla-monitor alerts``: what is broken, as committed alerts say; the highest version of an alert is what is true."""

import asyncio
from collections.abc import Callable
from typing import Final

import click
import msgspec
from rich.markup import escape

from agents.reader import follow, read_topics
from agents.runtime.settings import RuntimeSettings
from monitor.console.policies import settings
from monitor.console.screen import Format, output_option, print_json_line, results, say, table
from monitor.console.wiring import runtime_settings
from monitor.policy.model import Language
from monitor.wording.alerts import alert_text
from monitor.wording.words import ALERT_STATES, REASONS, SEVERITIES, word
from schemas.alerts import Alert
from schemas.topics import ALERTS

_DECODER: Final = msgspec.json.Decoder(Alert)
_STYLES: Final = {"firing": "bold red", "resolved": "green", "retracted": "dim"}


@click.command()
@click.option("--follow", "following", is_flag=True, help="go on with alerts as they come, until Ctrl-C")
@click.option("--new", is_flag=True, help="with --follow: leave out what is there already")
@click.option("--state", type=click.Choice(["firing", "resolved", "retracted"]), help="only alerts in this state")
@click.option("--kind", type=click.Choice(["breach", "level", "objective", "flow"]), help="only alerts of this kind")
@click.option("--language", type=click.Choice(["en", "zh"]), help="say it in sentences in this language  [default: the bare facts]")
@output_option
def command(following: bool, new: bool, state: str | None, kind: str | None, language: Language | None, output: Format) -> None:
    """Show the alerts on Kafka: the latest version of each, or with --follow every version as it comes.

    Only committed records are read. With --output json each alert is one line: the record as it stands on the topic. Alerts of objectives
    and flow rules are published in the policy's language; with --language they keep that text.
    """
    runtime = runtime_settings(settings())

    def wanted(alert: Alert) -> bool:
        return (state is None or alert.state == state) and (kind is None or alert.kind == kind)

    if following:
        asyncio.run(_follow(runtime, new, output, wanted, language))
        return
    latest = asyncio.run(_latest(runtime))
    found = [alert for alert in latest.values() if wanted(alert)]
    if output == "json":
        for alert in found:
            print_json_line(alert)
        return
    _print(found, language)
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


async def _follow(runtime: RuntimeSettings, new: bool, output: Format, wanted: Callable[[Alert], bool], language: Language | None) -> None:
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
            detected, state, severity, about, _ = cells(alert, language)
            console.print(f"{detected}  [{_STYLES[alert.state]}]{state:9}[/]  {severity:8}  {escape(about)}", soft_wrap=True)


def cells(alert: Alert, language: Language | None) -> tuple[str, str, str, str, str]:
    """When it was detected, its state, severity, what it is about, and why: as in the record, or in the words of a language."""
    if language is None:
        return alert.detected_at, alert.state, alert.severity, _named(alert, what(alert)), alert.reason
    state, severity = word(ALERT_STATES, alert.state, language), word(SEVERITIES, alert.severity, language)
    about = _named(alert, alert_text(alert, language) or what(alert))
    return alert.detected_at, state, severity, about, word(REASONS, alert.reason, language)


def _named(alert: Alert, about: str) -> str:
    """A text that says which contact it is about; sentences of explanations leave that to their place."""
    return about if alert.contact is None or alert.contact in about else f"{alert.contact}: {about}"


def what(alert: Alert) -> str:
    """What the alert is about, in one line."""
    if alert.kind == "objective":
        value = "" if alert.value is None else f" is {alert.value:.4g}"
        return f"{alert.objective}{value}, promised {alert.target:g}, {alert.annotations.get('scope', alert.queue or '')}".rstrip(", ")
    if alert.clock is None:
        return alert.annotations.get("summary", f"{alert.flow} of {alert.contact}")
    level = "" if alert.level_ratio in (None, 1.0) else f" at {alert.level_ratio:.0%}"
    return f"{alert.clock}{level} of {alert.contact}, queue {alert.queue or '-'}, due {alert.deadline}"


def _print(alerts: list[Alert], language: Language | None) -> None:
    shown = table("", "detected", "state", "severity", "what", "reason")
    for alert in alerts:
        detected, state, severity, about, reason = cells(alert, language)
        shown.add_row(detected, f"[{_STYLES[alert.state]}]{state}[/]", severity, escape(about), reason)
    results().print(shown)
