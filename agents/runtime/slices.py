"""Slices: the records fetched at once from one partition, with the exact stretch of the log that they cover.

A slice covers positions [start, next): transaction markers and compacted records inside it are no holes, and a slice
without records still moves a reader on. The positions are read before and after the fetch on the consumer's own thread.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from aiokafka import AIOKafkaConsumer
from aiokafka.errors import NoOffsetForPartitionError, OffsetOutOfRangeError
from faust.transport.drivers import aiokafka as driver
from faust.types import TP

FETCH_WAIT_MS = 500


class Raw(Protocol):
    """A record as aiokafka gives it; ``timestamp`` in milliseconds."""

    partition: int
    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None
    serialized_key_size: int
    serialized_value_size: int
    headers: tuple[tuple[str, bytes], ...]


class Slice(list[Raw]):
    """Records of one partition; ``start`` None means that the stretch is unknown and must be read again."""

    start: int | None = None
    next: int = 0
    out_of_range = False


class SliceThread(driver.AIOKafkaConsumerThread):  # type: ignore[misc]  # Faust is untyped
    """Faust's consumer thread, fetching committed records only and saying exactly what it covered."""

    def _create_worker_consumer(self, transport: Any) -> AIOKafkaConsumer:
        consumer = super()._create_worker_consumer(transport)
        consumer._isolation_level = "read_committed"
        # Never jump silently: without a reset rule a position outside the log is an error that reaches us.
        consumer._auto_offset_reset = "none"
        consumer._fetch_max_wait_ms = FETCH_WAIT_MS
        return consumer

    async def _fetch_records(
        self,
        consumer: AIOKafkaConsumer,
        active_partitions: set[TP],
        timeout: float | None = None,  # noqa: ASYNC109 - Faust's signature
        max_records: int | None = None,
    ) -> dict[TP, Slice]:
        if not self.consumer.flow_active:
            return {}
        active = set(active_partitions)  # the given set changes under our hands, and aiokafka takes an empty one for all
        before = _positions(consumer, active)
        try:
            records = await super()._fetch_records(consumer, active, timeout=timeout, max_records=max_records)
        except NoOffsetForPartitionError:
            return {}  # a partition that was not positioned yet: the start positions come from the state
        except OffsetOutOfRangeError as error:
            return {tp: _outside() for tp in error.args[0]}
        return _cover(before, records, _positions(consumer, active))


def _positions(consumer: AIOKafkaConsumer, partitions: Iterable[TP]) -> dict[TP, tuple[int, int]]:
    """Identity of the assignment and position, per partition; looked up afresh, it can be replaced during a fetch."""
    subscription = consumer._subscription.subscription
    states = {} if subscription is None or subscription.assignment is None else subscription.assignment._tp_state
    found = {}
    for tp in tuple(partitions):
        state = states.get(tp)
        if state is not None and state.has_valid_position:
            found[tp] = (id(state), state.position)
    return found


def _cover(before: dict[TP, tuple[int, int]], records: Mapping[TP, list[Any]], after: dict[TP, tuple[int, int]]) -> dict[TP, Slice]:
    covered: dict[TP, Slice] = {}
    for tp in {**after, **records}:
        piece = Slice(records.get(tp, ()))
        was, now = before.get(tp), after.get(tp)
        if was is None or now is None or was[0] != now[0]:
            if not piece:
                continue
        else:
            piece.start, piece.next = was[1], now[1]
            if piece.next <= was[1] and not piece:
                continue
        covered[tp] = piece
    return covered


def _outside() -> Slice:
    piece = Slice()
    piece.out_of_range = True
    return piece
