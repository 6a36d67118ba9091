"""The writer of ticks without a broker: what a tick may fence."""

import asyncio
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from agents.runtime import ticker
from agents.runtime.settings import RuntimeSettings
from agents.runtime.ticker import Ticker
from monitor.policy.book import Policies
from schemas.instants import SECOND, Instant
from schemas.ticks import Tick

START: Instant = 1_800_000_000 * SECOND


class Spec:
    """One source and a tick topic."""

    sources, tick_topic = ("calls",), "ticks"


class Owned:
    """A shard that is owned and running."""

    partition, spec = 0, Spec()


class Slow:
    """A broker that takes a while to say where its logs end; the clock goes on meanwhile."""

    def __init__(self, answers_after: Iterator[float]) -> None:
        self._answers_after, self.now = answers_after, START
        self.ticks: list[Tick] = []

    async def end_offsets(self, places: list[Any]) -> dict[Any, int]:
        self.now += int(next(self._answers_after) * SECOND)
        return dict.fromkeys(places, 7)

    async def send(self, _topic: str, value: bytes, partition: int) -> asyncio.Future[None]:
        self.ticks.append(msgspec.msgpack.decode(value, type=Tick))
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        done.set_result(None)
        return done


async def test_a_fence_that_came_late_is_thrown_away_and_the_next_one_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """P37: while a broker restarts a fence can take eight seconds; what came meanwhile looked skewed and was judged by a false start."""
    broker = Slow(iter([8.0, 0.1]))
    monkeypatch.setattr(ticker, "wall_clock", lambda: broker.now)
    shard: Any = Owned()
    one: Any = Ticker(RuntimeSettings(), lambda: [shard], Policies())
    with pytest.raises(TimeoutError, match="the fence came 8"):
        await one._round([shard], broker, broker)
    assert broker.ticks == []
    await one._round([shard], broker, broker)
    assert [(tick.clock_at, tick.fence) for tick in broker.ticks] == [(START + 8 * SECOND, {"calls": 7})]
