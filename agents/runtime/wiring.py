"""What a shard is connected to."""

from typing import Protocol

import msgspec

from agents.runtime.counters import ProcessorCounters
from agents.runtime.store import PartitionState
from agents.runtime.transactions import ShardProducer
from agents.runtime.turns import Turns
from monitor.policy.book import Policies


class Flow(Protocol):
    """What a shard may ask of the consumer for one of its logical topics."""

    def hold(self, topic: str) -> None:
        """Fetch no more of it."""

    def release(self, topic: str) -> None:
        """Fetch it again."""

    def read_again(self, topic: str, position: int) -> None:
        """Something in between was dropped on the way: deliver from here."""


class Wiring(msgspec.Struct):
    """Its committed state, its producer, its view of the consumer, where it counts, the turns it takes with its neighbours, the policies."""

    state: PartitionState
    producer: ShardProducer
    flow: Flow
    counters: ProcessorCounters
    turns: Turns
    policies: Policies = msgspec.field(default_factory=Policies)
