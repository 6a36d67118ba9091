"""Turns: no shard begins to apply while a transaction of its worker has been open for long (design §4: transaction timeout 5 s)."""

import asyncio

import pytest

from agents.runtime import turns
from agents.runtime.turns import Turns


async def test_a_fresh_transaction_keeps_nobody_waiting() -> None:
    road = Turns()
    with road.committing():
        await asyncio.wait_for(road.to_apply(), 1)


async def test_applying_waits_for_every_transaction_that_is_open_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "PATIENCE_SECONDS", -1.0)
    road, order = Turns(), list[str]()

    async def apply() -> None:
        await road.to_apply()
        order.append("applied")

    with road.committing():
        with road.committing():
            task = asyncio.create_task(apply())
            await asyncio.sleep(0)
            order.append("one is known")
        await asyncio.sleep(0)
        order.append("both are known")
    await task
    assert order == ["one is known", "both are known", "applied"]


async def test_without_a_transaction_nobody_waits() -> None:
    await asyncio.wait_for(Turns().to_apply(), 1)


async def test_a_failed_commit_gives_the_turn_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "PATIENCE_SECONDS", -1.0)
    road = Turns()
    with pytest.raises(RuntimeError), road.committing():
        raise RuntimeError
    await asyncio.wait_for(road.to_apply(), 1)
