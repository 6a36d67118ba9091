"""The product as a chaos scenario: contacts that nobody serves must alert once, contacts served in time never.

Event and reply of a contact served in time are published together, so that a broker that is away for seconds cannot make a
reply come later than the verdict delay covers.
"""

import random
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec

from agents.publisher import Publisher
from agents.runtime.settings import ProcessorSpec, RuntimeSettings
from monitor.processing import Record
from schemas.alerts import Alert
from schemas.cloudevents import encode_event
from schemas.event import Event
from schemas.events import EventData, Family
from schemas.events.call import CallAnswered, CallQueued
from schemas.events.chat import ChatAgentMsg, ChatCustomerMsg
from schemas.events.workorder import WorkOrderCreated, WorkOrderFirstFeedback, WorkOrderProgressNotified
from schemas.instants import SECOND, Instant
from schemas.topics import ALERTS, QUEUE_PANES, SOURCE_TOPICS, TOPICS, VERDICTS, TopicSpec
from tests.chaos.product_worker import SPECS
from tests.chaos.scenario import Expected

CONTACTS_A_STEP: Final = 5
LONGEST_PROMISE_US: Final = 5 * SECOND
TOPIC_OF: Final[dict[Family, str]] = {family: topic for topic, family in SOURCE_TOPICS.items()}
CLOCK_OF: Final[dict[Family, str]] = {"call": "answer", "chat": "first_reply", "workorder": "first_feedback"}


class ProductScenario:
    """Calls, chats and work orders through contacts and queues."""

    name = "product"
    specs: tuple[ProcessorSpec, ...] = SPECS
    topics: tuple[TopicSpec, ...] = TOPICS
    alert_topic = ALERTS
    counter_topics: tuple[str, ...] = (QUEUE_PANES, VERDICTS)

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._number = 0
        self._events = 0
        self._alerts: set[str] = set()
        self._quiet: set[str] = set()
        self._last_at = 0

    def command(self, settings: RuntimeSettings, folder: Path) -> Sequence[str]:
        return [sys.executable, "-m", "tests.chaos.product_worker", msgspec.json.encode(settings).decode()]

    async def publish(self, publisher: Publisher, now: Instant) -> None:
        for _ in range(CONTACTS_A_STEP):
            self._number += 1
            family: Family = self._random.choice(("call", "chat", "workorder"))
            contact = f"{family}-{self._number:06d}"
            served = self._random.random() < 0.6
            (self._quiet if served else self._alerts).add(f"{contact}|{CLOCK_OF[family]}")
            self._last_at = now
            for at, data in self._story(family, served, now):
                self._events += 1
                event = Event(contact, family, f"e{self._events}", "/chaos", at, 0, data)
                key, value, headers = encode_event(event)
                await publisher.send(TOPIC_OF[family], key, value, headers)
                if self._random.random() < 0.1:  # upstream retries: the same event once more
                    await publisher.send(TOPIC_OF[family], key, value, headers)

    def _story(self, family: Family, served: bool, now: Instant) -> list[tuple[Instant, EventData]]:
        queue = f"q{self._random.randrange(6)}"
        begun = now - SECOND // 2 if served else now
        match family:
            case "call":
                steps: list[tuple[Instant, EventData]] = [(begun, CallQueued(queue=queue, channel="hotline", priority="normal"))]
                reply: EventData = CallAnswered(agent_id="a1")
            case "chat":
                steps = [(begun, ChatCustomerMsg(queue=queue, channel="app"))]
                reply = ChatAgentMsg(agent_id="a1")
            case _:
                steps = [(begun, WorkOrderCreated(queue=queue, channel="web", request_type="fault")), (begun + 1, WorkOrderProgressNotified())]
                reply = WorkOrderFirstFeedback()
        steps += [(now, reply)] if served else []
        about = {"customer_key": f"k{self._random.randrange(40)}", "request_subtype": self._random.choice(("tariff", "network"))}
        steps = [(at, msgspec.structs.replace(data, **about)) for at, data in steps]
        if self._random.random() < 0.2:
            self._random.shuffle(steps)
        return steps

    def settled_at(self) -> Instant:
        return self._last_at + LONGEST_PROMISE_US + 2 * SECOND

    def expected(self) -> Expected:
        return Expected(self._alerts, self._quiet)

    def identity(self, record: Record) -> str:
        """Contact and clock of the first version of a breach; a warning level or an objective is compared with the replay alone."""
        if record.value is None:
            return ""
        alert = msgspec.json.decode(record.value, type=Alert)
        return f"{alert.contact}|{alert.clock}" if alert.kind == "breach" and alert.version == 1 else ""
