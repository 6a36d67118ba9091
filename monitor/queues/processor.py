"""The queues processor: panes of all sources in, alerts of objectives out, judged in the order of T (design §4, §6).

It has no ticks. Its T is the lowest watermark of its sources: every T that any source sent is judged once all have passed it,
so the output is a function of what each source sent and not of how it arrived. Objectives are judged when T enters a new slot
of ten seconds, and not at all while a source is missing. The policy of a T is the newest of those that the watermarks of its sources
name; on a change windows and objectives are made anew from the tables.
"""

from typing import Final

import msgspec

from monitor.panes.holding import Holding
from monitor.panes.intake import Intake
from monitor.panes.slots import FINE_US
from monitor.panes.sources import Source, Sources
from monitor.panes.versions import NamedVersions
from monitor.panes.where import Series, parse_series, series_key
from monitor.policy.book import Policies
from monitor.policy.model import Policy
from monitor.processing import Effects, Output, Record, Reject, Sample, State
from monitor.queues.samples import shard_samples
from monitor.queues.standings import Standings
from monitor.queues.tables import Tables
from monitor.queues.views import Views
from monitor.queues.waiting import Waiting
from schemas.instants import Instant
from schemas.panes import PaneRecord, Presence, QueueInput, Watermark
from schemas.reasons import Refused

UNJUDGED: Final = b"u|"
CONTACTS: Final = "contacts"
"""The source of which there is a shard for every partition."""

Held = PaneRecord | Presence

_decoder: Final[msgspec.json.Decoder[QueueInput]] = msgspec.json.Decoder(QueueInput)
_held_decoder = msgspec.json.Decoder(Held)
_WIDTH: Final = 8
_KEY_PARTS: Final = 5
"""The least parts in the key of a pane or presence; the key of a watermark has three."""


class QueuesProcessor:
    """One shard of the queues processor."""

    def __init__(self, partition: int, state: State, policy: Policy | Policies, sources: frozenset[Source], external_clock: bool) -> None:
        self._versions = NamedVersions(policy, state)
        expected = tuple(sorted(sources))
        self._partition = partition
        self._sources = Sources(state, expected, external_clock)
        self._intake = Intake(_decoder, sources, "panes, presence and watermarks")
        self._holding = Holding[Held](state, expected, _held_decoder)
        self._tables = Tables(state, expected)
        self._waiting = Waiting(state)
        self._standings = Standings(state)
        self._place = (partition, sum(name == CONTACTS for name, _ in sources))
        self._views = Views(self._versions.policy, self._tables, self._waiting, self._standings, self._place)
        self._unjudged: dict[Series, Instant] = {}
        self._outputs: list[Output] = []
        self._rejects: list[Reject] = []
        self._changes: dict[bytes, bytes | None] = {}
        self._load(state)

    def switch(self, policy: Policy) -> None:
        """Judge by another policy from the T reached on: what it does not promise any more ends at the next judgement."""
        self._views = Views(policy, self._tables, self._waiting, self._standings, self._place)
        self._views.fill(max(self._sources.reached_at, 0))

    def apply(self, record: Record, t: Instant) -> None:
        """Take a pane, a presence or a watermark; a watermark may let T move on. ``t`` is not used: the sources bring their own."""
        try:
            received, source, raw = self._intake.read(record)
        except Refused as refused:
            self._rejects.append(Reject(record, refused.reason, refused.detail))
            return
        if isinstance(received, Watermark):
            self._move(received, source)
        else:
            self._holding.hold(received, raw)

    def judge(self, t: Instant, appended_at: Instant) -> None:
        """Do nothing: this processor has no ticks."""

    def drain(self) -> Effects:
        """Hand over all effects since the last call and start afresh."""
        changes = self._changes
        for part in (self._sources, self._holding, self._tables, self._waiting, self._standings, self._versions):
            changes |= part.changes()
        effects = Effects(changes, self._outputs, self._rejects)
        self._changes, self._outputs, self._rejects = {}, [], []
        return effects

    def quarantine(self, record: Record) -> None:
        """Judge no objective of the scope named in the record's key until what is missing has left every window.

        The key alone is read. A watermark that fails is skipped: the next one of its source brings the same T or a later one.
        """
        parts = (record.key or b"").decode(errors="replace").split("|")
        if len(parts) < _KEY_PARTS:
            return
        series = parse_series(parts[0], parts[1])
        until_at = max(self._sources.reached_at, 0) + self._views.longest_us
        self._unjudged[series] = until_at
        self._changes[UNJUDGED + series_key(series).encode()] = until_at.to_bytes(_WIDTH, "big")

    def samples(self) -> list[Sample]:
        """Return values for ``/metrics``."""
        shown = list(self._views.samples(max(self._sources.reached_at, 0)))
        queues = sum(sample.name == "sla_queue_waiting_contacts" for sample in shown)
        return [*shown, *shard_samples(self._sources, self._holding.count(), queues)]

    def _move(self, mark: Watermark, source: Source) -> None:
        self._sources.mark(mark)
        if mark.t <= self._sources.reached_at:  # a source that was judged without: its panes merge as corrections
            self._take(source)
        if not self._sources.may_move():
            return
        before = self._sources.reached_at
        for t in self._sources.turns(self._versions.are_loaded):
            policy = self._versions.follow(self._sources.named)
            if policy is not None:
                self.switch(policy)
            for source in self._holding.senders(t):
                self._take(source)
            if t // FINE_US != before // FINE_US:
                self._enter_slot(t)
            before = t

    def _take(self, source: Source) -> None:
        passed_at = min(self._sources.reached_at, self._sources.mark_of(source))
        for held in self._holding.release(source, passed_at):
            self._merge(held)

    def _merge(self, held: Held) -> None:
        if not isinstance(held, PaneRecord):
            self._waiting.put(held)
            return
        series, delta = (held.scope, held.dimensions), self._tables.put(held)
        self._views.add(held.resolution, series, held.slot_at, delta)

    def _enter_slot(self, t: Instant) -> None:
        """Move the windows to T and judge; while a source is missing nothing fires, nothing resolves, a ``for`` runs on."""
        self._views.advance(t)
        if self._sources.is_complete():
            self._release_unjudged(t)
            self._outputs += self._views.judge(t, self._unjudged, self._sources.first_at)
        self._tables.close(self._sources.low_at)

    def _release_unjudged(self, t: Instant) -> None:
        for series in [each for each, until_at in self._unjudged.items() if until_at <= t]:
            del self._unjudged[series]
            self._changes[UNJUDGED + series_key(series).encode()] = None

    def _load(self, state: State) -> None:
        for key in sorted(key for key in state if key.startswith(UNJUDGED)):
            scope, dims = key[len(UNJUDGED) :].decode().split("|")
            self._unjudged[parse_series(scope, dims)] = int.from_bytes(state[key], "big")
        self._views.fill(max(self._sources.reached_at, 0))
