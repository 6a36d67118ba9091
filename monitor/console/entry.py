"""Where every command begins and every error ends: as one message a person can act on, never as a traceback."""

import importlib
import logging
import sys
from typing import Final, NoReturn

import click

from monitor import __version__
from monitor.console.manual import COMMANDS, EPILOGUE, Entry
from monitor.errors import SlaMonitorError

INTERRUPTED: Final = 130


class Commands(click.Group):
    """Commands are imported when they are called: Faust and Kafka take a second that ``--help`` and ``check`` need not wait for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order of the manual."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command's module."""
        if cmd_name not in COMMANDS:
            return None
        found: click.Command = importlib.import_module(COMMANDS[cmd_name].module).command
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Grouped as in the manual, without importing any command."""
        for heading in dict.fromkeys(entry.heading for entry in COMMANDS.values()):
            with formatter.section(heading):
                formatter.write_dl([(name, entry.help) for name, entry in COMMANDS.items() if entry.heading == heading])

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        """Suggest the nearest command for a misspelt one."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            raise click.UsageError(f"{error.message} {nearest(args[0])}".rstrip(), ctx) from None


def nearest(word: str) -> str:
    """ "Did you mean …?" for a misspelt command; empty where nothing is near."""
    import difflib

    near = difflib.get_close_matches(word, COMMANDS, n=1)
    return f"Did you mean {near[0]!r}?" if near else ""


@click.group(cls=Commands, epilog=EPILOGUE, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120})
@click.version_option(__version__, prog_name="sla-monitor", message="%(prog)s %(version)s")
def sla_monitor() -> None:
    """Watches the promises a telecom operator makes to its customers: reads contact events from Kafka, runs a clock for every
    promise, and says so the second one is broken.
    """


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run one command and exit: 0 all is well, 1 problems were found, 2 the command or a setting is wrong."""
    logging.getLogger().addHandler(logging.NullHandler())  # only a worker logs; what others have to say is their output
    try:
        code = sla_monitor.main(args=arguments, prog_name="sla-monitor", standalone_mode=False)
    except click.Abort:
        _leave(INTERRUPTED)
    except click.ClickException as error:
        error.show()
        _leave(error.exit_code)
    except SlaMonitorError as error:
        click.echo(f"sla-monitor: {error}", err=True)
        _leave(error.exit_code)
    except KeyboardInterrupt:
        _leave(INTERRUPTED)
    _leave(code if isinstance(code, int) else 0)


def _leave(code: int) -> NoReturn:
    sys.exit(code)


__all__ = ["Entry", "main", "sla_monitor"]
