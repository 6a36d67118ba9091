"""``sla-monitor schemas``: everything that is generated from the code, written or compared."""

from pathlib import Path

import click

from monitor.console.screen import say
from monitor.errors import SettingsError, SlaMonitorError
from monitor.metrics.reference import metric_reference
from monitor.policy import policy_schema_text
from monitor.queues.reference import indicator_reference
from monitor.settings.reference import settings_reference
from schemas.publish import published_files

PROJECT = Path(__file__).parents[2]
GOOD_EVENTS = PROJECT / "tests" / "events" / "good"
PUBLISHED = "schemas/published"


@click.command()
@click.option("--check", is_flag=True, help="write nothing; exit code 1 when a file is stale, missing or left over")
@click.option("--into", type=click.Path(file_okay=False, path_type=Path), help="folder to write to  [default: the project]")
def command(check: bool, into: Path | None) -> int:
    """Write the generated files: JSON Schemas (2020-12) of all events and outputs, AsyncAPI 3, the schema of policies, the
    references of settings, metrics and indicators.
    """
    if into is None and not (PROJECT / "pyproject.toml").is_file():
        raise SettingsError("this is an installed program, not the project: name a folder with --into")
    folder = into or PROJECT
    files = generated()
    stale = [name for name, text in files.items() if _read(folder / name) != text]
    left = _left_over(folder, files)
    if check:
        for name in stale:
            click.echo(f"{name}: stale; make gen writes it anew")
        for name in left:
            click.echo(f"{name}: left over; make gen removes it")
        return 1 if stale or left else 0
    for name in stale:
        _write(folder / name, files[name])
    for name in left:
        (folder / name).unlink()
    say(f"{folder}: {len(files)} files, {len(stale)} written, {len(left)} removed")
    return 0


def generated() -> dict[str, str]:
    """Every generated file by its path in the project; published examples are the good events of the tests, where they are at hand."""
    examples = {path.stem: path.read_bytes() for path in sorted(GOOD_EVENTS.glob("*.json"))}
    files = {f"{PUBLISHED}/{name}": text for name, text in published_files(examples).items()}
    files["deploy/policies/policy.schema.json"] = policy_schema_text()
    files["deploy/settings.md"] = settings_reference()
    files["deploy/prometheus/metrics.md"] = metric_reference()
    files["deploy/indicators.md"] = indicator_reference()
    return files


def _left_over(folder: Path, files: dict[str, str]) -> list[str]:
    found = [path.relative_to(folder).as_posix() for path in sorted((folder / PUBLISHED).rglob("*")) if path.is_file()]
    return [name for name in found if name not in files]


def _read(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except OSError:
        return None


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise SlaMonitorError(f"{path}: cannot be written ({error.strerror})") from None
