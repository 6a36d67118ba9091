"""The panes of one contacts shard: bookings in, absolute totals out (design §6).

A booking costs one dictionary look-up: it lands in the entry of its place and fine slot (``monitor.panes.booked``), and in that
of its facets where the policy has any. Entries become 10 s panes at an emission, and coarser panes when those fall due. What is
closed and who is dirty is decided by the T last *sent*, never by when a commit happens, so the same log gives the same records
however drains fall.
"""

from collections.abc import Iterable
from typing import Final

from monitor.panes import sketch, totals
from monitor.panes.ages import Ages
from monitor.panes.booked import Booked, Cascade, Coming, Journal, grow, grow_in
from monitor.panes.facets import FacetValues
from monitor.panes.lines import Line, Pane
from monitor.panes.slots import FINE_US, FINER, RESOLUTIONS, Slots, closes_at
from monitor.panes.store import LIFETIME, SENT_KEY, PaneName, as_resolution, decode_pane, decode_sent, encode_pane, encode_sent, stored_panes
from monitor.panes.where import ALL, Series, Where
from monitor.policy.model import Policy
from monitor.processing import Output, State
from schemas.instants import Instant
from schemas.panes import PaneTotals, Resolution

CACHED: Final = 20_000
"""Decoded panes kept between drains at most; the others are decoded again on touch."""

BOOKED: Final = 20_000
"""Entries that wait for an emission at most; a drain rolls more of them up into panes, which need no memory."""

Lines = tuple[Line, ...]

_BEFORE_ALL: Final = -1
_COARSER: Final[dict[Resolution, Resolution]] = {"10s": "5m", "5m": "1h", "1h": "1d"}


class PaneLedger:
    """All panes that this shard sends, and the lifetime totals that it keeps."""

    def __init__(self, partition: int, policy: Policy, state: State, partitions: int, processor: str = "contacts") -> None:
        self._source, self._partitions = (processor, partition), partitions
        self._scopes, self._slots = policy.queues.scopes, Slots(policy.time_zone)
        self._state = state
        self.facets = FacetValues(state)
        self._journal, self._cascade = Journal(state), Cascade(state)
        self._entries, self._entry_at, self._entry_where = tuple[Booked, ...](), _BEFORE_ALL, Where()
        self._lines: dict[Series, Line] = {}
        self._lines_of: dict[Where, tuple[Lines, Lines]] = {}
        self._cached = 0
        self._unsaved: dict[bytes, Pane] = {}
        self._dirty: dict[tuple[Series, Instant], None] = {}
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
        self._scopes, self._slots = policy.queues.scopes, Slots(policy.time_zone)
        self._lines_of.clear()

    def book(self, where: Where, at: Instant, counter: str, amount: int = 1) -> None:
        """Add to a counter of the slot that holds ``at``; a negative amount takes a booking back."""
        entries = self._entries if at == self._entry_at and where == self._entry_where else self._open(where, at)
        for entry in entries:
            entry.bookings += 1
            counts = entry.counts
            counts[counter] = counts.get(counter, 0) + amount

    def add(self, where: Where, at: Instant, sum_name: str, amount: int) -> None:
        """Add to a sum of the slot that holds ``at``; a negative amount takes a booking back."""
        entries = self._entries if at == self._entry_at and where == self._entry_where else self._open(where, at)
        for entry in entries:
            entry.bookings += 1
            sums = entry.sums
            sums[sum_name] = sums.get(sum_name, 0) + amount

    def observe(self, where: Where, at: Instant, name: str, value_us: int, sign: int = 1) -> None:
        """Put a duration into a sketch of the slot that holds ``at``; ``sign`` -1 takes it out again."""
        entries = self._entries if at == self._entry_at and where == self._entry_where else self._open(where, at)
        for entry in entries:
            entry.bookings += 1
            held = entry.sketches.get(name)
            if held is None:
                held = entry.sketches[name] = {}
            sketch.observe(held, value_us, sign)

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
        self._entry_at = _BEFORE_ALL
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
            for line in self._lines.values():
                line.panes.clear()
        return changes

    def lifetime(self) -> Iterable[tuple[str, str, PaneTotals]]:
        """Return scope, dimensions and never-expiring total of every series, in order; bookings missed by a closed
        resolution are counted in them as ``missed.<resolution>``.
        """
        whole, copied = dict(self._lifetime), set[Series]()
        coming = [(name[2], each) for name, each in self._cascade.items("5m")]
        coming += [(line.series, each) for (line, _), each in self._spread(self._journal.entries()).items()]
        for series, each in coming:
            if series not in copied:
                copied.add(series)
                whole[series] = totals.merged([whole.get(series, _NOTHING)])
            grow(whole[series], each)
        return [(scope, dims, whole[scope, dims]) for scope, dims in sorted(whole)]

    def _open(self, where: Where, at: Instant) -> tuple[Booked, ...]:
        """Return the entries to book in: one for the place, one for its facets, so that neither multiplies the other."""
        slot_at = at - at % FINE_US
        if where.facets:
            self._entries = tuple(self._journal.at(each, slot_at) for each in self.facets.apart(where))
        else:
            self._entries = (self._journal.at(where, slot_at),)
        self._entry_at, self._entry_where = at, where
        return self._entries

    def _lines_at(self, where: Where) -> tuple[Lines, Lines]:
        """Return the lines of a place's queue alone, and the others, which many queues share."""
        found = self._lines_of.get(where)
        if found is None:
            if where.facets:
                found = (), tuple(self._line((ALL, each)) for each in where.facets)
            else:
                shared = where._replace(queue=None).series(self._scopes)
                own = tuple(self._line(series) for series in where.series(self._scopes) if series not in shared)
                found = own, tuple(self._line(series) for series in shared)
            self._lines_of[where] = found
        return found

    def _line(self, series: Series) -> Line:
        line = self._lines.get(series)
        if line is None:
            line = self._lines[series] = Line(series, self._partitions)
        return line

    def _missed(self, entry: Booked) -> dict[str, int]:
        """Return which resolutions of an entry's slot had closed when it was booked; a coarser one closes later."""
        missed: dict[str, int] = {}
        for resolution in RESOLUTIONS:
            if closes_at(resolution, self._slots.slot_at(resolution, entry.slot_at)) > self.sent_at:
                break
            missed[f"missed.{resolution}"] = entry.bookings
        return missed

    def _spread(self, entries: Iterable[Booked]) -> dict[tuple[Line, Instant], Coming]:
        """Return what every series grows by in each fine slot. Queues that share channel and region are summed up first."""
        spread: dict[tuple[Line, Instant], Coming] = {}
        corners: dict[tuple[Lines, Instant], Coming] = {}
        for entry in entries:
            own, shared = self._lines_at(entry.where)
            slot_at, missed = entry.slot_at, self._missed(entry)
            for line in own:
                grow_in(spread, (line, slot_at), entry, missed)
            grow_in(corners, (shared, slot_at), entry, missed)
        for (shared, slot_at), coming in corners.items():
            for line in shared:
                grow_in(spread, (line, slot_at), coming, coming.missed)
        return spread

    def _roll_up_fine(self) -> None:
        """Turn the journal into dirty fine panes, and let what they grew by wait for the coarser ones."""
        if not self._journal:
            return
        self._entry_at = _BEFORE_ALL
        for (line, slot_at), coming in self._spread(self._journal.take()).items():
            self._merge("10s", line, slot_at, coming)
            self._cascade.put("5m", self._slots.slot_at("5m", slot_at), line.series, coming)

    def _roll_up(self, resolution: Resolution) -> None:
        """Turn what waits for a resolution into dirty panes of it, and let it wait for the next coarser one."""
        coarser = _COARSER.get(resolution)
        for (_, slot_at, series), coming in self._cascade.take(resolution):
            if resolution == "5m":
                grow(self._lifetime.setdefault(series, PaneTotals()), coming)
                self._grown[series] = None
            self._merge(resolution, self._line(series), slot_at, coming)
            if coarser is not None:
                self._cascade.put(coarser, self._slots.slot_at(coarser, slot_at), series, coming)

    def _merge(self, resolution: Resolution, line: Line, slot_at: Instant, coming: Coming) -> None:
        if closes_at(resolution, slot_at) <= self.sent_at:
            return
        pane = self._touch(line, resolution, slot_at)
        totals.merge(pane.totals, coming)
        pane.stamp = self.sent_at
        self._unsaved[pane.key] = pane
        self._dirty[pane.name] = None

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
        for series, slot_at in sorted(self._dirty):
            line = self._lines[series]
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
            self._forget(key, self._line(name.series), as_resolution(name.resolution), name.slot_at)

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
                self._line(name.series)
                self._dirty[name.series, name.slot_at] = None


_NOTHING: Final = PaneTotals()
