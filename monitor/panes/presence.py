"""Who waits now: how many, since when, and how many longer than each Y, per scope (V8, longest wait, R75).

The waiting contacts are derived: the contacts shard enters them again when it loads. What was last sent is stored, so that
"changed since" survives a crash: a scope is sent when what it shows differs from what was sent of it. Contacts come and go in
places; only at an emission do the places that changed pass the difference on to their scopes.
"""

from heapq import heappop, heappush
from typing import Final

import msgspec

from monitor.panes.facets import FacetValues
from monitor.panes.waiting import NOBODY, Crowd, Place, Shown
from monitor.panes.where import NodePlace, Series, Where, parse_series, scope_partition, series_key
from monitor.policy.model import Policy, QueuePolicy
from monitor.processing import Output, State
from schemas.instants import SECOND, Instant
from schemas.panes import Presence
from schemas.topics import QUEUE_PANES

__all__ = ["NOBODY", "PresenceBook", "Shown"]

PREFIX: Final = b"n|"
_encoder = msgspec.json.Encoder()
_pack = msgspec.msgpack.Encoder()
_unpack = msgspec.msgpack.Decoder(Shown)


class PresenceBook:
    """Who waits in the contacts of one shard."""

    def __init__(
        self, partition: int, policy: Policy, state: State, partitions: int, processor: str = "contacts", facets: FacetValues | None = None
    ) -> None:
        """``facets`` are those of the shard's ledger: who waits shows in the series in which their wait was booked."""
        self._partition, self._partitions, self._processor = partition, partitions, processor
        self._facets = facets or FacetValues(state)
        self._queues: QueuePolicy = policy.queues
        self._places: dict[Where | NodePlace, Place] = {}
        self._numbered: list[Place] = []
        self._crowds: dict[Series, Crowd] = {}
        self._passing: list[tuple[Instant, str, int, int, Instant]] = []
        self._passed_at: Instant = -1
        self._touched: dict[int, Place] = {}
        self._sent: dict[Series, Shown] = {}
        self._unsaved: dict[Series, None] = {}
        for key in state:
            if key.startswith(PREFIX):
                scope, dims = key[len(PREFIX) :].decode().split("|")
                self._sent[parse_series(scope, dims)] = _unpack.decode(state[key])
        self._unsure: dict[Series, None] = dict.fromkeys(self._sent)

    def lay_out(self, policy: Policy) -> None:
        """Show other scopes and Y values from now on; scopes that are shown no more are sent as empty."""
        waiting = [(place, contact, since) for place, each in self._places.items() for contact, since in each.waiting.items()]
        self._queues = policy.queues
        self._places, self._numbered, self._crowds, self._passing, self._touched = {}, [], {}, [], {}
        for where, contact, since in waiting:
            self.enter(where, contact, since)
        self._unsure |= dict.fromkeys(self._sent)

    def enter(self, where: Where | NodePlace, contact: str, queued_at: Instant) -> None:
        """Let a contact wait since ``queued_at``; entering again replaces the earlier instant."""
        place = self._places.get(where) or self._place(where)
        if contact in place.waiting:
            if place.waiting[contact] == queued_at:
                return
            self.leave(where, contact)
        passed = place.enter(contact, queued_at, self._passed_at)
        self._touched[place.number] = place
        self._expect(place, contact, queued_at, passed)

    def leave(self, where: Where | NodePlace, contact: str) -> None:
        """Let a contact wait no more; one that does not wait there changes nothing."""
        place = self._places.get(where)
        if place is not None and place.leave(contact, self._passed_at):
            self._touched[place.number] = place

    def emit(self, t: Instant) -> list[Output]:
        """Return a presence record as of ``t`` for each scope that shows something else than was sent of it, in order.

        A contact is beyond Y once it has waited longer than Y; exactly Y is within (P22).
        """
        self._pass(t)
        if not (self._touched or self._unsure):
            return []
        changed = self._unsure
        for place in self._touched.values():
            place.pass_on()
            changed.update(dict.fromkeys(place.series))
        self._touched, self._unsure = {}, {}
        outputs = []
        for series in sorted(changed):
            crowd = self._crowds.get(series)
            shown = crowd.shown(self._numbered) if crowd is not None else NOBODY
            if shown == self._sent.get(series, NOBODY):
                continue
            if shown.waiting:
                self._sent[series] = shown
            else:
                self._sent.pop(series, None)
            self._unsaved[series] = None
            outputs.append(self._output(series, shown, t))
        return outputs

    def changes(self) -> dict[bytes, bytes | None]:
        """Return what the state must hold since the last call: what was last sent of each scope, none where nobody waits."""
        changes: dict[bytes, bytes | None] = {}
        for series in self._unsaved:
            sent = self._sent.get(series)
            changes[PREFIX + series_key(series).encode()] = None if sent is None else _pack.encode(sent)
        self._unsaved = {}
        return changes

    def waiting(self) -> int:
        """Return how many contacts wait in a queue of this shard; orders that sit in a node are none of them."""
        return sum(len(place.waiting) for where, place in self._places.items() if isinstance(where, Where))

    def _place(self, where: Where | NodePlace) -> Place:
        within: tuple[int, ...] = ()
        shown = where
        if isinstance(where, Where):
            shown = self._facets.shown(where)
            rules = self._queues.named.get(where.queue or "", self._queues.default)
            within = tuple(sorted(set(rules.answer_within_seconds)))
        crowds: dict[Series, Crowd] = {}
        for series in shown.series(self._queues.scopes):
            crowds[series] = self._crowds.setdefault(series, Crowd())
        place = self._places[where] = Place(len(self._numbered), crowds, within)
        self._numbered.append(place)
        return place

    def _expect(self, place: Place, contact: str, queued_at: Instant, index: int) -> None:
        """Remember the next Y that a contact will pass; the one after it is remembered then."""
        if index < len(place.within):
            heappush(self._passing, (queued_at + place.within[index] * SECOND, contact, place.number, index, queued_at))

    def _pass(self, t: Instant) -> None:
        """Count those whose wait passed a Y before ``t``; who left and came back has equal entries, which count once."""
        last = None
        while self._passing and self._passing[0][0] < t:
            entry = heappop(self._passing)
            if entry == last:
                continue
            last = entry
            _, contact, number, index, queued_at = entry
            place = self._numbered[number]
            if place.waiting.get(contact) == queued_at:
                place.beyond[index] += 1
                self._touched[number] = place
                self._expect(place, contact, queued_at, index + 1)
        self._passed_at = max(t, self._passed_at)

    def _output(self, series: Series, shown: Shown, t: Instant) -> Output:
        scope, dims = series
        record = Presence(scope, dims, self._processor, self._partition, t, shown.waiting, shown.oldest_at, shown.beyond)
        key = f"{series_key(series)}|now|{self._processor}|{self._partition}"
        return Output(QUEUE_PANES, key.encode(), _encoder.encode(record), partition=scope_partition(scope, self._partitions))
