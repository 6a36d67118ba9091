"""The panes of one contacts shard: bookings in, absolute totals out (design §6).

A booking costs one dictionary look-up: it joins the list of its place and fine slot (``monitor.panes.bookings``). Lists become
10 s panes of every series at an emission, and coarser panes when those fall due. What is closed and who is dirty is decided by
the T last *sent*, never by when a commit happens, so the same log gives the same records however drains fall.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from monitor.panes import totals
from monitor.panes.ages import Ages
from monitor.panes.booked import Cascade, Journal, grow
from monitor.panes.bookings import COUNT, SUM, TAKEN, VALUE, Booked, Coming, Slip, spread, summed
from monitor.panes.facets import FacetValues
from monitor.panes.lines import Line, Pane
from monitor.panes.places import Places
from monitor.panes.sketch import bucket_of
from monitor.panes.slots import FINE_US, FINER, RESOLUTIONS, Slots, closes_at
from monitor.panes.store import LIFETIME, SENT_KEY, PaneName, as_resolution, decode_pane, decode_sent, encode_pane, encode_sent, stored_panes
from monitor.panes.where import Series, Where
from monitor.policy.model import Policy
from monitor.processing import Output, State
from schemas.instants import Instant
from schemas.panes import PaneTotals, Resolution

CACHED: Final = 20_000
"""Decoded panes kept between drains at most; the others are decoded again on touch."""

BOOKED: Final = 20_000
"""Places and slots that wait for an emission at most; a drain rolls more of them up into panes, which need no memory."""

_BEFORE_ALL: Final = -1
_COARSER: Final[dict[Resolution, Resolution]] = {"10s": "5m", "5m": "1h", "1h": "1d"}


class PaneLedger:
    """All panes that this shard sends, and the lifetime totals that it keeps."""

    def __init__(self, partition: int, policy: Policy, state: State, partitions: int, processor: str = "contacts") -> None:
        self._source, self._slots = (processor, partition), Slots(policy.time_zone)
        self._state = state
        self.facets = FacetValues(state)
        self._places = Places(policy.queues.scopes, self.facets, partitions)
        self._journal, self._cascade = Journal(state, self._places), Cascade(state)
        self._booked, self._booked_at, self._booked_where = Booked(), _BEFORE_ALL, Where()
        self._cached = 0
        self._unsaved: dict[bytes, Pane] = {}
        self._dirty: dict[Series, dict[Instant, None]] = {}
        self._ages: Ages[bytes] = Ages()
        self._gone: dict[bytes, None] = {}
        self._lifetime: dict[Series, PaneTotals] = {}
        self._grown: dict[Series, None] = {}
        self._sent: dict[str, Instant] = dict.fromkeys(RESOLUTIONS, _BEFORE_ALL)
        self._sent_changed = False
        self._load()

    @property
    def sent_at(self) -> Instant:
        """The T last sent, -1 before the first."""
        return self._sent["10s"]

    def lay_out(self, policy: Policy) -> None:
        """Sort what is booked from now on into the scopes and local days of another policy."""
        self._roll_up_fine()
        self._slots = Slots(policy.time_zone)
        self._places.lay_out(policy.queues.scopes)

    def book(self, where: Where, at: Instant, counter: str, amount: int = 1) -> None:
        """Add to a counter of the slot that holds ``at``; a negative amount takes a booking back."""
        booked = self._booked if at == self._booked_at and where is self._booked_where else self._open(where, at)
        if amount == 1:
            booked.names.append(counter)
        else:
            booked.amounts.append((COUNT, counter, amount))

    def add(self, where: Where, at: Instant, sum_name: str, amount: int) -> None:
        """Add to a sum of the slot that holds ``at``; a negative amount takes a booking back."""
        booked = self._booked if at == self._booked_at and where is self._booked_where else self._open(where, at)
        booked.amounts.append((SUM, sum_name, amount))

    def observe(self, where: Where, at: Instant, name: str, value_us: int, sign: int = 1) -> None:
        """Put a duration into a sketch of the slot that holds ``at``; ``sign`` -1 takes it out again."""
        booked = self._booked if at == self._booked_at and where is self._booked_where else self._open(where, at)
        booked.amounts.append((VALUE if sign > 0 else TAKEN, name, bucket_of(value_us)))

    def emit(self, t: Instant) -> list[Output]:
        """Return the dirty panes as absolute totals as of ``t``, in a fixed order, then forget what ``t`` closes.

        The finest resolution goes out every time, each other one when T enters a new slot of the next finer one. ``t`` must
        be later than the last one sent.
        """
        if t <= self.sent_at:
            raise ValueError(f"T goes back from {self.sent_at} to {t}")
        self._roll_up_fine()
        outputs: list[Output] = []
        due = self._due(t)
        for resolution in due:
            if resolution != "10s":
                self._roll_up(resolution)
            if self._dirty:
                self._send(resolution, t, outputs)
        for resolution in due:
            self._sent[resolution] = t
        self._sent_changed = True
        self._close(t)
        return outputs

    def changes(self) -> dict[bytes, bytes | None]:
        """Return what the state must hold since the last call: panes, bookings on their way, tombstones, the T last sent."""
        if len(self._journal) > BOOKED:
            self._roll_up_fine()
        changes = self._journal.changes() | self._cascade.changes()
        changes.update(self.facets.changes())
        self._booked_at = _BEFORE_ALL
        changes |= dict.fromkeys(self._gone)
        for key, pane in self._unsaved.items():
            changes[key] = encode_pane(pane.totals, pane.stamp)
        for series in self._grown:
            changes[PaneName(series, LIFETIME, 0).key()] = encode_pane(self._lifetime[series], _BEFORE_ALL)
        if self._sent_changed:
            changes[SENT_KEY] = encode_sent(self._sent)
        self._unsaved, self._gone, self._grown, self._sent_changed = {}, {}, {}, False
        if self._cached > CACHED:
            self._cached = 0
            for line in self._places.lines.values():
                line.panes.clear()
        return changes

    def lifetime(self) -> Iterable[tuple[str, str, PaneTotals]]:
        """Return scope, dimensions and never-expiring total of every series, in order; bookings missed by a closed
        resolution are counted in them as ``missed.<resolution>``.
        """
        whole, copied = dict(self._lifetime), set[Series]()
        coming = [(name[2], each) for name, each in self._cascade.items("5m")]
        coming += [(line.series, each) for line, _, each in self._sums(self._journal.slips())]
        for series, each in coming:
            if series not in copied:
                copied.add(series)
                whole[series] = totals.merged([whole.get(series, _NOTHING)])
            grow(whole[series], each)
        return [(scope, dims, whole[scope, dims]) for scope, dims in sorted(whole)]

    def _open(self, where: Where, at: Instant) -> Booked:
        """Return where to book, and remember it: one event mostly books several things at one place and instant."""
        self._booked = self._journal.at(where, at - at % FINE_US)
        self._booked_at, self._booked_where = at, where
        return self._booked

    def _missed(self, slot_at: Instant) -> tuple[str, ...]:
        """Return which resolutions of a fine slot had closed when something was booked in it; a coarser one closes later."""
        missed: list[str] = []
        for resolution in RESOLUTIONS:
            if closes_at(resolution, self._slots.slot_at(resolution, slot_at)) > self.sent_at:
                break
            missed.append(f"missed.{resolution}")
        return tuple(missed)

    def _sums(self, slips: list[Slip]) -> Iterator[tuple[Line, Instant, Coming]]:
        """Yield what every series grows by in each fine slot."""
        missed_in = {slot_at: self._missed(slot_at) for slot_at in dict.fromkeys(slip.slot_at for slip in slips)}
        for (line, slot_at), booked in spread(slips).items():
            coming, missed = summed(booked), missed_in[slot_at]
            if missed:
                coming.missed = dict.fromkeys(missed, len(booked))
            yield line, slot_at, coming

    def _roll_up_fine(self) -> None:
        """Turn the journal into dirty fine panes, and let what they grew by wait for the coarser ones."""
        if not self._journal:
            return
        self._booked_at = _BEFORE_ALL
        for line, slot_at, coming in self._sums(self._journal.take()):
            self._merge("10s", line, slot_at, coming)
            self._cascade.put("5m", self._slots.slot_at("5m", slot_at), line.series, coming)

    def _roll_up(self, resolution: Resolution) -> None:
        """Turn what waits for a resolution into dirty panes of it, and let it wait for the next coarser one."""
        coarser = _COARSER.get(resolution)
        for (_, slot_at, series), coming in self._cascade.take(resolution):
            if resolution == "5m":
                grow(self._lifetime.setdefault(series, PaneTotals()), coming)
                self._grown[series] = None
            self._merge(resolution, self._places.line(series), slot_at, coming)
            if coarser is not None:
                self._cascade.put(coarser, self._slots.slot_at(coarser, slot_at), series, coming)

    def _merge(self, resolution: Resolution, line: Line, slot_at: Instant, coming: Coming) -> None:
        """Let a pane grow; what comes belongs to it from here on."""
        if closes_at(resolution, slot_at) <= self.sent_at:
            return
        pane = self._touch(line, resolution, slot_at)
        if totals.is_empty(pane.totals):
            pane.totals = coming
        else:
            totals.merge(pane.totals, coming)
        pane.stamp = self.sent_at
        self._unsaved[pane.key] = pane
        self._dirty.setdefault(line.series, {})[slot_at] = None

    def _touch(self, line: Line, resolution: Resolution, slot_at: Instant) -> Pane:
        pane = line.panes.get((resolution, slot_at))
        if pane is not None:
            return pane
        key = line.key(resolution, slot_at)
        value = None if key in self._gone else self._state.get(key)
        if value is None:
            pane = Pane((line.series, slot_at), resolution, key, PaneTotals(), _BEFORE_ALL)
            self._ages.remember(resolution, slot_at, key)
            self._gone.pop(key, None)
        else:
            pane = Pane((line.series, slot_at), resolution, key, *decode_pane(value))
        line.panes[resolution, slot_at] = pane
        self._cached += 1
        return pane

    def _due(self, t: Instant) -> tuple[Resolution, ...]:
        """Return which resolutions go out; slots nest, so without a new fine slot there is no new one of any other."""
        if t // FINE_US == self.sent_at // FINE_US:
            return RESOLUTIONS[:1]
        slot_at, sent_at = self._slots.slot_at, self.sent_at
        return tuple(each for each in RESOLUTIONS if (finer := FINER[each]) is None or slot_at(finer, t) > slot_at(finer, sent_at))

    def _send(self, resolution: Resolution, t: Instant, outputs: list[Output]) -> None:
        """Put out the dirty panes of a resolution; one of which nothing is left is forgotten now that everybody knows."""
        for series in sorted(self._dirty):
            line = self._places.lines[series]
            for slot_at in sorted(self._dirty[series]):
                pane = self._touch(line, resolution, slot_at)
                outputs.append(line.output(pane, totals.canonical(pane.totals), t, self._source))
                if totals.is_empty(pane.totals):
                    self._ages.forget(resolution, slot_at, pane.key)
                    self._forget(pane.key, line, resolution, slot_at)
        self._dirty.clear()

    def _close(self, t: Instant) -> None:
        closed = self._ages.close(t)
        if not closed:
            return
        for key, name in stored_panes(key for _, _, key in closed):
            self._forget(key, self._places.line(name.series), as_resolution(name.resolution), name.slot_at)

    def _forget(self, key: bytes, line: Line, resolution: Resolution, slot_at: Instant) -> None:
        self._gone[key] = None
        self._unsaved.pop(key, None)
        if line.panes.pop((resolution, slot_at), None) is not None:
            self._cached -= 1

    def _load(self) -> None:
        sent = self._state.get(SENT_KEY)
        if sent is not None:
            self._sent.update(decode_sent(sent))
        for key, name in stored_panes(self._state):
            if name.resolution == LIFETIME:
                self._lifetime[name.series], _ = decode_pane(self._state[key])
                continue
            resolution = as_resolution(name.resolution)
            self._ages.remember(resolution, name.slot_at, key)
            # Only fine panes are rolled up before they are sent; coarser ones wait in the cascade until then.
            if resolution == "10s" and decode_pane(self._state[key])[1] >= self.sent_at:
                self._places.line(name.series)
                self._dirty.setdefault(name.series, {})[name.slot_at] = None


_NOTHING: Final = PaneTotals()
