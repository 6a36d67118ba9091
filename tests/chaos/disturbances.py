"""What is done to the workers and to the broker, one coroutine each; every one is counted under its name when it is over."""

import asyncio
import json
import random
from collections import Counter

from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from agents.broker import LocalBroker
from agents.reader import read_states
from agents.runtime.connection import admin_client
from agents.runtime.exits import Exit
from agents.runtime.settings import RuntimeSettings
from tests.chaos.fleet import Fleet
from tests.chaos.versions import Versions
from tests.runtime.harness import now_us

KILL, RESTART, TAKE_OVER, PAUSE = "kill_9", "restart", "take_over", "pause_beyond_session"
DELAYED, BROKER, REFUSED = "commit_delayed_across_rebalance", "broker_restart", "output_refused"
TRUNCATED = "source_truncated"
CUT_SHORT, SEVERAL = "switch_cut_short", "started_on_several_versions"
SWITCHED, COMMANDS_GIVEN, EXEMPTED, LIFTED, REPAIRED = "policy_switch", "commands", "exempt", "lift", "repair"
ALL = (KILL, RESTART, TAKE_OVER, PAUSE, DELAYED, BROKER, REFUSED, TRUNCATED, CUT_SHORT, SEVERAL)
BY_PEOPLE = (SWITCHED, COMMANDS_GIVEN, EXEMPTED, LIFTED, REPAIRED)

TINY_BYTES = 64
HELD_SECONDS = 3.5
"""How long commits are held while a version is published and everybody is killed; a transaction lives 5 s."""


class Disturbances:
    """All that can happen to one fleet."""

    def __init__(self, settings: RuntimeSettings, fleet: Fleet, broker: LocalBroker | None, alert_topic: str, rng: random.Random) -> None:
        self._settings, self._fleet, self._broker, self._alert_topic, self._random = settings, fleet, broker, alert_topic, rng
        self.counts: Counter[str] = Counter(dict.fromkeys(ALL, 0))

    def _victim(self) -> int:
        return self._random.choice(self._fleet.running)

    async def _until_running(self, count: int) -> None:
        while len(self._fleet.running) < count:  # noqa: ASYNC110 - processes have no event
            await asyncio.sleep(0.1)

    async def kill_and_restart(self) -> None:
        """A crash; the same worker is back at once."""
        await self._until_running(1)
        self._fleet.kill(self._victim(), self._random.uniform(0.2, 1.5))
        await self._until_running(self._fleet.size)
        self.counts[KILL] += 1
        self.counts[RESTART] += 1

    async def kill_and_take_over(self) -> None:
        """A crash; the worker stays away until a survivor has its shards."""
        await self._until_running(2)
        self._fleet.kill(self._victim(), self._settings.session_timeout_seconds + 4)
        await self._until_running(self._fleet.size)
        self.counts[KILL] += 1
        self.counts[TAKE_OVER] += 1

    async def pause(self) -> None:
        """A worker that stands still until it has lost everything, and then goes on as if nothing had happened."""
        await self._until_running(2)
        victim = self._victim()
        self._fleet.freeze(victim)
        await asyncio.sleep(self._settings.session_timeout_seconds + self._random.uniform(2, 4))
        self._fleet.thaw(victim)
        await asyncio.sleep(2)
        self.counts[PAUSE] += 1

    async def delay_commits(self) -> None:
        """Every commit hangs for a while, and meanwhile the group is rebalanced by a newcomer."""
        self._fleet.fault_file.write_text(json.dumps({"commit_delay_seconds": 2.5}))
        newcomer = self._fleet.size
        self._fleet.start(newcomer)
        await asyncio.sleep(7)
        self._fleet.fault_file.unlink()
        await asyncio.sleep(2)
        if newcomer in self._fleet.running:
            await self._fleet.retire(newcomer)
        self.counts[DELAYED] += 1

    async def cut_switch_short(self, versions: Versions) -> None:
        """A new policy version, and a crash of everybody when ticks name it already and no shard has committed that it took it over."""
        killed_at = 0
        async with versions.turn:
            await versions.named(self._settings, self._settings.partitions)  # the version before it counts everywhere
            for _ in range(5):
                await self._until_running(self._fleet.size)
                self._fleet.fault_file.write_text(json.dumps({"commit_delay_seconds": HELD_SECONDS}))
                version = await versions.publish(self._settings)
                await versions.named(self._settings)
                for number in self._fleet.running:
                    self._fleet.kill(number, self._random.uniform(0.2, 1.0))
                    self.counts[KILL] += 1
                killed_at = now_us()
                self._fleet.fault_file.unlink()
                if not any(version.encode() in value for state in await read_states(self._settings, "contacts") for value in state.values()):
                    self.counts[CUT_SHORT] += 1
                    break
                await versions.named(self._settings, self._settings.partitions)
        await versions.ticked(self._settings, killed_at)  # nobody was left: what comes next needs somebody to happen to

    async def restart_broker(self) -> None:
        """The broker crashes and comes back with its logs."""
        if self._broker is None:
            return
        await asyncio.to_thread(self._broker.kill)
        await asyncio.sleep(self._random.uniform(0.5, 2))
        await asyncio.to_thread(self._broker.start)
        await asyncio.sleep(3)
        self.counts[BROKER] += 1

    async def refuse_output(self) -> None:
        """The alert topic takes nothing for a while: no commit may succeed, nothing may be lost."""
        before = self._fleet.exits[Exit.COMMIT_FAILED]
        await self._limit(TINY_BYTES)
        for _ in range(300):
            if self._fleet.exits[Exit.COMMIT_FAILED] > before:
                break
            await asyncio.sleep(0.1)
        else:
            raise AssertionError("no worker met the refused output within 30 s")
        await self._limit(1_048_588)
        self.counts[REFUSED] += 1

    async def _limit(self, max_bytes: int) -> None:
        name = self._settings.physical(self._alert_topic)
        async with admin_client(self._settings) as admin:
            await admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, name, {"max.message.bytes": str(max_bytes)})])
