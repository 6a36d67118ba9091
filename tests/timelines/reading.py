"""One case of a golden file: a start, events at offsets from it, and what must come of them."""

from pathlib import Path
from typing import Any

import msgspec

from monitor.policy.load import Files
from monitor.replay.engine import ReplayEngine
from monitor.replay.interventions import Interventions
from monitor.replay.schedule import Schedule
from monitor.sources.arrival import Arrival
from monitor.sources.commanded import Given, given_of
from monitor.sources.offsets import offset_us
from monitor.sources.revisions import Revision, versions_of
from monitor.sources.tick_plan import IDLE_SECONDS, play, tick_plan
from monitor.sources.timeline import arrivals_of, load_yaml
from schemas.instants import SECOND, Instant, parse_instant

__all__ = ["Case", "GoldenFile", "Row", "offset_us", "read_golden"]

Row = dict[str, Any]


class Judged(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Events, what people do meanwhile, and what must come of them.

    ``policies`` and ``commands`` are as in any timeline (``monitor.sources``). ``ratios`` rows: indicator, value, n, scope (``all``),
    facet (``vip_tier=vip``), threshold. ``policy`` of a verdict is the version's own name (``version:``), else ``first``.
    """

    start: str
    events: list[Row]
    until: str | int
    clocks: list[str] | None = None
    verdicts: list[Row] = []
    alerts: list[Row] | None = None
    ratios: list[Row] = []
    never: list[str] = []
    dead_letters: list[str] = []
    partitions: int = 2
    policies: list[Revision] = []
    commands: list[Row] = []

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
        return arrivals_of(self.start_at, self.events)

    def under(self, files: Files) -> Schedule:
        """The policy of these files, and what replaces it in the course of the case."""
        return Schedule(versions_of(self.start_at, files, self.policies))

    def given(self, schedule: Schedule) -> list[Given]:
        """What people command."""
        return given_of(self.start_at, self.commands, schedule.names)

    def play_into(self, engine: ReplayEngine, idle_seconds: int = IDLE_SECONDS, schedule: Schedule | None = None) -> None:
        """Let it happen, up to ``until``, and commit."""
        arrivals = self.arrivals()
        settle = max(1, (self.until_at - arrivals[-1].delivered_at) // SECOND)
        steps = tick_plan(arrivals, self.partitions, settle_seconds=settle, idle_seconds=idle_seconds)
        log = engine if schedule is None else Interventions(engine, self.partitions, self.given(schedule), schedule.switches)
        play(steps, log)
        engine.commit()


class Case(Judged, kw_only=True, forbid_unknown_fields=True):
    """One timeline of a requirement.

    ``counters`` are lifetime totals of everything together, 0 for one that must not be there. ``presence`` is by scope how many
    wait and since when (``waiting``, ``oldest``). ``reports`` rows are lines of the roll-up asked for by ``length`` and ``by``:
    ``period``, ``of``, ``provisional``, and values of ``core`` or met and breached of ``clocks`` by name. ``never`` are texts that
    stand in no verdict, alert, pane or presence.
    """

    title: str
    counters: dict[str, int] = {}
    presence: dict[str, Row] = {}
    reports: list[Row] = []


class GoldenFile(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """The cases of one requirement; ``policy`` names a shipped policy."""

    requirement: str
    asks: str
    policy: str = "telecom"
    cases: list[Case]


def read_golden(path: Path) -> GoldenFile:
    """Read one file; a wrong field is an error that names it."""
    return msgspec.convert(load_yaml(path.read_text(encoding="utf-8")), GoldenFile)
