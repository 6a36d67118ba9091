"""A timeline as people write it: YAML with a start and events at offsets from it, to try a policy on and to ask why.

    policy: |                                   # optional: the text of a policy
      clocks: {…}
    start: "2026-03-02T14:00:00+08:00"
    events:
      - {at: 0, type: workorder.created, priority: high}
      - {at: 1h30m, type: workorder.resolved, delivered: 2h}       # happened then, came half an hour later
    until: 3h                                   # how far time goes on
    policies: [{at: 2h, overlay: …}]            # optional: later versions of the policy (monitor.sources.revisions)
    commands: [{at: 2h, command: exempt, …}]    # optional: what people rule meanwhile (monitor.sources.commanded)

Offsets are seconds or ``1h30m``; instants in events may be offsets too (``due_at: +26h``). Other keys of the file are left alone.
"""

import difflib
from collections.abc import Iterable, Mapping
from typing import Final

import msgspec
import yaml

from monitor.errors import SourceError
from monitor.sources.arrival import Arrival
from monitor.sources.offsets import instant_value, offset_us
from monitor.sources.revisions import Revision
from schemas.event import Event
from schemas.events import EVENT_TYPES, FAMILIES, Family, event_name
from schemas.instants import Instant, parse_instant

Scalar = str | int | float | bool | None
Row = Mapping[str, Scalar]

KINDS: Final = {event_name(data): data for _, data in EVENT_TYPES.values()}
"""Every event type by its short name: ``call.queued``, ``survey_scored``."""

_OF_ROW: Final = ("at", "type", "family", "contact", "id", "source", "sequence", "delivered", "times", "every")
_DEFAULT_FAMILY: Final = "workorder"


class Timeline(msgspec.Struct, frozen=True, kw_only=True):
    """One file; the last event is judged a minute later where ``until`` is missing."""

    start: str
    events: list[dict[str, Scalar]]
    until: str | float | None = None
    policy: str | None = None
    policies: list[Revision] = []
    commands: list[dict[str, object]] = []

    @property
    def start_at(self) -> Instant:
        """The instant of offset 0."""
        return parse_instant(self.start)

    @property
    def until_at(self) -> Instant | None:
        """How far time goes on."""
        return None if self.until is None else self.start_at + offset_us(self.until)


def read_timeline(text: str, file: str) -> Timeline:
    """Read a timeline; raises SourceError that names the file and what is wrong."""
    try:
        timeline = msgspec.convert(load_yaml(text), Timeline)
        begins_at, until_at = timeline.start_at, timeline.until_at
    except (yaml.YAMLError, ValueError) as error:
        raise SourceError(f"{file}: is no timeline: {error}") from None
    if until_at is not None and until_at < begins_at:
        raise SourceError(f"{file}: is no timeline: it ends before it starts")
    return timeline


def load_yaml(text: str) -> object:
    """YAML in which instants stay text, so that their offset is kept."""
    return yaml.load(text, _Loader)  # noqa: S506  (a SafeLoader)


def arrivals_of(start_at: Instant, rows: Iterable[Row], file: str = "timeline") -> list[Arrival]:
    """The events in order of delivery (``delivered``, else when they happened). Raises SourceError that names the row.

    ``times`` makes several of a row, ``every`` so long apart, on contacts of their own; an id defaults to ``e`` and the number of the row.
    """
    found: list[Arrival] = []
    for index, row in enumerate(rows):
        try:
            times = int(row.get("times") or 1)
            found += [_arrival(start_at, index, row, n if times > 1 else None) for n in range(times)]
        except (ValueError, KeyError, TypeError) as error:
            raise SourceError(f"{file}: events[{index}]: {_problem(error)}") from None
    return sorted(found, key=lambda arrival: arrival.delivered_at)


def _arrival(start_at: Instant, index: int, row: Row, n: int | None) -> Arrival:
    shift = 0 if n is None else n * offset_us(row.get("every") or 0)
    at, number, name = start_at + offset_us(row["at"]) + shift, "" if n is None else f"-{n}", str(row["type"])
    if name not in KINDS:
        near = difflib.get_close_matches(name, KINDS, n=1)
        raise ValueError(f"unknown event type {name!r}" + (f": did you mean {near[0]}?" if near else ""))
    first = name.partition(".")[0]
    family: Family = msgspec.convert(row.get("family") or (first if first in FAMILIES else _DEFAULT_FAMILY), Family)
    fields = {key: instant_value(start_at, key, value) for key, value in row.items() if key not in _OF_ROW}
    strange = sorted(fields.keys() - set(KINDS[name].__struct_fields__))
    if strange:
        raise ValueError(f"{name} has no field {strange[0]!r}; it has {', '.join(KINDS[name].__struct_fields__)}")
    data = msgspec.convert({"type": name, **fields}, KINDS[name])
    identity, contact = str(row.get("id") or f"e{index}") + number, str(row.get("contact") or "c1") + number
    event = Event(contact, family, identity, str(row.get("source") or "/upstream"), at, int(row.get("sequence") or 0), data)
    delivered = row.get("delivered")
    return Arrival(event, at if delivered is None else start_at + offset_us(delivered) + shift)


def _problem(error: Exception) -> str:
    return f"{error.args[0]!r} is missing" if isinstance(error, KeyError) else str(error)


class _Loader(yaml.SafeLoader):
    """Timestamps stay text."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
