"""All sources by name, as the command line offers them: ``open_source(name, path, options)`` gives arrivals and what is known of them."""

from collections.abc import Callable, Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import Final, TypeVar

import msgspec

from monitor.errors import SettingsError, SourceError
from monitor.sources.anonymous_bank import BankLog, read_bank
from monitor.sources.arrival import Arrival
from monitor.sources.events_file import read_events
from monitor.sources.files import read_lines
from monitor.sources.servicenow import IncidentLog, read_incidents
from monitor.sources.traffic import TrafficModel, expected_events, traffic
from monitor.sources.window import contacts_begun
from schemas.instants import Instant, parse_instant

T = TypeVar("T")


class OpenSource(msgspec.Struct, frozen=True):
    """A source ready to be read once. ``total`` counts arrivals (``exact``) or estimates them; ``findings`` are kinds of dirt."""

    name: str
    arrivals: Iterator[Arrival]
    total: int | None
    exact: bool
    findings: Mapping[str, int]


class SourceKind(msgspec.Struct, frozen=True):
    """One name of the command line: what it is, and whether it needs the path of a file."""

    name: str
    help: str
    needs_path: bool
    open: Callable[[Path | None, Mapping[str, str]], OpenSource]


class _Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Options of recorded sources: only the contacts that begin within ``days`` after ``start`` (a date or an RFC 3339 instant)."""

    start: str | None = None
    days: float | None = None

    @property
    def start_at(self) -> Instant | None:
        """The instant; a date means midnight UTC."""
        return None if self.start is None else parse_instant(self.start if len(self.start) > 10 else f"{self.start}T00:00:00Z")


def open_source(name: str, path: Path | None = None, options: Mapping[str, str] | None = None) -> OpenSource:
    """Open a source by name. Raises SettingsError for a wrong name or option, SourceError for a file that cannot be read."""
    kind = SOURCES.get(name)
    if kind is None:
        raise SettingsError(f"there is no source {name!r}; choose one of {', '.join(SOURCES)}")
    if kind.needs_path and path is None:
        raise SourceError(f"the source {name} needs the path of its file")
    return kind.open(path, options or {})


def _options(kind: type[T], options: Mapping[str, str]) -> T:
    """Options as written on a command line (``days=2``, ``delivery.disorder_seconds=5``, lists as JSON) in their type."""
    tree: dict[str, object] = {}
    for dotted, text in options.items():
        *above, leaf = dotted.split(".")
        place = tree
        for name in above:
            inner = place.setdefault(name, {})
            if not isinstance(inner, dict):
                raise SettingsError(f"option {dotted}: {name} already has a value")
            place = inner
        place[leaf] = _value(text)
    try:
        return msgspec.convert(tree, kind, strict=False)
    except msgspec.ValidationError as error:
        raise SettingsError(f"source options: {error}") from error


def _value(text: str) -> object:
    if text[:1] in ("[", "{"):
        try:
            return msgspec.json.decode(text)
        except msgspec.DecodeError as error:
            raise SettingsError(f"source options: {text!r} is not JSON: {error}") from error
    return text


def _recorded(name: str, log: BankLog | IncidentLog, options: Mapping[str, str]) -> OpenSource:
    part = _part(options)
    if part.start_at is None and part.days is None:
        return OpenSource(name, log.arrivals(), log.total, True, log.dirt.counts())
    total = sum(1 for _ in contacts_begun(log.arrivals(), part.start_at, part.days))
    return OpenSource(name, contacts_begun(log.arrivals(), part.start_at, part.days), total, True, log.dirt.counts())


def _part(options: Mapping[str, str]) -> _Part:
    part = _options(_Part, options)
    try:
        _ = part.start_at
    except ValueError as error:
        raise SettingsError(f"source options: start={part.start}: {error}") from error
    return part


def _open_bank(path: Path | None, options: Mapping[str, str]) -> OpenSource:
    assert path is not None
    return _recorded("anonymous-bank", read_bank(path), options)


def _open_incidents(path: Path | None, options: Mapping[str, str]) -> OpenSource:
    assert path is not None
    return _recorded("servicenow", read_incidents(path), options)


def _open_events(path: Path | None, options: Mapping[str, str]) -> OpenSource:
    """The first event is read at once, so that a wrong file is refused before anything else begins."""
    assert path is not None
    part = _part(options)
    arrivals = read_events(path)
    first = next(arrivals, None)
    if first is None:
        raise SourceError(f"{path}:1: the file holds no event; expected one structured CloudEvent a line")
    chosen = contacts_begun(chain([first], arrivals), part.start_at, part.days)
    whole = part.start_at is None and part.days is None
    return OpenSource("events", chosen, sum(1 for _, text in read_lines(path) if text), whole, {})


def _open_traffic(path: Path | None, options: Mapping[str, str]) -> OpenSource:
    if path is not None:
        raise SettingsError("the source traffic is made, not read: leave the path out")
    model = _options(TrafficModel, options)
    try:
        _ = model.start_at
    except ValueError as error:
        raise SettingsError(f"source options: start={model.start}: {error}") from error
    return OpenSource("traffic", traffic(model), expected_events(model), False, {})


SOURCES: Final[dict[str, SourceKind]] = {
    kind.name: kind
    for kind in (
        SourceKind("anonymous-bank", "calls of a bank's call centre, one month (TSV)", True, _open_bank),
        SourceKind("servicenow", "incidents of a ServiceNow desk (CSV)", True, _open_incidents),
        SourceKind("events", "structured CloudEvents, one a line (JSON)", True, _open_events),
        SourceKind("traffic", "a seeded model of calls, chats and work orders", False, _open_traffic),
    )
}
