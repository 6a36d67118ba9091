"""The seam between pure processors and whatever drives them: the shard runtime on Kafka, or the offline replay.

A driver feeds one shard's records in log order, then a tick, and takes the effects:

    adopt(version, t), apply(record, t) … apply(record, t), judge(t, appended_at), drain() -> Effects

``t`` given to ``apply`` is the T of the tick whose fence covers the record (0 for a processor without ticks). Between
``drain`` and the merge of its changes into the committed state nothing else is called. A processor reads committed state
through the mapping it was made with, keeps decoded values of its own, and never changes that mapping.

A tick names the newest policy version that its writer knew. A driver tells a processor that is an ``Adopter`` of it before the
first record up to that tick's fence: so the log alone says from which T on a version counts, and records before an earlier
fence were applied without it.
"""

from collections.abc import Iterable, Mapping, MutableMapping
from typing import Protocol, runtime_checkable

import msgspec

from schemas.instants import Instant

Headers = tuple[tuple[str, bytes], ...]
State = Mapping[bytes, bytes]


class Record(msgspec.Struct, frozen=True, gc=False):
    """One record of a log; ``topic`` is the logical name (``schemas.topics``), ``timestamp_at`` the broker's or producer's."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: Headers = ()
    timestamp_at: Instant = 0


class Output(msgspec.Struct, frozen=True, gc=False):
    """One record to publish; ``partition`` None means by murmur2 of the key (schemas.partition)."""

    topic: str
    key: bytes
    value: bytes | None
    headers: Headers = ()
    partition: int | None = None


class Reject(msgspec.Struct, frozen=True, gc=False):
    """A record refused by the contract: becomes a dead letter with this bounded ``reason``; ``detail`` and ``path`` are for people."""

    record: Record
    reason: str
    detail: str
    path: str = ""
    contact: str = ""


class Effects(msgspec.Struct):
    """What was asked for since the last drain: state changes (None deletes), records to publish in order, rejects."""

    changes: dict[bytes, bytes | None]
    outputs: list[Output]
    rejects: list[Reject]

    def __bool__(self) -> bool:
        """True when there is anything to commit."""
        return bool(self.changes or self.outputs or self.rejects)


def merge_changes(state: MutableMapping[bytes, bytes], changes: Mapping[bytes, bytes | None]) -> None:
    """What a commit does to the state: values are put in place, None deletes."""
    for key, value in changes.items():
        if value is None:
            state.pop(key, None)
        else:
            state[key] = value


class Sample(msgspec.Struct, frozen=True):
    """One value for ``/metrics``: a name of the metric catalogue, its label values in catalogue order."""

    name: str
    labels: tuple[str, ...]
    value: float


class Processor(Protocol):
    """One shard of one processor. Made by ``factory(partition, state)``; everything derived is rebuilt from ``state``."""

    def apply(self, record: Record, t: Instant) -> None:
        """Take one record; never raises for bad input (that is a Reject), raises only for a bug of its own."""

    def judge(self, t: Instant, appended_at: Instant) -> None:
        """It is T now, and every record before the fence was applied; ``appended_at`` is the tick's LogAppendTime."""

    def drain(self) -> Effects:
        """Hand over all effects since the last call and start afresh."""

    def quarantine(self, record: Record) -> None:
        """The record makes this processor fail: mark what it touches as unjudged, without decoding it again."""

    def samples(self) -> Iterable[Sample]:
        """Values for ``/metrics`` from owned state; called between other calls, on the event loop: must be quick."""


@runtime_checkable
class Adopter(Protocol):
    """A processor whose ticks name policy versions."""

    def adopt(self, version: str, t: Instant) -> None:
        """Take over a policy version at the tick of ``t``; one that was adopted before, or is older than the newest adopted, changes nothing."""
