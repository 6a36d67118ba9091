"""The customers processor: contacts of known customers in, panes of first-contact resolution and repeats out (design §1, §4).

It has no ticks: its T is the lowest watermark of its sources, and at each T it applies what they sent up to it, lets windows close,
then sends its panes and its own watermark. Its policy at T is the newest that a source names there. What it books belongs to the day
on which the first contact, or the repeat, began.
"""

from typing import Final

import msgspec

from monitor.customers.closures import Closures
from monitor.customers.ended import Ended
from monitor.customers.groups import Groups
from monitor.customers.samples import collect
from monitor.panes.holding import Holding
from monitor.panes.intake import Intake
from monitor.panes.ledger import PaneLedger
from monitor.panes.sources import Source, Sources
from monitor.panes.versions import NamedVersions
from monitor.panes.watermark import watermarks
from monitor.policy.book import Policies
from monitor.policy.model import Policy
from monitor.processing import Effects, Output, Record, Reject, Sample, State
from schemas.customers import ContactGone, CustomerContact, CustomerInput
from schemas.instants import Instant
from schemas.panes import Watermark
from schemas.reasons import Refused

PROCESSOR: Final = "customers"
UNJUDGED: Final = b"u|"

Held = CustomerContact | ContactGone

_decoder: Final[msgspec.json.Decoder[CustomerInput]] = msgspec.json.Decoder(CustomerInput)
_held_decoder = msgspec.json.Decoder(Held)


class CustomersProcessor:
    """One shard of the customers processor."""

    def __init__(
        self, partition: int, state: State, policy: Policy | Policies, partitions: int, sources: frozenset[Source], external_clock: bool
    ) -> None:
        self._versions = NamedVersions(policy, state)
        policy = self._versions.policy
        expected = tuple(sorted(sources))
        self._partition, self._partitions = partition, partitions
        self._sources = Sources(state, expected, external_clock)
        self._intake = Intake(_decoder, sources, "contacts and watermarks")
        self._holding = Holding[Held](state, expected, _held_decoder)
        self._ledger = PaneLedger(partition, policy, state, partitions, PROCESSOR)
        self._closures = Closures(policy, self._ledger)
        self._groups = Groups(policy, state, self._ledger, self._closures)
        self._ended = Ended(state, policy.limits.keep_ended_alerts_us)
        self._unjudged = {key[len(UNJUDGED) :] for key in state if key.startswith(UNJUDGED)}
        self._marked: dict[bytes, bytes | None] = {}
        self._outputs: list[Output] = []
        self._rejects: list[Reject] = []

    def apply(self, record: Record, t: Instant) -> None:
        """Take a contact or a watermark; a watermark may let T move on. ``t`` is not used: the sources bring their own."""
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
        self._say()
        changes = self._marked
        for part in (self._sources, self._holding, self._groups, self._ledger, self._ended, self._versions):
            changes |= part.changes()
        effects = Effects(changes, self._outputs, self._rejects)
        self._marked, self._outputs, self._rejects = {}, [], []
        return effects

    def quarantine(self, record: Record) -> None:
        """Take nothing more of the contact that the record's key names; a watermark that fails is skipped, the next one brings its T."""
        name = record.key or b""
        if name.startswith(b"watermark|"):
            return
        self._unjudged.add(name)
        self._marked[UNJUDGED + name] = b""

    def samples(self) -> list[Sample]:
        """Return values for ``/metrics``."""
        return list(collect(self._partition, self._groups, self._sources, self._holding.count(), len(self._unjudged)))

    def _move(self, mark: Watermark, source: Source) -> None:
        self._sources.mark(mark)
        if mark.t <= self._sources.reached_at:  # a source that was judged without: its contacts come as corrections
            self._take(source, self._sources.reached_at)
        if not self._sources.may_move():
            return
        for t in self._sources.turns(self._versions.are_loaded):
            self._follow()
            for sender in self._holding.senders(t):
                self._take(sender, t)
            self._groups.advance(t)
            self._send(t)

    def _follow(self) -> None:
        """Come under the newest policy that the sources name at this T."""
        policy = self._versions.follow(self._sources.named)
        if policy is not None:
            for part in (self._ledger, self._closures, self._groups, self._ended):
                part.lay_out(policy)

    def _take(self, source: Source, t: Instant) -> None:
        for record in self._holding.release(source, min(t, self._sources.mark_of(source))):
            if isinstance(record, ContactGone):
                self._groups.remove(record.family, record.contact, t)
            elif f"{record.facts.family}|{record.facts.contact}".encode() not in self._unjudged:
                self._groups.put(record.facts, record.known, t)

    def _send(self, t: Instant) -> None:
        """Alerts, panes and the watermark as of T."""
        self._say()
        self._outputs += self._ended.forget(t)
        self._outputs += self._ledger.emit(t)
        self._outputs += watermarks(Watermark(PROCESSOR, self._partition, t, self._sources.appended_at, self._versions.name), self._partitions)

    def _say(self) -> None:
        closures = self._closures
        for at, ended in closures.ended:
            self._ended.add(at, ended)
        self._outputs += closures.outputs
        closures.ended, closures.outputs = [], []
