"""One case of a golden file: a start, events at offsets from it, and what must come of them."""

from pathlib import Path
from typing import Any, Final

import msgspec
import yaml

from monitor.sources.arrival import Arrival
from schemas.event import Event
from schemas.events import CALL_EVENTS, CHAT_EVENTS, FAMILIES, SHARED_EVENTS, WORKORDER_EVENTS, EventData, Family, event_name
from schemas.instants import SECOND, Instant, format_instant, parse_instant

KINDS: Final[dict[str, type[EventData]]] = {event_name(k): k for k in (*CALL_EVENTS, *CHAT_EVENTS, *WORKORDER_EVENTS, *SHARED_EVENTS)}
"""Every event type by its short name: ``call.queued``, ``survey_scored``."""

_UNITS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_OF_EVENT: Final = ("at", "type", "family", "contact", "id", "source", "sequence", "delivered", "times", "every")

Row = dict[str, Any]


class Case(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """One timeline. ``ratios`` rows: indicator, value, n, scope (``all``), facet (``vip_tier=vip``), threshold.

    ``counters`` are lifetime totals of everything together, 0 for one that must not be there. ``presence`` is by scope how many
    wait and since when (``waiting``, ``oldest``). ``reports`` rows are lines of the roll-up asked for by ``length`` and ``by``:
    ``period``, ``of``, ``provisional``, and values of ``core`` or met and breached of ``clocks`` by name. ``never`` are texts that
    stand in no verdict, alert, pane or presence.
    """

    title: str
    start: str
    events: list[Row]
    until: str | int
    clocks: list[str] | None = None
    verdicts: list[Row] = []
    alerts: list[Row] | None = None
    ratios: list[Row] = []
    counters: dict[str, int] = {}
    presence: dict[str, Row] = {}
    reports: list[Row] = []
    never: list[str] = []
    dead_letters: list[str] = []
    partitions: int = 2

    @property
    def start_at(self) -> Instant:
        """The instant of offset 0."""
        return parse_instant(str(self.start))

    @property
    def until_at(self) -> Instant:
        """How far time goes on."""
        return self.start_at + offset_us(self.until)

    def arrivals(self) -> list[Arrival]:
        """The events in order of delivery (``delivered``, else when they happened)."""
        found = [arrival for index, row in enumerate(self.events) for arrival in self._arrivals(index, row)]
        return sorted(found, key=lambda arrival: arrival.delivered_at)

    def _arrivals(self, index: int, row: Row) -> list[Arrival]:
        """One event, or ``times`` of them ``every`` so often with contacts of their own."""
        times = int(row.get("times", 1))
        return [self._arrival(index, row, n if times > 1 else None) for n in range(times)]

    def _arrival(self, index: int, row: Row, n: int | None) -> Arrival:
        shift = 0 if n is None else n * offset_us(row.get("every", 0))
        at = self.start_at + offset_us(row["at"]) + shift
        name, number = str(row["type"]), "" if n is None else f"-{n}"
        first = name.partition(".")[0]
        family: Family = msgspec.convert(row.get("family") or (first if first in FAMILIES else "workorder"), Family)
        contact = str(row.get("contact", "c1")) + number
        fields = {key: self._value(key, value) for key, value in row.items() if key not in _OF_EVENT}
        data = msgspec.convert({"type": name, **fields}, KINDS[name])
        identity = str(row.get("id", f"e{index}")) + number
        event = Event(contact, family, identity, str(row.get("source", "/upstream")), at, int(row.get("sequence", 0)), data)
        delivered = row.get("delivered")
        return Arrival(event, at if delivered is None else self.start_at + offset_us(delivered) + shift)

    def _value(self, key: str, value: object) -> object:
        """``due_at`` and other instants in events may be offsets too (``+26h``)."""
        if isinstance(value, str) and value.startswith("+") and key.endswith("_at"):
            return format_instant(self.start_at + offset_us(value[1:]))
        return value


class GoldenFile(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """The cases of one requirement; ``policy`` names a shipped policy."""

    requirement: str
    asks: str
    policy: str = "telecom"
    cases: list[Case]


def read_golden(path: Path) -> GoldenFile:
    """Read one file; a wrong field is an error that names it."""
    text = path.read_text(encoding="utf-8")
    loaded = yaml.load(text, _Loader)
    return msgspec.convert(loaded, GoldenFile)


def offset_us(text: str | float) -> int:
    """``90``, ``1h30m``, ``2d``, ``-5s`` in microseconds."""
    if isinstance(text, (int, float)):
        return round(text * SECOND)
    sign, total, number = (-1 if text.startswith("-") else 1), 0.0, ""
    for letter in text.removeprefix("-"):
        if letter in _UNITS:
            total, number = total + float(number) * _UNITS[letter], ""
        else:
            number += letter
    return sign * round((total + float(number or 0)) * SECOND)


class _Loader(yaml.SafeLoader):
    """Timestamps stay text, so that their offset is kept."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
