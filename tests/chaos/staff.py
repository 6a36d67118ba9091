"""People at work during a chaos run: they exempt, lift and repair what they see on ``sla.alerts``, and now and then repeat themselves.

A command about an alert is sent after the alert was read, and a lift after the exemption showed: so its outcome is known whatever
breaks in between. An exemption that was lifted is sent once more: it is the same command, and changes nothing.
"""

import asyncio
import contextlib
import random
from collections import Counter
from collections.abc import Callable

import msgspec
from aiokafka.errors import KafkaError

from agents.publisher import Publisher
from agents.reader import follow
from agents.runtime.settings import RuntimeSettings
from monitor.errors import BrokerError
from monitor.processing import Record
from schemas.alerts import Alert
from schemas.commands import Command, Exempt, Lift, Repair, Selector
from schemas.instants import Instant, format_instant
from schemas.topics import ALERTS, COMMANDS
from tests.chaos.disturbances import COMMANDS_GIVEN, EXEMPTED, LIFTED, REPAIRED
from tests.runtime.harness import now_us

SHARE = 0.03
"""Of the breaches that may be ruled over, for each kind of ruling."""


class Staff:
    """``endings`` is what must be said last about a cycle that somebody ruled over, ``counts`` what was done."""

    def __init__(self, rng: random.Random) -> None:
        self._random = rng
        self._number = 0
        self._to_lift: dict[str, tuple[Exempt, str, str]] = {}
        self._seen: set[tuple[str, int]] = set()
        self.endings: dict[str, str] = {}
        self.counts: Counter[str] = Counter()
        self.last_at: Instant = 0

    async def give(self, publisher: Publisher, partitions: int, command: Command) -> None:
        """Write a command to every partition, half of them a second time under the same id; it is in the log when this returns."""
        for _ in range(self._random.choice((1, 2))):
            for partition in range(partitions):
                await publisher.send(COMMANDS, command.id.encode(), msgspec.json.encode(command), partition=partition)
            await publisher.flush()
            self.counts[COMMANDS_GIVEN] += 1
        self.last_at = now_us()

    def signed(self) -> dict[str, str]:
        """A new command's own fields."""
        self._number += 1
        return {"id": f"cmd-{self._number}", "person": "staff-7", "given_at": format_instant(now_us()), "reason": "chaos"}

    def exempt(self, selector: Selector, clocks: tuple[str, ...] = ()) -> Exempt:
        """An exemption of what a selector names."""
        self.counts[EXEMPTED] += 1
        return Exempt(selector=selector, clocks=clocks, **self.signed())

    def lift(self, target: str) -> Lift:
        """The end of an exemption."""
        self.counts[LIFTED] += 1
        return Lift(target=target, **self.signed())

    def repair(self, contact: str, **how: str) -> Repair:
        """Another verdict."""
        self.counts[REPAIRED] += 1
        return Repair(contact=contact, **how, **self.signed())  # type: ignore[arg-type]

    async def work(self, settings: RuntimeSettings, stop: asyncio.Event, about: Callable[[Alert], str], easy: Callable[[], str]) -> None:
        """Read alerts and rule over some until told to stop; ``about`` says what contact it is: ``waits``, ``slow`` or nothing to rule over."""
        async with Publisher(settings) as publisher:
            while not stop.is_set():
                with contextlib.suppress(KafkaError, BrokerError, OSError):
                    async for record in follow(settings, [ALERTS]):
                        if stop.is_set():
                            return
                        for command in self._ruling(record, about, easy()):
                            await self.give(publisher, settings.partitions, command)
                await asyncio.sleep(0.5)

    def _ruling(self, record: Record, about: Callable[[Alert], str], easy: str) -> list[Command]:
        alert = msgspec.json.decode(record.value or b"", type=Alert)
        if alert.kind != "breach" or (alert.id, alert.version) in self._seen:
            return []
        self._seen.add((alert.id, alert.version))
        name = f"{alert.contact}|{alert.clock}"
        if alert.id in self._to_lift and alert.state == "resolved":
            exempt, reason, name = self._to_lift.pop(alert.id)
            self._must_end(name, f"firing {reason} v3.", f"breached {reason} v3.")
            return [self.lift(exempt.id), exempt]
        kind = about(alert) if (alert.version, alert.state) == (1, "firing") else ""
        first = self._first_ruling(alert, name, kind, easy)
        return [] if first is None else [first]

    def _first_ruling(self, alert: Alert, name: str, kind: str, easy: str) -> Command | None:
        contact, chance = alert.contact or "", self._random.random() / SHARE
        if kind == "slow" and easy and chance < 5:
            self._must_end(name, "resolved stopped_in_time", "met stopped_in_time")
            return self.repair(contact, policy=easy)
        if kind != "waits" or chance >= 3:
            return None
        if chance < 1:
            self._must_end(name, "resolved repaired v2.", "met repaired v2.")
            return self.repair(contact, verdict="met")
        exempt = self.exempt(Selector(contact=contact), (alert.clock or "",))
        self._must_end(name, "resolved exempted v2.", "exempt exempted v2.")
        if chance < 2:
            self._to_lift[alert.id] = (exempt, alert.reason, name)
        return exempt

    def _must_end(self, name: str, alert: str, verdict: str) -> None:
        self.endings |= {f"alert {name}": alert, f"verdict {name}": verdict}
