"""Whose turn the event loop is: while a transaction of this worker has been open for long, no shard begins to apply or judge.

Applying is work without a pause, and after a backlog one tick can take seconds. A transaction that another shard has open meanwhile could not
take its next step again and again, and the broker would abort it after ``transaction_timeout_seconds``: the worker would fence itself.
"""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

PATIENCE_SECONDS: Final = 0.25
"""A commit takes some 20 ms; one that is open for longer was kept waiting and goes first."""


class Turns:
    """Shared by the shards of a worker; they commit and apply side by side until a transaction has been open for too long."""

    def __init__(self) -> None:
        self._open: dict[int, float] = {}
        self._numbers = 0
        self._closed = asyncio.Event()

    @contextmanager
    def committing(self) -> Iterator[None]:
        """From before a transaction begins until its outcome is known."""
        self._numbers += 1
        number = self._numbers
        self._open[number] = time.monotonic()
        try:
            yield
        finally:
            del self._open[number]
            self._closed.set()
            self._closed = asyncio.Event()

    async def to_apply(self) -> None:
        """Return when no transaction has been open for longer than ``PATIENCE_SECONDS``."""
        while self._open and time.monotonic() - next(iter(self._open.values())) > PATIENCE_SECONDS:
            await self._closed.wait()
