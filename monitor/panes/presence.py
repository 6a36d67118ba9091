"""Who waits now: how many, since when, and how many longer than each Y, per scope (V8, longest wait, R75).

The waiting contacts are derived: the contacts shard enters them again when it loads. What was last sent is stored, so that
"changed since" survives a crash: a scope is sent when what it shows differs from what was sent of it.
"""

from collections.abc import Iterable
from heapq import heappop, heappush
from typing import Final

import msgspec

from monitor.panes.where import Series, Where, parse_series, scope_partition, series_key
from monitor.policy.model import Policy, QueuePolicy
from monitor.processing import Output, State
from schemas.instants import SECOND, Instant
from schemas.panes import Presence
from schemas.topics import QUEUE_PANES

PREFIX: Final = b"n|"
_SLACK: Final = 64
_encoder = msgspec.json.Encoder()
_pack = msgspec.msgpack.Encoder()


class Shown(msgspec.Struct, frozen=True, array_like=True):
    """What a presence record says of one scope; the state keeps the last one sent."""

    waiting: int
    oldest_at: Instant | None
    beyond: dict[int, int]


NOBODY: Final = Shown(0, None, {})
_unpack = msgspec.msgpack.Decoder(Shown)


class _Place:
    """The contacts that wait in one place."""

    __slots__ = ("beyond", "number", "oldest", "series", "waiting", "within")

    def __init__(self, number: int, series: tuple[Series, ...], within: tuple[int, ...]) -> None:
        self.number, self.series, self.within = number, series, within
        self.waiting: dict[str, Instant] = {}
        self.oldest: list[tuple[Instant, str]] = []
        self.beyond = dict.fromkeys(within, 0)

    def enter(self, contact: str, queued_at: Instant) -> None:
        """Let a contact wait; the heap of instants is made anew when most of it are contacts who left."""
        self.waiting[contact] = queued_at
        if len(self.oldest) > 2 * len(self.waiting) + _SLACK:
            self.oldest = sorted((since, each) for each, since in self.waiting.items())
        else:
            heappush(self.oldest, (queued_at, contact))

    def oldest_at(self) -> Instant | None:
        """Return since when the longest waiting contact waits; entries of those who left are dropped on the way."""
        while self.oldest:
            queued_at, contact = self.oldest[0]
            if self.waiting.get(contact) == queued_at:
                return queued_at
            heappop(self.oldest)
        return None


class PresenceBook:
    """Who waits in the contacts of one shard."""

    def __init__(self, partition: int, policy: Policy, state: State, partitions: int, processor: str = "contacts") -> None:
        self._partition, self._partitions, self._processor = partition, partitions, processor
        self._queues: QueuePolicy = policy.queues
        self._places: dict[Where, _Place] = {}
        self._numbered: list[_Place] = []
        self._of_series: dict[Series, list[_Place]] = {}
        self._passing: list[tuple[Instant, str, int, int, Instant]] = []
        self._passed_at: Instant = -1
        self._touched: dict[Series, None] = {}
        self._sent: dict[Series, Shown] = {}
        self._unsaved: dict[Series, None] = {}
        for key in state:
            if key.startswith(PREFIX):
                scope, dims = key[len(PREFIX) :].decode().split("|")
                series = parse_series(scope, dims)
                self._sent[series] = _unpack.decode(state[key])
                self._touched[series] = None

    def enter(self, where: Where, contact: str, queued_at: Instant) -> None:
        """Let a contact wait since ``queued_at``; entering again replaces the earlier instant."""
        place = self._place(where)
        if contact in place.waiting:
            if place.waiting[contact] == queued_at:
                return
            self.leave(where, contact)
        place.enter(contact, queued_at)
        for within in place.within:
            passes_at = queued_at + within * SECOND
            if passes_at < self._passed_at:
                place.beyond[within] += 1
            else:
                heappush(self._passing, (passes_at, contact, place.number, within, queued_at))
        self._touched.update(dict.fromkeys(place.series))

    def leave(self, where: Where, contact: str) -> None:
        """Let a contact wait no more; one that does not wait there changes nothing."""
        place = self._places.get(where)
        queued_at = place.waiting.pop(contact, None) if place is not None else None
        if place is None or queued_at is None:
            return
        for within in place.within:
            if queued_at + within * SECOND < self._passed_at:
                place.beyond[within] -= 1
        self._touched.update(dict.fromkeys(place.series))

    def emit(self, t: Instant) -> list[Output]:
        """Return a presence record as of ``t`` for each scope that shows something else than was sent of it, in order.

        A contact is beyond Y once it has waited longer than Y; exactly Y is within (P22).
        """
        self._pass(t)
        outputs = []
        for series in sorted(self._touched):
            shown = self._show(self._of_series.get(series, ()))
            if shown == self._sent.get(series, NOBODY):
                continue
            if shown.waiting:
                self._sent[series] = shown
            else:
                self._sent.pop(series, None)
            self._unsaved[series] = None
            outputs.append(self._output(series, shown, t))
        self._touched.clear()
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
        """Return how many contacts wait in this shard."""
        return sum(len(place.waiting) for place in self._places.values())

    def _place(self, where: Where) -> _Place:
        place = self._places.get(where)
        if place is None:
            rules = self._queues.named.get(where.queue or "", self._queues.default)
            within = tuple(sorted(set(rules.answer_within_seconds)))
            place = self._places[where] = _Place(len(self._numbered), where.series(self._queues.scopes), within)
            self._numbered.append(place)
            for series in place.series:
                self._of_series.setdefault(series, []).append(place)
        return place

    def _pass(self, t: Instant) -> None:
        """Count those whose wait passed a Y before ``t``; who left and came back has equal entries, which count once."""
        last = None
        while self._passing and self._passing[0][0] < t:
            entry = heappop(self._passing)
            if entry == last:
                continue
            last = entry
            _, contact, number, within, queued_at = entry
            place = self._numbered[number]
            if place.waiting.get(contact) == queued_at:
                place.beyond[within] += 1
                self._touched.update(dict.fromkeys(place.series))
        self._passed_at = max(t, self._passed_at)

    @staticmethod
    def _show(places: Iterable[_Place]) -> Shown:
        waiting, oldest_at = 0, None
        beyond: dict[int, int] = {}
        for place in places:
            if not place.waiting:
                continue
            waiting += len(place.waiting)
            since = place.oldest_at()
            if since is not None and (oldest_at is None or since < oldest_at):
                oldest_at = since
            for within, count in place.beyond.items():
                beyond[within] = beyond.get(within, 0) + count
        return Shown(waiting, oldest_at, dict(sorted(beyond.items()))) if waiting else NOBODY

    def _output(self, series: Series, shown: Shown, t: Instant) -> Output:
        scope, dims = series
        record = Presence(scope, dims, self._processor, self._partition, t, shown.waiting, shown.oldest_at, shown.beyond)
        key = f"{series_key(series)}|now|{self._processor}|{self._partition}"
        return Output(QUEUE_PANES, key.encode(), _encoder.encode(record), partition=scope_partition(scope, self._partitions))
