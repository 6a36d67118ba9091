"""``sla-monitor demo``: everything at once, once, and where to look next."""

import shutil
import sys
import textwrap
from pathlib import Path

import click
from rich.console import Console

from monitor.console.alerts import what
from monitor.console.demonstration.board import Scene, level
from monitor.console.demonstration.live import run_live
from monitor.console.demonstration.offline import run_offline
from monitor.console.demonstration.script import find_script
from monitor.console.demonstration.stage import can_run_broker
from monitor.console.demonstration.tally import Tally
from monitor.console.policies import settings
from monitor.console.screen import remarks, results, say, table

NEXT = """
where to look next
  sla-monitor broker &                          a broker that stays, on 127.0.0.1:9092
  export SLA_POLICY=telecom                     what the service judges by; without it, a smaller policy
  sla-monitor topics && sla-monitor worker &    the service; then http://127.0.0.1:9108/ and /metrics
  sla-monitor publish traffic &                 calls, chats and work orders that happen now
  sla-monitor alerts --follow                   sla.alerts; the others are sla.verdicts, sla.queue-panes, sla.dead-letters
  sla-monitor replay anonymous-bank FILE        a whole month, without a broker
  deploy/policies/telecom/                      the promises that were judged; sla-monitor check FILE for your own"""

POLICY = "telecom"
COUNTS = ("alerts", "still firing", "resolved", "retracted")


@click.command()
@click.option("--seconds", type=click.FloatRange(5, 150), default=80.0, show_default=True, help="how long the day takes")
@click.option("--policy", default=POLICY, show_default=True, help="YAML file, folder, or name of a shipped policy")
@click.option("--in-process", is_flag=True, help="no broker: the same processors in this process")
def command(seconds: float, policy: str, in_process: bool) -> None:
    """Watch a day of contact-centre traffic through a real Kafka broker and a worker: queues, service levels, breaches,
    orders that left their flow, a closure that was none.

    Takes the recorded calls and incidents in SLA_DATA (../shared/data), else the traffic model, and one customer's
    story. The broker is the one that SLA_KAFKA
    names, else one of its own (Java and Maven), else none. Everything it started is gone at the end; run it as often as you like.
    """
    chosen = settings()
    script = find_script(chosen)
    say(f"traffic: {script.about}")
    console = remarks() if not sys.stdout.isatty() else results()
    if not in_process and can_run_broker(chosen):
        scene, tally = run_live(chosen, script, policy, seconds, console)
    else:
        say(_why_offline(in_process))
        scene, tally = run_offline(script, policy, seconds, console)
    summary(scene, tally, results())


def _why_offline(asked: bool) -> str:
    if asked:
        return "broker: none, as asked; the same processors run in this process over a log in memory"
    engine = next((name for name in ("docker", "podman") if shutil.which(name)), None)
    hint = f"; {engine} is here: `{engine} compose --profile demo up --build` runs all of it in containers" if engine else ""
    return f"broker: neither SLA_KAFKA nor Java 17 with Maven was found; the same processors run in this process over a log in memory{hint}"


def summary(scene: Scene, tally: Tally, console: Console) -> None:
    """What happened, in two tables and a few words."""
    columns = ("offered", "within 20 s (V3)", "ASA s", "p95 wait s")
    queues = table("the day by queue", "queue", *columns, numbers=columns)
    for name, queue in scene.queues.items():
        if not queue.offered.get("1d"):
            continue  # work orders stand in no line
        day = queue.indicators.get("1d", {})
        told = [level(queue, "1d", "V3"), day.get("asa_seconds"), day.get("wait_seconds.p95")]
        share, *times = told
        queues.add_row(
            name,
            f"{queue.offered.get('1d', 0):,}",
            "-" if share is None else f"{share:.1%}",
            *("-" if seconds is None else f"{seconds:.0f}" for seconds in times),
        )
    console.print(queues)
    found = table("\nbreaches and findings", "kind", "name", *COUNTS, numbers=COUNTS)
    for (kind, name), states in tally.found().items():
        found.add_row(kind, name, f"{states.total():,}", *(f"{states[state]:,}" for state in ("firing", "resolved", "retracted")))
    console.print(found)
    example = tally.example()
    if example is not None and example.explanation is not None:
        console.print(f"\none of them explained: {what(example)}", style="bold")
        console.print(textwrap.fill(example.explanation.text, 120, initial_indent="  ", subsequent_indent="  "))
    console.print(
        f"\n{scene.published:,} events, {tally.total:,} breaches, {tally.flow_findings:,} flow findings, "
        f"{tally.dead_letters:,} dead letters; log time {scene.t}"
    )
    console.print(
        NEXT.replace("\n  sla", f"\n  source {Path(sys.prefix).name}/bin/activate\n  sla", 1) if shutil.which("sla-monitor") is None else NEXT
    )
