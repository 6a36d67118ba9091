"""Drives a contacts shard as the runtime does: records, ticks, drains merged into a state; and makes events and policies for tests."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, Final, Literal, Self

import msgspec

from monitor.calendar.always import AlwaysOpen
from monitor.calendar.model import Calendar
from monitor.contacts.processor import ContactsProcessor
from monitor.policy.model import (
    Clock,
    FieldTest,
    Limits,
    PauseRule,
    PerField,
    Period,
    Policy,
    QueuePolicy,
    QueueRules,
    Reopen,
    Rule,
    Target,
    Trigger,
)
from monitor.processing import Output, Record, Reject, merge_changes
from monitor.sources.timeline import KINDS
from schemas.alerts import Alert, Verdict
from schemas.cloudevents import encode_event
from schemas.event import Event
from schemas.events import Family
from schemas.instants import SECOND, Instant, parse_instant
from schemas.topics import ALERTS, CALLS, CHATS, VERDICTS, WORK_ORDERS

T0: Final = parse_instant("2026-03-02T09:00:00Z")
TOPIC: Final[dict[Family, str]] = {"call": CALLS, "chat": CHATS, "workorder": WORK_ORDERS}
ALWAYS: Final = AlwaysOpen()


def event(name: str, seconds: float, contact: str = "c1", family: Family | None = None, **fields: Any) -> Event:
    """An event ``seconds`` after T0; ``id``, ``source`` and ``sequence`` may be given among the fields."""
    identity = str(fields.pop("id", f"{contact}-{name}-{seconds:g}"))
    source = str(fields.pop("source", "/pbx"))
    sequence = fields.pop("sequence", 0)
    first = name.partition(".")[0]
    of: Family = family or ("call" if first == "call" else "chat" if first == "chat" else "workorder")
    data = msgspec.convert({"type": name, **fields}, KINDS[name])
    return Event(contact, of, identity, source, T0 + round(seconds * SECOND), sequence, data)


def at(seconds: float) -> Instant:
    """The instant ``seconds`` after T0."""
    return T0 + round(seconds * SECOND)


def trigger(text: str) -> Trigger:
    """``moment`` or ``moment field=value,field=value``."""
    moment, _, tests = text.partition(" ")
    return Trigger(moment, tuple(field_test(each) for each in tests.split(",") if each))


def field_test(text: str) -> FieldTest:
    """``field=value|value``."""
    name, _, values = text.partition("=")
    return FieldTest(name, values=frozenset(_scalar(v) for v in values.split("|")))


def _scalar(text: str) -> str | int | bool:
    return {"true": True, "false": False}.get(text, int(text) if text.isdigit() else text)


def rule(
    target_seconds: float | None,
    when: str = "",
    calendar: Calendar = ALWAYS,
    days: int | None = None,
    during: Sequence[Period] = (),
    outside: Sequence[Period] = (),
) -> Rule:
    """One row of a clock; no seconds and no days: nothing promised."""
    target = Target("business_days", days) if days else None if target_seconds is None else Target("counted", round(target_seconds * SECOND))
    tests = tuple(field_test(each) for each in when.split(",") if each)
    return Rule(path=f"rules[{when or 'else'}]", when=tests, target=target, calendar=calendar, during=tuple(during), outside=tuple(outside))


def dated(when: str = "", calendar: Calendar = ALWAYS) -> Rule:
    """One row that promises the instant which the starting event carries."""
    return msgspec.structs.replace(rule(None, when, calendar), target=Target("due_at"))


def clock(
    name: str,
    start: str,
    stop: str,
    rules: Sequence[Rule],
    *,
    family: Family = "workorder",
    cancel: str = "",
    pause: PauseRule | None = None,
    reopen: Reopen = "first",
    levels: tuple[int, ...] = (100,),
    per: PerField | None = None,
    mode: Literal["holding", "first"] = "holding",
    repeats: bool = False,
) -> Clock:
    """A clock from ``;``-separated triggers."""
    many = [tuple(trigger(each.strip()) for each in text.split(";") if each.strip()) for text in (start, stop, cancel)]
    return Clock(
        name=name,
        families=frozenset({family}),
        start=many[0],
        stop=many[1],
        cancel=many[2],
        pause=pause,
        reopen=reopen,
        levels=levels,
        rules=tuple(rules),
        per=per,
        mode=mode,
        repeats=repeats,
    )


def policy(*clocks: Clock, limits: Limits | None = None, queues: QueuePolicy | None = None) -> Policy:
    """A policy of these clocks on 24x7 queues with Y of 10 and 20 s."""
    rules = QueueRules(answer_within_seconds=(10, 20))
    return Policy(version="p1", calendars={}, clocks=clocks, queues=queues or QueuePolicy(default=rules), limits=limits or Limits())


class Shard:
    """One shard with its state, its outputs and rejects so far."""

    def __init__(self, of: Policy, partition: int = 0, partitions: int = 1) -> None:
        self.policy, self.partition, self.partitions = of, partition, partitions
        self.state: dict[bytes, bytes] = {}
        self.outputs: list[Output] = []
        self.rejects: list[Reject] = []
        self.t = 0
        self._offset = 0
        self.processor = ContactsProcessor(partition, self.state, of, partitions)

    def send(self, *events: Event, t: float | None = None) -> Self:
        """Apply events under the tick at ``t`` seconds (by default the time of each)."""
        for each in events:
            key, value, headers = encode_event(each)
            self.send_record(TOPIC[each.family], key, value, headers, at(t) if t is not None else each.at)
        return self

    def send_record(self, topic: str, key: bytes | None, value: bytes | None, headers: tuple[tuple[str, bytes], ...], t: Instant) -> None:
        """Apply one raw record."""
        self._offset += 1
        self.processor.apply(Record(topic, self.partition, self._offset, key, value, headers), t)

    def tick(self, seconds: float) -> Self:
        """It is T."""
        self.t = at(seconds)
        self.processor.judge(self.t, self.t)
        return self

    def drain(self) -> Self:
        """Commit."""
        effects = self.processor.drain()
        merge_changes(self.state, effects.changes)
        self.outputs.extend(effects.outputs)
        self.rejects.extend(effects.rejects)
        return self

    def restart(self) -> Self:
        """Commit, then start again from the state alone."""
        self.drain()
        self.processor = ContactsProcessor(self.partition, self.state, self.policy, self.partitions)
        return self

    def verdicts(self) -> list[Verdict]:
        """Every verdict published so far, in order."""
        self.drain()
        return [msgspec.json.decode(o.value or b"", type=Verdict) for o in self.outputs if o.topic == VERDICTS]

    def alerts(self) -> list[Alert]:
        """Every alert published so far, in order."""
        self.drain()
        return [msgspec.json.decode(o.value or b"", type=Alert) for o in self.outputs if o.topic == ALERTS]

    def contacts(self) -> list[bytes]:
        """The keys of the contacts that are kept."""
        self.drain()
        return sorted(key for key in self.state if key[:1] == b"c" and key[2:3] == b":")

    def totals(self, scope: str = "all") -> dict[str, int]:
        """The lifetime counters of a scope."""
        found: dict[str, int] = defaultdict(int)
        for each, _, totals in self.processor._emission.ledger.lifetime():
            if each == scope:
                for name, count in totals.counts.items():
                    found[name] += count
        return {name: count for name, count in sorted(found.items()) if count}


def final_verdicts(verdicts: Iterable[Verdict]) -> dict[tuple[str, str], Verdict]:
    """The highest version of each cycle, retracted and reopened ones left out."""
    last: dict[tuple[str, str], Verdict] = {}
    for each in verdicts:
        last[each.clock, each.cycle] = each
    return {key: each for key, each in last.items() if each.verdict not in ("retracted", "open")}


def final_alerts(alerts: Iterable[Alert]) -> dict[str, Alert]:
    """The highest version of each alert, retracted ones left out."""
    last = {each.id: each for each in alerts}
    return {key: each for key, each in last.items() if each.state != "retracted"}
