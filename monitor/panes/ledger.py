"""The panes of one contacts shard: bookings in, absolute totals out (design §6).

A booking costs one dictionary look-up: it lands in a pending fine slot of its place. The roll-up to every scope and
resolution happens once per drain or emission. What is closed and who is dirty is decided by the T last *sent*, never by when
a commit happens, so the same log gives the same records however drains fall.
"""

from collections.abc import Iterable
from typing import Final

import msgspec

from monitor.panes import sketch, totals
from monitor.panes.ages import Ages
from monitor.panes.slots import FINE_US, FINER, RESOLUTIONS, Slots, closes_at
from monitor.panes.store import LIFETIME, SENT_KEY, PaneName, as_resolution, decode_pane, decode_sent, encode_pane, encode_sent, stored_panes
from monitor.panes.where import Series, Where, pane_key, scope_partition
from monitor.policy.model import Policy
from monitor.processing import Output, State
from schemas.instants import SECOND, Instant
from schemas.panes import PaneRecord, PaneTotals, Resolution
from schemas.topics import QUEUE_PANES

CACHED: Final = 20_000
"""Decoded panes kept between drains at most; the others are decoded again on touch."""

_BEFORE_ALL: Final = -1
_encoder = msgspec.json.Encoder()


class _Pending:
    """What was booked since the last roll-up in one place and fine slot."""

    __slots__ = ("bookings", "totals")

    def __init__(self) -> None:
        self.totals = PaneTotals()
        self.bookings = 0


class PaneLedger:
    """All panes that this shard sends, and the lifetime totals that it keeps."""

    def __init__(self, partition: int, policy: Policy, state: State, partitions: int, processor: str = "contacts") -> None:
        self._partition, self._partitions, self._processor = partition, partitions, processor
        self._scopes = policy.queues.scopes
        self._slots = Slots(policy.time_zone)
        self._state = state
        self._pending: dict[tuple[Where, int], _Pending] = {}
        self._series: dict[Where, tuple[Series, ...]] = {}
        self._panes: dict[PaneName, PaneTotals] = {}
        self._stamps: dict[PaneName, Instant] = {}
        self._unsaved: dict[PaneName, None] = {}
        self._dirty: dict[str, dict[PaneName, None]] = {resolution: {} for resolution in RESOLUTIONS}
        self._ages: Ages[bytes] = Ages()
        self._gone: dict[bytes, None] = {}
        self._lifetime: dict[Series, PaneTotals] = {}
        self._sent: dict[str, Instant] = dict.fromkeys(RESOLUTIONS, _BEFORE_ALL)
        self._sent_changed = False
        self._load()

    @property
    def sent_at(self) -> Instant:
        """The T last sent, -1 before the first."""
        return self._sent["10s"]

    def book(self, where: Where, at: Instant, counter: str, amount: int = 1) -> None:
        """Add to a counter of the slot that holds ``at``; a negative amount takes a booking back."""
        pending = self._pending_at(where, at)
        counts = pending.totals.counts
        counts[counter] = counts.get(counter, 0) + amount

    def add(self, where: Where, at: Instant, sum_name: str, amount: int) -> None:
        """Add to a sum of the slot that holds ``at``; a negative amount takes a booking back."""
        sums = self._pending_at(where, at).totals.sums
        sums[sum_name] = sums.get(sum_name, 0) + amount

    def observe(self, where: Where, at: Instant, name: str, value_us: int, sign: int = 1) -> None:
        """Put a duration into a sketch of the slot that holds ``at``; ``sign`` -1 takes it out again."""
        sketches = self._pending_at(where, at).totals.sketches
        held = sketches.get(name)
        if held is None:
            held = sketches[name] = {}
        sketch.observe(held, value_us, sign)

    def emit(self, t: Instant) -> list[Output]:
        """Return the dirty panes as absolute totals as of ``t``, in a fixed order, then forget what ``t`` closes.

        The finest resolution goes out every time, each other one when T enters a new slot of the next finer one. ``t`` must
        be later than the last one sent.
        """
        if t <= self.sent_at:
            raise ValueError(f"T goes back from {self.sent_at} to {t}")
        self._roll_up()
        due = self._due(t)
        outputs = [self._output(name, t) for resolution in due if self._dirty[resolution] for name in sorted(self._dirty[resolution])]
        for resolution in due:
            self._settle(resolution)
            self._sent[resolution] = t
        self._sent_changed = True
        self._close(t)
        return outputs

    def changes(self) -> dict[bytes, bytes | None]:
        """Return what the state must hold since the last call: changed panes, tombstones of closed ones, the T last sent."""
        self._roll_up()
        changes: dict[bytes, bytes | None] = dict.fromkeys(self._gone)
        for name in self._unsaved:
            kept = self._lifetime[name.series] if name.resolution == LIFETIME else self._panes[name]
            changes[name.key()] = encode_pane(kept, self._stamps.get(name, _BEFORE_ALL))
        if self._sent_changed:
            changes[SENT_KEY] = encode_sent(self._sent)
        self._unsaved, self._gone, self._sent_changed = {}, {}, False
        if len(self._panes) > CACHED:
            self._panes.clear()
            self._stamps.clear()
        return changes

    def lifetime(self) -> Iterable[tuple[str, str, PaneTotals]]:
        """Return scope, dimensions and never-expiring total of every series, in order; bookings missed by a closed
        resolution are counted in them as ``missed.<resolution>``.
        """
        self._roll_up()
        return [(scope, dims, self._lifetime[scope, dims]) for scope, dims in sorted(self._lifetime)]

    def _pending_at(self, where: Where, at: Instant) -> _Pending:
        slot = (where, at // FINE_US)
        pending = self._pending.get(slot)
        if pending is None:
            pending = self._pending[slot] = _Pending()
        pending.bookings += 1
        return pending

    def _roll_up(self) -> None:
        if not self._pending:
            return
        for (where, fine), pending in self._pending.items():
            at = fine * FINE_US
            series = self._series.get(where)
            if series is None:
                series = self._series[where] = where.series(self._scopes)
            slots = [(resolution, self._slots.slot_at(resolution, at)) for resolution in RESOLUTIONS]
            for each in series:
                self._roll_up_series(each, slots, pending)
        self._pending.clear()

    def _roll_up_series(self, series: Series, slots: list[tuple[Resolution, Instant]], pending: _Pending) -> None:
        whole = self._lifetime.get(series)
        if whole is None:
            whole = self._lifetime[series] = PaneTotals()
        totals.merge(whole, pending.totals)
        self._unsaved[PaneName(series, LIFETIME, 0)] = None
        for resolution, slot_at in slots:
            if closes_at(resolution, slot_at) <= self.sent_at:
                missed = f"missed.{resolution}"
                whole.counts[missed] = whole.counts.get(missed, 0) + pending.bookings
                continue
            name = PaneName(series, resolution, slot_at)
            totals.merge(self._touch(name), pending.totals)
            self._stamps[name] = self.sent_at
            self._unsaved[name] = None
            self._dirty[resolution][name] = None

    def _touch(self, name: PaneName) -> PaneTotals:
        pane = self._panes.get(name)
        if pane is not None:
            return pane
        key = name.key()
        value = None if key in self._gone else self._state.get(key)
        if value is None:
            pane = PaneTotals()
            self._ages.remember(as_resolution(name.resolution), name.slot_at, key)
            self._gone.pop(key, None)
        else:
            pane, self._stamps[name] = decode_pane(value)
        self._panes[name] = pane
        return pane

    def _due(self, t: Instant) -> tuple[Resolution, ...]:
        """Return which resolutions go out; slots nest, so without a new fine slot there is no new one of any other."""
        if t // FINE_US == self.sent_at // FINE_US:
            return RESOLUTIONS[:1]
        slot_at, sent_at = self._slots.slot_at, self.sent_at
        return tuple(each for each in RESOLUTIONS if (finer := FINER[each]) is None or slot_at(finer, t) > slot_at(finer, sent_at))

    def _output(self, name: PaneName, t: Instant) -> Output:
        (scope, dims), resolution, slot_at = name
        record = PaneRecord(scope, dims, as_resolution(resolution), slot_at, self._processor, self._partition, t, totals.canonical(self._touch(name)))
        key = f"{pane_key(name.series, resolution, slot_at // SECOND)}|{self._processor}|{self._partition}"
        return Output(QUEUE_PANES, key.encode(), _encoder.encode(record), partition=scope_partition(scope, self._partitions))

    def _settle(self, resolution: Resolution) -> None:
        """Call the panes of a resolution sent; one of which nothing is left is forgotten now that everybody knows."""
        for name in list(self._dirty[resolution]):
            if totals.is_empty(self._panes[name]):
                self._forget(name, name.key())
                self._ages.forget(resolution, name.slot_at, name.key())
        self._dirty[resolution].clear()

    def _close(self, t: Instant) -> None:
        for key, name in stored_panes(key for _, _, key in self._ages.close(t)):
            self._forget(name, key)

    def _forget(self, name: PaneName, key: bytes) -> None:
        self._gone[key] = None
        for memory in (self._panes, self._stamps, self._unsaved, self._dirty[name.resolution]):
            memory.pop(name, None)

    def _load(self) -> None:
        sent = self._state.get(SENT_KEY)
        if sent is not None:
            self._sent.update(decode_sent(sent))
        for key, name in stored_panes(self._state):
            value = self._state[key]
            if name.resolution == LIFETIME:
                self._lifetime[name.series], _ = decode_pane(value)
                continue
            self._ages.remember(as_resolution(name.resolution), name.slot_at, key)
            pane, stamp = decode_pane(value)
            if stamp >= self._sent[name.resolution]:
                self._panes[name], self._stamps[name] = pane, stamp
                self._dirty[name.resolution][name] = None
