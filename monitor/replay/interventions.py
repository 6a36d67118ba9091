"""A log played offline in which people step in: commands reach every shard, and a policy version counts from its own instant on.

    plan      e   |   e                  |                        ticks of the plan: one a minute in silence
    people          c      v                                      a command, a version
    ticks         |    |   |             |                        one at the end of the command's second, one at the version's instant

A command reaches every shard, as it does on Kafka. A version is named by every tick from its own on; before the first record there is
a tick that names the version before it, so that something is promised already.
"""

from collections.abc import Sequence
from typing import Final

import msgspec

from monitor.sources.commanded import Given
from monitor.sources.tick_plan import Log
from schemas.instants import SECOND, Instant
from schemas.topics import COMMANDS

Headers = tuple[tuple[str, bytes], ...]

_encode: Final = msgspec.json.Encoder().encode


class Interventions:
    """Stands between a plan and the log it is played into; without anything to add it changes nothing."""

    def __init__(self, log: Log, partitions: int, given: Sequence[Given] = (), switches: Sequence[Instant] = ()) -> None:
        """``switches`` are the instants at which a version is named first."""
        self._log, self._partitions = log, partitions
        self._given = sorted(given, key=lambda each: each.at)
        owed = {(each.at // SECOND + 1) * SECOND for each in given} | {-(-at // SECOND) * SECOND for at in switches}
        self._owed = sorted(owed)
        self._several = bool(switches)

    def send(self, topic: str, partition: int, key: bytes, value: bytes, headers: Headers, at: Instant) -> None:
        """Append one record, after all that people did before it."""
        if self._several:  # a tick names the first version before anything happens under it
            self._several = False
            self._log.tick(min(at // SECOND, self._owed[0] // SECOND - 1) * SECOND)
        self._go_on(at + 1)
        self._log.send(topic, partition, key, value, headers, at)

    def tick(self, t: Instant) -> None:
        """It is ``t``: what people did before counts."""
        self._go_on(t)
        self._commands(t)
        self._log.tick(t)
        while self._owed and self._owed[0] <= t:
            self._owed.pop(0)

    def _go_on(self, until: Instant) -> None:
        """The ticks that people's doings need before an instant."""
        while self._owed and self._owed[0] < until:
            t = self._owed.pop(0)
            self._commands(t)
            self._log.tick(t)

    def _commands(self, until: Instant) -> None:
        while self._given and self._given[0].at < until:
            given = self._given.pop(0)
            key, value = given.command.id.encode(), _encode(given.command)
            for partition in range(self._partitions):
                self._log.send(COMMANDS, partition, key, value, (), given.at)
