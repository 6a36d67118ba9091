"""Whose turn the event loop is: while a transaction is open anywhere in this worker, no shard begins to apply or judge.

Applying is work without a pause, and after a backlog one tick can take seconds. A transaction that another shard has open meanwhile could not
take its next step, and the broker would abort it after ``transaction_timeout_seconds``: the worker would fence itself.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager


class Turns:
    """Shared by the shards of a worker; several may commit at once, and applying waits for all of them."""

    def __init__(self) -> None:
        self._open = 0
        self._closed = asyncio.Event()
        self._closed.set()

    @contextmanager
    def committing(self) -> Iterator[None]:
        """From before a transaction begins until its outcome is known."""
        self._open += 1
        self._closed.clear()
        try:
            yield
        finally:
            self._open -= 1
            if not self._open:
                self._closed.set()

    async def to_apply(self) -> None:
        """Return when no transaction is open."""
        while self._open:
            await self._closed.wait()
