"""``sla-monitor check POLICY…``: errors and doubts, one a line as compilers write them; on request what is promised, as a table."""

from collections.abc import Iterable
from datetime import timedelta

import click
from rich.table import Table

from agents.runtime.wall_clock import wall_clock
from monitor.console.policies import check_names, read_files, shipped_names
from monitor.console.screen import Format, output_option, print_json, results, say, table
from monitor.policy import Finding, check_policy, load_policy
from monitor.policy.durations import target_text
from monitor.policy.model import Clock, Policy
from schemas.instants import EPOCH


@click.command()
@click.argument("policies", nargs=-1, metavar="[POLICY]...")
@click.option("--table", "tabled", is_flag=True, help="show the clocks of each policy without errors: rules, targets, calendars, links")
@output_option
def command(policies: tuple[str, ...], tabled: bool, output: Format) -> int:
    """Check policies: each error and each doubt as `file:line: path: message`.

    POLICY is a YAML file, a folder whose files are laid over each other, or the name of a shipped policy; without one, the
    policy that a worker would run (SLA_POLICY). Of overlays, the file and line are those that gave the value.

    \b
    Exit codes:
      0  no errors; warnings alone do not fail
      1  an error, or a policy that cannot be read
      2  the command line itself is wrong
    """
    findings: list[Finding] = []
    names = check_names(policies)
    sound: list[str] = []
    today = (EPOCH + timedelta(microseconds=wall_clock())).date()
    for name in names:
        found = check_policy(read_files(name), today)
        findings += found
        if all(finding.level == "warning" for finding in found):
            sound.append(name)
    errors = sum(finding.level == "error" for finding in findings)
    if output == "json":
        print_json(findings)
    else:
        for finding in findings:
            click.echo(str(finding))
        say(f"{', '.join(names)}: {errors} errors, {len(findings) - errors} warnings" if findings else f"{', '.join(names)}: ok")
        for name in sound if tabled else ():
            results().print(_promises(name, load_policy(read_files(name))))
    return 1 if errors else 0


def _promises(name: str, policy: Policy) -> Table:
    """One line a clock: for whom, how many rules, which targets in which calendars, and of which whole it is a link."""
    made = table(f"{name} ({policy.version})", "clock", "on", "rules", "targets", "calendars", "link of", "title", numbers=["rules"])
    for clock in policy.clocks:
        targets = _once(target_text(rule.target) for rule in clock.rules if rule.target is not None)
        calendars = _once(rule.calendar.name for rule in clock.rules if rule.target is not None)
        on = " ".join(sorted(clock.families))
        made.add_row(_published(clock), on, str(len(clock.rules)), targets or "none", calendars, clock.whole, clock.title)
    return made


def _published(clock: Clock) -> str:
    return clock.name if clock.per is None else f"{clock.name}:<{clock.per}>"


def _once(texts: Iterable[str]) -> str:
    return " ".join(dict.fromkeys(texts))


command.epilog = f"Shipped policies: {', '.join(shipped_names()) or 'none'}."
