"""``sla-monitor topics``: create what is missing, verify what exists."""

import asyncio

import click

from agents.runtime.topic_plan import plan_all
from agents.runtime.topics import Difference, create_topics, differences
from monitor.console.policies import settings
from monitor.console.screen import Format, output_option, print_json, results, say, table
from monitor.console.wiring import PROCESSORS, runtime_settings
from schemas.topics import TOPICS


@click.command()
@click.option("--create/--verify", default=True, help="create what is missing, or only look  [default: create]")
@output_option
def command(create: bool, output: Format) -> int:
    """Create the topics of the application and verify the settings of those that exist.

    Existing topics are never changed: each difference is printed with what is expected and what was found. Exit code 1 when
    a difference would make results wrong (a missing topic, another number of partitions, a tick topic without LogAppendTime).
    """
    runtime = runtime_settings(settings())
    plans = plan_all(runtime, PROCESSORS)
    created = asyncio.run(create_topics(runtime, plans)) if create else []
    found = asyncio.run(differences(runtime, plans))
    if output == "json":
        print_json({"created": created, "differences": found})
    else:
        meaning = {runtime.physical(spec.name): spec.help for spec in TOPICS}
        _print([(plan.name, plan.partitions, plan.config, meaning.get(plan.name, "state of a processor")) for plan in plans], created, found)
    return 1 if any(difference.fatal for difference in found) else 0


def _print(plans: list[tuple[str, int, dict[str, str], str]], created: list[str], found: list[Difference]) -> None:
    shown = table("", "topic", "partitions", "cleanup", "state", "what it carries", numbers=["partitions"])
    wrong = {difference.topic for difference in found}
    for name, partitions, config, meaning in plans:
        state = "created" if name in created else "differs" if name in wrong else "ok"
        shown.add_row(name, str(partitions), config.get("cleanup.policy", ""), state, meaning)
    results().print(shown)
    for difference in found:
        say(("error: " if difference.fatal else "warning: ") + str(difference))
