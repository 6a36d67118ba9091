"""What the user sees: results on standard output, progress and remarks on standard error, colour only on a terminal."""

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Literal, TypeVar

import click
import msgspec
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.table import Table

Format = Literal["json", "table"]
T = TypeVar("T")
Command = TypeVar("Command", bound=Callable[..., Any])


def output_option(command: Command) -> Command:
    """The option ``--output json|table`` of a command that prints results."""
    option = click.option("--output", type=click.Choice(["table", "json"]), default="table", show_default=True, help="how results are printed")
    return option(command)


def results() -> Console:
    """Standard output; a pipe gets plain text as wide as it needs."""
    return Console(width=None if sys.stdout.isatty() else 160, highlight=False, soft_wrap=True)


def remarks() -> Console:
    """Standard error, for what is not a result."""
    return Console(stderr=True, highlight=False, soft_wrap=True)


def say(text: str) -> None:
    """A remark to the person at the keyboard, on standard error."""
    click.echo(text, err=True)


def print_json(value: object) -> None:
    """One JSON document, indented, alone on standard output."""
    click.echo(msgspec.json.format(msgspec.json.encode(value, order="deterministic"), indent=2))


def print_json_line(value: object) -> None:
    """One JSON document on a line of its own."""
    click.echo(msgspec.json.encode(value))


def table(title: str, *columns: str, numbers: Iterable[str] = ()) -> Table:
    """A plain table; the columns named in ``numbers`` are right-aligned."""
    made = Table(title=title or None, title_justify="left", header_style="bold", box=None, pad_edge=False)
    right = set(numbers)
    for column in columns:
        made.add_column(column, justify="right" if column in right else "left", overflow="fold")
    return made


@contextmanager
def progress(label: str, total: int | None) -> Iterator[Callable[[int], None]]:
    """A progress bar on a terminal, nothing elsewhere; the value given is called with the number of steps done since."""
    console = remarks()
    if not console.is_terminal:
        yield lambda _steps: None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TextColumn("{task.completed:,}"), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(label, total=total)
        yield lambda steps: bar.advance(task, steps)


def counted(items: Iterable[T], advance: Callable[[int], None], every: int = 500) -> Iterator[T]:
    """The items themselves; ``advance`` hears of them ``every`` so many."""
    done = 0
    for done, item in enumerate(items, start=1):
        if done % every == 0:
            advance(every)
        yield item
    advance(done % every)
