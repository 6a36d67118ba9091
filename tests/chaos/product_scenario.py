"""The product as a chaos scenario: contacts that nobody serves must alert once, contacts served in time never.

Event and reply of a contact served in time are published together, so that a broker that is away for seconds cannot make a
reply come later than the verdict delay covers. What the others come to depends on the policy versions that are published meanwhile
(``promises``) and on what people rule over them (``staff``).
"""

import asyncio
import contextlib
import random
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Final, Literal

import msgspec

from agents.publisher import Publisher
from agents.runtime.settings import ProcessorSpec, RuntimeSettings
from agents.runtime.ticks import encode_tick
from monitor.console.wiring import processors
from monitor.policy.book import Policies
from monitor.processing import Record
from monitor.settings import Settings
from schemas.alerts import Alert, Verdict
from schemas.cloudevents import encode_event
from schemas.commands import Selector
from schemas.event import Event
from schemas.events import EventData, Family
from schemas.events.call import CallAnswered, CallQueued
from schemas.events.chat import ChatAgentMsg, ChatCustomerMsg
from schemas.events.workorder import WorkOrderCreated, WorkOrderFirstFeedback, WorkOrderProgressNotified
from schemas.instants import SECOND, Instant
from schemas.ticks import Tick
from schemas.topics import ALERTS, CONTACTS_TICKS, QUEUE_PANES, SOURCE_TOPICS, TOPICS, VERDICTS, TopicSpec
from tests.chaos.disturbances import SWITCHED
from tests.chaos.promises import NEVER, Life, outcomes
from tests.chaos.scenario import Expected
from tests.chaos.staff import Staff
from tests.chaos.versions import CLOCK_OF, Versions
from tests.runtime.harness import now_us

CONTACTS_A_STEP: Final = 5
LONGEST_PROMISE_US: Final = 5 * SECOND
SLOW_US: Final = 7 * SECOND
"""After how long a slow reply comes: later than every strict promise, long before an easy one."""

TOPIC_OF: Final[dict[Family, str]] = {family: topic for topic, family in SOURCE_TOPICS.items()}
EXEMPT_REGION, LIFTED_REGION, OTHER_REGIONS = "north", "south", ("east", "west")
Kind = Literal["served", "slow", "waits"]


class Sent(msgspec.Struct):
    """A contact as it was published; ``exempt`` when it was exempted before its first event."""

    family: Family
    kind: Kind
    region: str
    opened_at: Instant
    exempt: bool = False
    reply: bool = False


class ProductScenario:
    """Calls, chats and work orders through contacts, customers and queues."""

    name = "product"
    specs: tuple[ProcessorSpec, ...] = processors(Settings(), Policies())
    topics: tuple[TopicSpec, ...] = TOPICS
    alert_topic = ALERTS
    counter_topics: tuple[str, ...] = (QUEUE_PANES, VERDICTS)

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._events = 0
        self._contacts: dict[str, Sent] = {}
        self._replies: list[tuple[Instant, str]] = []
        self._last_at = 0
        self.versions = Versions()
        self.staff = Staff(random.Random(seed + 1))

    def specs_under(self, policies: Policies) -> tuple[ProcessorSpec, ...]:
        """The same processors with the versions of the topic."""
        return processors(Settings(), policies)

    @property
    def counts(self) -> Counter[str]:
        """What people did; the first two versions were there before the first worker."""
        return self.staff.counts + Counter({SWITCHED: len(self.versions.names) - 2})

    def command(self, settings: RuntimeSettings, folder: Path) -> Sequence[str]:
        return [sys.executable, "-m", "tests.chaos.product_worker", msgspec.json.encode(settings).decode()]

    async def begin(self, settings: RuntimeSettings) -> None:
        """What is on the topics when the first worker starts: ticks under an older policy than the newest, as if whoever wrote them
        had died before anything was committed, and two exemptions.
        """
        first = await self.versions.publish(settings)
        async with Publisher(settings) as publisher:
            now = now_us()
            for partition in range(settings.partitions):
                await publisher.send(CONTACTS_TICKS, None, encode_tick(Tick(now, now - SECOND, {}, first)), partition=partition)
            for region in (EXEMPT_REGION, LIFTED_REGION):
                command = self.staff.exempt(Selector(region=region))
                await self.staff.give(publisher, settings.partitions, command)
        self._to_lift = command
        self.versions.begin()
        await self.versions.publish(settings)

    async def operate(self, settings: RuntimeSettings, stop: asyncio.Event) -> None:
        """People rule, and publish one policy after the other; before the end one exemption is lifted."""
        await asyncio.gather(
            self.staff.work(settings, stop, self._about, self.versions.easy),
            self._publish_policies(settings, stop),
            self._lift_region(settings, stop),
        )

    async def _publish_policies(self, settings: RuntimeSettings, stop: asyncio.Event) -> None:
        while True:
            await self.versions.named(settings, settings.partitions)
            await _unless(stop, self._random.uniform(1, 5))
            if stop.is_set():
                return
            async with self.versions.turn:
                if self.versions.settled_at < NEVER:
                    await self.versions.publish(settings)

    async def _lift_region(self, settings: RuntimeSettings, stop: asyncio.Event) -> None:
        await _unless(stop, 40)
        async with Publisher(settings) as publisher:
            nobody = self.staff.repair("nobody", verdict="met")  # a dead letter
            for command in (self.staff.lift(self._to_lift.id), self._to_lift, nobody):
                await self.staff.give(publisher, settings.partitions, command)

    def _about(self, alert: Alert) -> str:
        sent = self._contacts.get(alert.contact or "")
        return sent.kind if sent is not None and sent.region in OTHER_REGIONS else ""

    async def publish(self, publisher: Publisher, now: Instant) -> None:
        """A few new contacts, and the replies of slow ones that are due."""
        self._last_at = now
        for _ in range(CONTACTS_A_STEP):
            await self._publish_contact(publisher, now)
        while self._replies and self._replies[0][0] <= now:
            at, contact = self._replies.pop(0)
            sent = self._contacts[contact]
            sent.reply = True
            await self._send(publisher, contact, sent.family, at, _reply(sent.family))

    async def _publish_contact(self, publisher: Publisher, now: Instant) -> None:
        family: Family = self._random.choice(("call", "chat", "workorder"))
        contact = f"{family}-{len(self._contacts) + 1:06d}"
        kinds: tuple[Kind, ...] = ("served", "slow", "waits")
        (kind,) = self._random.choices(kinds, (55, 10, 35))
        (region,) = self._random.choices((EXEMPT_REGION, LIFTED_REGION, *OTHER_REGIONS), (4, 4, 46, 46))
        sent = self._contacts[contact] = Sent(family, kind, region, now - SECOND // 2 if kind == "served" else now)
        if kind != "served" and self._random.random() < 0.02:
            sent.exempt = True
            await self.staff.give(publisher, 4, self.staff.exempt(Selector(contact=contact)))
        for at, data in self._story(sent, now):
            await self._send(publisher, contact, family, at, data)
        if kind == "slow":
            self._replies.append((now + SLOW_US, contact))

    async def _send(self, publisher: Publisher, contact: str, family: Family, at: Instant, data: EventData) -> None:
        self._events += 1
        key, value, headers = encode_event(Event(contact, family, f"e{self._events}", "/chaos", at, 0, data))
        for _ in range(2 if self._random.random() < 0.1 else 1):  # upstream retries: the same event once more
            await publisher.send(TOPIC_OF[family], key, value, headers)

    def _story(self, sent: Sent, now: Instant) -> list[tuple[Instant, EventData]]:
        queue, begun = f"q{self._random.randrange(6)}", sent.opened_at
        match sent.family:
            case "call":
                steps: list[tuple[Instant, EventData]] = [(begun, CallQueued(queue=queue, channel="hotline", priority="normal"))]
            case "chat":
                steps = [(begun, ChatCustomerMsg(queue=queue, channel="app"))]
            case _:
                steps = [(begun, WorkOrderCreated(queue=queue, channel="web", request_type="fault")), (begun + 1, WorkOrderProgressNotified())]
        steps += [(now, _reply(sent.family))] if sent.kind == "served" else []
        about = {
            "customer_key": f"k{self._random.randrange(40)}",
            "request_subtype": self._random.choice(("tariff", "network")),
            "region": sent.region,
        }
        steps = [(at, msgspec.structs.replace(data, **about)) for at, data in steps]
        if self._random.random() < 0.2:
            self._random.shuffle(steps)
        return steps

    def settled_at(self) -> Instant:
        """Contacts are visited a few at each tick after a switch or a command, so those take a moment."""
        return max(self._last_at + LONGEST_PROMISE_US + 2 * SECOND, self.versions.settled_at + 4 * SECOND, self.staff.last_at + 4 * SECOND)

    def expected(self) -> Expected:
        expected = Expected(set(), set(), dict(self.staff.endings))
        switches, end_at = self.versions.switches, self.settled_at()
        for contact, sent in self._contacts.items():
            name = f"{contact}|{CLOCK_OF[sent.family]}"
            life = (
                Life(sent.family, sent.opened_at, sent.opened_at + SLOW_US, end_at)
                if sent.reply
                else Life(sent.family, sent.opened_at, end_at=end_at)
            )
            known = {False} if sent.kind == "served" else outcomes(switches, life)
            if sent.exempt or sent.region == EXEMPT_REGION:
                expected.quiet.add(name)
                if known == {True}:
                    expected.endings[f"verdict {name}"] = "exempt exempted"
            elif known == {True}:
                expected.alerts.add(name)
            elif known == {False}:
                expected.quiet.add(name)
            else:
                expected.unknown += 1
            if sent.kind == "slow" and not sent.reply:  # a repair of it says nothing certain without its reply
                for each in (f"alert {name}", f"verdict {name}"):
                    expected.endings.pop(each, None)
        return expected

    def identity(self, record: Record) -> str:
        """Contact and clock of the first version of a breach; a warning level or an objective is compared with the replay alone."""
        if record.value is None:
            return ""
        alert = msgspec.json.decode(record.value, type=Alert)
        return f"{alert.contact}|{alert.clock}" if alert.kind == "breach" and alert.version == 1 else ""

    def ending(self, record: Record) -> tuple[str, str] | None:
        """What a verdict, or the alert of a breach, says of its cycle."""
        if record.value is None or record.topic not in (ALERTS, VERDICTS):
            return None
        if record.topic == VERDICTS:
            verdict = msgspec.json.decode(record.value, type=Verdict)
            return f"verdict {verdict.contact}|{verdict.clock}", f"{verdict.verdict} {verdict.reason} v{verdict.version}."
        alert = msgspec.json.decode(record.value, type=Alert)
        said = f"{alert.state} {alert.reason} v{alert.version}."
        return (f"alert {alert.contact}|{alert.clock}", said) if alert.kind == "breach" else None


async def _unless(stop: asyncio.Event, seconds: float) -> None:
    """Wait, but not longer than the run."""
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)


def _reply(family: Family) -> EventData:
    match family:
        case "call":
            return CallAnswered(agent_id="a1")
        case "chat":
            return ChatAgentMsg(agent_id="a1")
        case _:
            return WorkOrderFirstFeedback()
