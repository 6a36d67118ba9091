"""The same processor as a peer's handler calls it: one event, then the effects of that event.

A shard of the product drains thousands of events at once; a peer that writes its table per event has to ask after each. In
the peers' favour the table gets only the contact per event; the panes follow once a second of T.
"""

import json
import resource
import sys
import time

from monitor.contacts.processor import ContactsProcessor
from monitor.policy.model import Policy
from monitor.processing import Effects, Headers, Record, merge_changes
from schemas.instants import SECOND, Instant
from schemas.topics import CALLS


class Peer:
    """The contacts processors of all partitions behind one call, with T following the events by half a second."""

    def __init__(self, policy: Policy, partitions: int) -> None:
        self.state: dict[int, dict[bytes, bytes]] = {p: {} for p in range(partitions)}
        self._processors = {p: ContactsProcessor(p, self.state[p], policy, partitions) for p in range(partitions)}
        self._judged: dict[int, Instant] = dict.fromkeys(range(partitions), 0)

    def handle(self, partition: int, offset: int, key: bytes, value: bytes, headers: Headers, now_at: Instant) -> Effects:
        """Apply one record; at each new second of ``now_at`` judge as well. The contact's state comes at once, the panes then."""
        processor = self._processors[partition]
        processor.apply(Record(CALLS, partition, offset, key, value, headers), now_at)
        if now_at - self._judged[partition] >= SECOND:
            processor.judge(now_at, now_at)
            self._judged[partition] = now_at
            effects = processor.drain()
        else:
            processor._settle(0)
            effects = Effects(processor._shelf.changes(), [], [])
        state = self.state[partition]
        merge_changes(state, effects.changes)
        return effects


class Stopwatch:
    """Counts events from the first one and prints the rates after the last one."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._seen = 0
        self._started = self._cpu = 0.0

    def tick(self) -> bool:
        """One more event is done; True at the last one, after the figures were printed."""
        if self._seen == 0:
            self._started, self._cpu = time.perf_counter(), _cpu_seconds()
        self._seen += 1
        if self._seen < self._count:
            return False
        took, cpu = time.perf_counter() - self._started, _cpu_seconds() - self._cpu
        print(json.dumps({"events_per_second": self._seen / took, "cpu_us_per_event": cpu / self._seen * 1e6}), file=sys.__stdout__, flush=True)
        return True


def _cpu_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime
