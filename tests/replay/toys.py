"""Two toy processors for the driver's tests: a deadline per key and panes of counts, and sums of those panes."""

from collections.abc import Iterable

from monitor.processing import Effects, Output, Record, Reject, Sample, State
from schemas.instants import SECOND, Instant
from schemas.topics import ALERTS, QUEUE_PANES, VERDICTS

DEADLINE = 30 * SECOND


class ToyContacts:
    """``start`` opens a key with a deadline of 30 s, ``stop`` closes it; each tick reports how many records came, to every partition."""

    def __init__(self, partition: int, state: State, partitions: int) -> None:
        self._partition, self._partitions, self._state = partition, partitions, state
        self._open = {key: int(value) for key, value in state.items() if key != b"count"}
        self._count = int(state.get(b"count", b"0"))
        self._effects = Effects({}, [], [])

    def apply(self, record: Record, t: Instant) -> None:
        """Take one record; ``bad`` is refused."""
        assert record.key is not None
        assert record.timestamp_at < t, "a tick covers what was delivered before it"
        self._count += 1
        self._effects.changes[b"count"] = b"%d" % self._count
        if record.value == b"bad":
            self._effects.rejects.append(Reject(record, "malformed", "it is bad"))
        elif record.value == b"start":
            self._open[record.key] = record.timestamp_at
            self._effects.changes[record.key] = b"%d" % record.timestamp_at
        elif self._open.pop(record.key, None) is not None:
            self._effects.changes[record.key] = None

    def judge(self, t: Instant, appended_at: Instant) -> None:
        """Breach what is older than the deadline, then send the count."""
        for key in sorted(key for key, at in self._open.items() if at + DEADLINE < t):
            del self._open[key]
            self._effects.changes[key] = None
            self._effects.outputs.append(Output(VERDICTS, key, b"%d" % t))
        for partition in range(self._partitions):
            pane = b"%d %d %d" % (t, self._partition, self._count)
            self._effects.outputs.append(Output(QUEUE_PANES, b"count", pane, partition=partition))

    def drain(self) -> Effects:
        """Hand over."""
        effects, self._effects = self._effects, Effects({}, [], [])
        return effects

    def quarantine(self, record: Record) -> None:
        """Never needed here."""

    def samples(self) -> Iterable[Sample]:
        """Nothing to show."""
        return ()


class ToyQueues:
    """Says the sum of all counts of a T once every source has reported it; holds what is ahead of the slowest source."""

    def __init__(self, partition: int, state: State, partitions: int) -> None:
        self._partition = partition
        self._partitions = partitions
        self._held: dict[int, dict[int, int]] = {}
        self._effects = Effects({}, [], [])
        for key, value in state.items():
            at, source = map(int, key.split())
            self._held.setdefault(at, {})[source] = int(value)

    def apply(self, record: Record, t: Instant) -> None:
        """Take one pane."""
        assert record.value is not None
        at, source, count = map(int, record.value.split())
        held = self._held.setdefault(at, {})
        held[source] = count
        self._effects.changes[b"%d %d" % (at, source)] = b"%d" % count
        if len(held) == self._partitions:
            self._effects.outputs.append(Output(ALERTS, b"sum", b"%d %d" % (at, sum(held.values())), partition=self._partition))
            self._effects.changes |= {b"%d %d" % (at, each): None for each in held}
            del self._held[at]

    def judge(self, t: Instant, appended_at: Instant) -> None:
        """No ticks."""

    def drain(self) -> Effects:
        """Hand over."""
        effects, self._effects = self._effects, Effects({}, [], [])
        return effects

    def quarantine(self, record: Record) -> None:
        """Never needed here."""

    def samples(self) -> Iterable[Sample]:
        """Nothing to show."""
        return ()
