"""Turns: no shard begins to apply while a transaction is open in its worker (design §4: transaction timeout 5 s)."""

import asyncio

from agents.runtime.turns import Turns


async def test_applying_waits_for_every_open_transaction() -> None:
    turns, order = Turns(), list[str]()

    async def apply() -> None:
        await turns.to_apply()
        order.append("applied")

    with turns.committing():
        with turns.committing():
            task = asyncio.create_task(apply())
            await asyncio.sleep(0)
            order.append("one is known")
        await asyncio.sleep(0)
        order.append("both are known")
    await task
    assert order == ["one is known", "both are known", "applied"]


async def test_without_a_transaction_nobody_waits() -> None:
    await asyncio.wait_for(Turns().to_apply(), 1)


async def test_a_failed_commit_gives_the_turn_back() -> None:
    turns = Turns()
    try:
        with turns.committing():
            raise RuntimeError
    except RuntimeError:
        await asyncio.wait_for(turns.to_apply(), 1)
