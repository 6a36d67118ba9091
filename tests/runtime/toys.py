"""Two toy processors with the full contract: a deadline per key with panes (timed), totals per pane by watermarks (untimed).

An event is msgpack ``[kind, queue, at, due]``; kinds are ``open``, ``note``, ``close`` and ``boom``, on which the processor fails.
Everything they say is a function of their logs alone.
"""

import heapq
from collections.abc import Iterable

import msgspec

from monitor.processing import Effects, Output, Record, Reject, Sample, State
from schemas.instants import SECOND, Instant
from schemas.partition import partition_of

CALLS, CHATS, TICKS, PANES, ALERTS, TOTALS = "toy.calls", "toy.chats", "toy.ticks", "toy.panes", "toy.alerts", "toy.totals"
PARTITIONS = 4
VALUE_LIMIT_BYTES = 64 * 1024

encode = msgspec.msgpack.encode


class Toy(msgspec.Struct, array_like=True):
    kind: str
    queue: str
    at: Instant
    due: Instant


class Item(msgspec.Struct, array_like=True):
    due: Instant
    status: str
    queue: str
    events: int


_toy = msgspec.msgpack.Decoder(Toy).decode
_item = msgspec.msgpack.Decoder(Item).decode
_counts = msgspec.msgpack.Decoder(list[int]).decode


class Base:
    def __init__(self) -> None:
        self.changes: dict[bytes, bytes | None] = {}
        self.outputs: list[Output] = []
        self.rejects: list[Reject] = []

    def drain(self) -> Effects:
        effects = Effects(self.changes, self.outputs, self.rejects)
        self.changes, self.outputs, self.rejects = {}, [], []
        return effects

    def samples(self) -> Iterable[Sample]:
        return ()


class Deadlines(Base):
    """Alerts every key that is open at its deadline; counts offered, closed and breached per queue and 10-second slot."""

    def __init__(self, partition: int, state: State) -> None:
        super().__init__()
        self.partition, self.state = partition, state
        self.items: dict[bytes, Item] = {}
        self.panes: dict[bytes, list[int]] = {}
        self.dirty = {key[1:] for key in state if key[:1] == b"d"}
        self.second = int(state.get(b"second", b"0"))
        self.heap = [(item.due, key) for key, value in state.items() if key[:1] == b"k" and (item := _item(value)).status == "open"]
        heapq.heapify(self.heap)

    def apply(self, record: Record, t: Instant) -> None:
        if record.value is None or record.key is None:
            self.rejects.append(Reject(record, "tombstone", "no value"))
            return
        if len(record.value) > VALUE_LIMIT_BYTES:
            self.rejects.append(Reject(record, "too_large", f"{len(record.value)} bytes"))
            return
        try:
            toy = _toy(record.value)
        except msgspec.DecodeError as error:
            self.rejects.append(Reject(record, "malformed", str(error), "$"))
            return
        if toy.kind == "boom":
            raise RuntimeError("boom")
        self._take(record.key, toy, t)

    def _take(self, raw_key: bytes, toy: Toy, t: Instant) -> None:
        key = b"k" + raw_key
        item = self._item(key)
        if toy.kind == "open" and item is None:
            item = self.items[key] = Item(toy.due, "open", toy.queue, 0)
            heapq.heappush(self.heap, (toy.due, key))
            self._count(toy.queue, toy.at, 0)
        if item is None:
            return
        item.events += 1
        if toy.kind == "close" and item.status == "open":
            item.status = "closed" if toy.at <= item.due else "late"
            self._count(item.queue, toy.at, 1)
            if item.status == "late":
                self._breach(key, item, t)
        self.changes[key] = encode(item)

    def _item(self, key: bytes) -> Item | None:
        item = self.items.get(key)
        if item is None and key in self.state:
            item = self.items[key] = _item(self.state[key])
        return item

    def _count(self, queue: str, at: Instant, which: int) -> None:
        key = b"%s|%d" % (queue.encode(), at // (10 * SECOND))
        counts = self.panes.get(key)
        if counts is None:
            stored = self.state.get(b"p" + key)
            counts = self.panes[key] = _counts(stored) if stored is not None else [0, 0, 0]
        counts[which] += 1
        self.changes[b"p" + key] = encode(counts)
        if key not in self.dirty:
            self.dirty.add(key)
            self.changes[b"d" + key] = b""

    def _breach(self, key: bytes, item: Item, t: Instant) -> None:
        self.outputs.append(Output(ALERTS, key[1:], encode([key[1:].decode(), item.due]), (("ce_id", key[1:]),)))
        self._count(item.queue, item.due, 2)

    def judge(self, t: Instant, appended_at: Instant) -> None:
        while self.heap and self.heap[0][0] <= t:
            _, key = heapq.heappop(self.heap)
            item = self._item(key)
            if item is not None and item.status == "open":
                item.status = "fired"
                self._breach(key, item, t)
                self.changes[key] = encode(item)
        if t // SECOND > self.second:
            self._emit(t // SECOND)

    def _emit(self, second: int) -> None:
        self.second = second
        self.changes[b"second"] = b"%d" % second
        for key in sorted(self.dirty):
            queue = key.partition(b"|")[0]
            value = encode([self.partition, second, key, self.panes.get(key) or _counts(self.state[b"p" + key])])
            self.outputs.append(Output(PANES, b"%s|%d" % (key, self.partition), value, partition=partition_of(queue, PARTITIONS)))
            self.changes[b"d" + key] = None
        self.dirty.clear()
        for partition in range(PARTITIONS):
            self.outputs.append(Output(PANES, b"w%d" % self.partition, encode([self.partition, second, b"", []]), partition=partition))

    def quarantine(self, record: Record) -> None:
        key = b"k" + (record.key or b"")
        item = self._item(key)
        if item is not None:
            item.status = "unjudged"
            self.changes[key] = encode(item)


class Pane(msgspec.Struct, array_like=True):
    source: int
    second: int
    key: bytes
    counts: list[int]


_pane = msgspec.msgpack.Decoder(Pane).decode


class Totals(Base):
    """Sums a pane over its source shards, second by second, when every source has passed that second."""

    def __init__(self, partition: int, state: State) -> None:
        super().__init__()
        self.partition, self.state = partition, state
        self.marks = {source: int(state.get(b"m%d" % source, b"-1")) for source in range(PARTITIONS)}
        self.held: dict[bytes, Pane] = {key: _pane(value) for key, value in state.items() if key[:1] == b"h"}
        self.sums: dict[bytes, dict[int, list[int]]] = {}

    def apply(self, record: Record, t: Instant) -> None:
        assert record.value is not None
        pane = _pane(record.value)
        if pane.key:
            key = b"h%020d|%d|%s" % (pane.second, pane.source, pane.key)
            self.held[key] = pane
            self.changes[key] = record.value
            return
        self.marks[pane.source] = max(self.marks[pane.source], pane.second)
        self.changes[b"m%d" % pane.source] = b"%d" % self.marks[pane.source]
        low = min(self.marks.values())
        ready = sorted(key for key, held in self.held.items() if held.second <= low)
        touched: dict[int, set[bytes]] = {}
        for key in ready:
            held = self.held.pop(key)
            self.changes[key] = None
            sums = self._sums(held.key)
            sums[held.source] = held.counts
            self.changes[b"s" + held.key] = encode({str(source): counts for source, counts in sums.items()})
            touched.setdefault(held.second, set()).add(held.key)
            nearly = [other for other in ready if other > key]
            if not nearly or self.held[nearly[0]].second != held.second:
                for pane_key in sorted(touched[held.second]):
                    total = [sum(column) for column in zip(*self._sums(pane_key).values(), strict=True)]
                    self.outputs.append(Output(TOTALS, pane_key, encode([pane_key, held.second, total])))

    def _sums(self, key: bytes) -> dict[int, list[int]]:
        sums = self.sums.get(key)
        if sums is None:
            stored = self.state.get(b"s" + key)
            decoded = msgspec.msgpack.decode(stored, type=dict[str, list[int]]) if stored is not None else {}
            sums = self.sums[key] = {int(source): counts for source, counts in decoded.items()}
        return sums

    def judge(self, t: Instant, appended_at: Instant) -> None:
        raise AssertionError("never called: it has no ticks")

    def quarantine(self, record: Record) -> None:
        pass
