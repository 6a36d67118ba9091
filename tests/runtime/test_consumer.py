"""The consumer without a broker: nothing that is fetched while a partition is being positioned may be missing afterwards (runtime contract)."""

from types import SimpleNamespace
from typing import Any

import pytest
from faust.types import TP

from agents.runtime.consumer import SliceConsumer
from agents.runtime.slices import Slice

CHATS = TP("chats", 2)


def piece(start: int | None, after: int) -> Slice:
    """Records up to a log position; their beginning may be unknown."""
    made = Slice()
    made.start, made.next = start, after
    return made


class Positioned(SliceConsumer):
    """Its thread hands over a slice after it has sought and before the one who asked for that goes on."""

    should_stop = False

    def __init__(self, *fetched: Slice) -> None:
        self._fetched = list(fetched)
        self._expected: dict[TP, int] = {}
        self._read_offset: dict[TP, int | None] = {CHATS: 40}
        self.flow_active, self.log = True, SimpleNamespace(dev=lambda *_: None)
        self.app: Any = SimpleNamespace(consumer_generation_id=1, monitor=SimpleNamespace(track_tp_end_offset=lambda *_: None))
        self.sought: list[int] = []
        self.delivered: list[int] = []

    async def _seek(self, partition: TP, offset: int) -> None:
        self.sought.append(offset)
        async for _, message in self.getmany(1.0):
            assert message.offset >= (self._read_offset[partition] or 0), "Faust passes over it"
            self.delivered.append(message.offset)

    async def _wait_next_records(self, _timeout: float) -> tuple[dict[TP, Slice], None]:
        return ({CHATS: self._fetched.pop(0)} if self._fetched else {}), None

    def assignment(self) -> set[TP]:
        return {CHATS}

    def highwater(self, _tp: TP) -> int:
        return 0


FETCHED = [
    pytest.param([piece(5, 7)], [5], [6], id="a slice from there is taken"),
    pytest.param([piece(None, 7)], [5, 5], [], id="one that began before the seek is read again"),
    pytest.param([piece(38, 41), piece(5, 7)], [5, 5], [6], id="one from elsewhere is read again"),
]


@pytest.mark.parametrize(("fetched", "sought", "delivered"), FETCHED)
async def test_what_arrives_during_a_seek_is_delivered_or_read_again(fetched: list[Slice], sought: list[int], delivered: list[int]) -> None:
    """A silent partition had its last records dropped there: its shard waited for them, and judged nothing, until the next record."""
    consumer = Positioned(*fetched)
    await consumer.restart_at(CHATS, 5)
    assert (consumer.sought, consumer.delivered) == (sought, delivered)
