"""The policy versions of a chaos run: published one after the other as people do it, and watched until every shard is under them."""

import asyncio
import contextlib
import json
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Final, Literal

import msgspec

from agents.policies import append_policy
from agents.reader import read_topics
from agents.runtime.settings import RuntimeSettings
from monitor.errors import BrokerError
from monitor.policy import load_policy
from monitor.policy.book import record_of
from monitor.policy.model import Policy
from schemas.events import Family
from schemas.instants import SECOND, Instant
from schemas.policies import PolicyRecord
from schemas.ticks import Tick
from schemas.topics import CONTACTS_TICKS
from tests.chaos.promises import NEVER, Switch
from tests.runtime.harness import now_us

BASE: Final = Path(__file__).with_name("product.yaml")
CLOCK_OF: Final[dict[Family, str]] = {"call": "answer", "chat": "first_reply", "workorder": "first_feedback"}
WAIT_SECONDS: Final = 90.0
MARGIN_US: Final = SECOND
"""T is half a second behind the clock: a version can count from a T before it was published."""

_tick: Final = msgspec.msgpack.Decoder(Tick).decode


class Edition(msgspec.Struct, frozen=True):
    """What a version says: seconds promised by family, levels, whether panes are split by region."""

    seconds: dict[Family, int]
    applies_to: Literal["new", "open"] = "new"
    levels: tuple[int, ...] = (100,)
    by_region: bool = False

    @property
    def is_easy(self) -> bool:
        """Nothing is breached under it within any run."""
        return min(self.seconds.values()) >= EASY_SECONDS


EASY_SECONDS: Final = 3600
_FIRST: Final = Edition({"call": 3, "chat": 4, "workorder": 5})
_EASY: Final[dict[Family, int]] = dict.fromkeys(CLOCK_OF, EASY_SECONDS)
_QUICK: Final[dict[Family, int]] = {"call": 2, "chat": 3, "workorder": 4}
EDITIONS: Final = (
    Edition(_QUICK, levels=(50, 100, 150)),
    Edition(_EASY, levels=(100,), by_region=True),
    Edition(_FIRST.seconds, "open", levels=(50, 100), by_region=True),
    Edition(_EASY, "open", levels=(100,)),
)


class Versions:
    """Published so far, oldest first; ``turn`` is held by who publishes: nobody passes over a version that is still on its way."""

    def __init__(self) -> None:
        self.turn = asyncio.Lock()
        self.names: list[str] = []
        self.editions: list[Edition] = []
        self._windows: list[tuple[Instant, Instant]] = []

    @property
    def switches(self) -> list[Switch]:
        """What is known of when each began to count."""
        return [
            Switch(from_at, by_at, {family: seconds * SECOND for family, seconds in edition.seconds.items()}, edition.applies_to == "open")
            for edition, (from_at, by_at) in zip(self.editions, self._windows, strict=True)
        ]

    @property
    def settled_at(self) -> Instant:
        """From when on every version counts that was published."""
        return max((by_at for _, by_at in self._windows), default=0)

    def easy(self) -> str:
        """A version that every shard knows and under which nothing is breached; empty while there is none."""
        known = zip(self.names, self.editions, self._windows, strict=True)
        return next((name for name, edition, (_, by_at) in known if edition.is_easy and by_at < NEVER), "")

    async def publish(self, settings: RuntimeSettings) -> str:
        """Append the next version, as often as the broker makes it necessary, and return its name."""
        number = len(self.names)
        edition = EDITIONS[(number - 1) % len(EDITIONS)] if number else _FIRST
        record = record_of(*_written(edition, number + 1))
        self.editions.append(edition)
        self._windows.append((now_us() - MARGIN_US, NEVER))
        self.names.append(record.version)
        await _append(settings, record)
        return record.version

    async def named(self, settings: RuntimeSettings, partitions: int = 1) -> None:
        """Wait until ticks of that many shards name the newest version; then it is known by when it counts there."""
        number = len(self.names) - 1
        firsts = await _until(settings, partitions, lambda tick: tick.policy == self.names[number])
        if partitions == settings.partitions:
            self._windows[number] = (self._windows[number][0], max(firsts))

    async def ticked(self, settings: RuntimeSettings, since_at: Instant) -> None:
        """Wait until every shard was given a tick after an instant: all of them are owned."""
        await _until(settings, settings.partitions, lambda tick: tick.clock_at > since_at)

    def begin(self) -> None:
        """The first version counts from the beginning."""
        self._windows[0] = (0, 0)


async def _append(settings: RuntimeSettings, record: PolicyRecord) -> None:
    """Whether an attempt that failed was written shows only on the topic: the same version is never appended twice."""
    for attempt in count(1):
        try:
            await append_policy(settings, lambda known: None if record.version in known else record)
        except BrokerError:
            if attempt == 60:
                raise
            await asyncio.sleep(0.5)
        else:
            return


async def _until(settings: RuntimeSettings, partitions: int, wanted: Callable[[Tick], bool]) -> list[Instant]:
    """Wait until so many shards have ticks as wanted; the T of the first of each."""
    until, firsts = time.monotonic() + WAIT_SECONDS, list[Instant]()
    while len(firsts) < partitions:
        assert time.monotonic() < until, f"after {WAIT_SECONDS} s {len(firsts)} of {partitions} shards have such ticks"
        await asyncio.sleep(0.2)
        with contextlib.suppress(BrokerError):
            firsts = await _firsts(settings, wanted)
    return firsts


async def _firsts(settings: RuntimeSettings, wanted: Callable[[Tick], bool]) -> list[Instant]:
    """The T of the first tick in each partition that is as wanted and moves T on."""
    found: dict[int, Instant] = {}
    reached: dict[int, Instant] = {}
    for record in (await read_topics(settings, [CONTACTS_TICKS]))[CONTACTS_TICKS]:
        tick = _tick(record.value or b"")
        if tick.t > reached.get(record.partition, 0):
            reached[record.partition] = tick.t
            if wanted(tick):
                found.setdefault(record.partition, tick.t)
    return list(found.values())


def _written(edition: Edition, number: int) -> tuple[list[tuple[str, str]], Policy]:
    """A version as its author writes it: the base, and what this edition changes laid over it. Its number makes it one of its own."""
    clocks = {
        CLOCK_OF[family]: {"levels": edition.levels, "rules": [{"target": f"{seconds}s"}], "title": f"{family} in {seconds} s"}
        for family, seconds in edition.seconds.items()
    }
    overlay = {
        "version": str(number),
        "title": f"chaos {number}",
        "applies_to": edition.applies_to,
        "clocks": clocks,
        "limits": {"dimensions": ["region"] if edition.by_region else []},
    }
    files = [(str(BASE), BASE.read_text(encoding="utf-8")), (f"{BASE}.{number}", json.dumps(overlay))]
    return files, load_policy(files)
