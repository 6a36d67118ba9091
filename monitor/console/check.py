"""``sla-monitor check POLICY…``: errors and doubts, one a line as compilers write them."""

from datetime import timedelta

import click

from agents.runtime.wall_clock import wall_clock
from monitor.console.policies import check_names, read_files, shipped_names
from monitor.console.screen import Format, output_option, print_json, say
from monitor.policy import Finding, check_policy
from schemas.instants import EPOCH


@click.command()
@click.argument("policies", nargs=-1, metavar="[POLICY]...")
@output_option
def command(policies: tuple[str, ...], output: Format) -> int:
    """Check policies: each error and each doubt as `file:line: path: message`.

    POLICY is a YAML file, a folder whose files are laid over each other, or the name of a shipped policy; without one, the
    policy that a worker would run (SLA_POLICY). Exit code 1 when there is an error; warnings alone do not fail.
    """
    findings: list[Finding] = []
    names = check_names(policies)
    today = (EPOCH + timedelta(microseconds=wall_clock())).date()
    for name in names:
        findings += check_policy(read_files(name), today)
    errors = sum(finding.level == "error" for finding in findings)
    if output == "json":
        print_json(findings)
    else:
        for finding in findings:
            click.echo(str(finding))
        say(f"{', '.join(names)}: {errors} errors, {len(findings) - errors} warnings" if findings else f"{', '.join(names)}: ok")
    return 1 if errors else 0


command.epilog = f"Shipped policies: {', '.join(shipped_names()) or 'none'}."
