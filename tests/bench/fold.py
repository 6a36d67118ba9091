"""How much CPU one event of a typical call stream costs in the contacts processor: decode, fold, panes, encode at drain."""

import gc
import random
import time

from monitor.calendar.always import AlwaysOpen
from monitor.contacts.processor import ContactsProcessor
from monitor.policy.model import Clock, Policy, QueuePolicy, QueueRules, Rule, Target, Trigger
from monitor.processing import Record, merge_changes
from schemas.cloudevents import encode_event
from schemas.event import Event
from schemas.events.call import CallAnswered, CallEnded, CallHoldEnd, CallHoldStart, CallQueued, CallRinging
from schemas.instants import SECOND, parse_instant
from schemas.topics import CALLS

CALLS_MADE = 12_000
OPEN = 2_000
QUEUES = 50
TICK_US = 250_000


def call_events(seed: int = 7, faster: int = 1) -> list[Event]:
    """Calls of six events each, about ``OPEN`` at a time, in order of time; ``faster`` shortens everything."""
    rng = random.Random(seed)
    start = parse_instant("2026-03-02T09:00:00Z")
    spacing_us = 240 * SECOND // OPEN // faster
    events: list[Event] = []
    for n in range(CALLS_MADE):
        contact = f"call-{n:08d}"
        queue = f"queue-{rng.randrange(QUEUES)}"
        at = start + n * spacing_us
        wait = int(rng.expovariate(1 / 20) * SECOND) + SECOND
        steps = (0, wait // 2, wait, wait + 60 * SECOND, wait + 90 * SECOND, wait + 200 * SECOND)
        kinds = (CallQueued, CallRinging, CallAnswered, CallHoldStart, CallHoldEnd, CallEnded)
        for step, kind in zip(steps, kinds, strict=True):
            data = kind(queue=queue, channel="hotline", region=f"city-{n % 14}", vip_tier="standard", agent_id=f"a{n % 900}")
            events.append(Event(contact, "call", f"{rng.getrandbits(128):032x}", "/pbx/1", at + step // faster, 0, data))
    events.sort(key=lambda e: e.at)
    return events


def bench_policy() -> Policy:
    """Fifty queues, one clock on calls, four Y values."""
    answer = Clock(
        name="call_answer",
        families=frozenset({"call"}),
        start=(Trigger("call.queued"),),
        stop=(Trigger("call.answered"),),
        cancel=(Trigger("call.abandoned"),),
        levels=(100,),
        rules=(Rule(path="clocks.call_answer.rules[0]", target=Target("counted", 60 * SECOND), calendar=AlwaysOpen()),),
    )
    return Policy(version="bench", calendars={}, clocks=(answer,), queues=QueuePolicy(default=QueueRules()))


def main(clocks: bool = True, faster: int = 1) -> None:
    """Print ``fold_cpu_us_per_event`` and the sizes of contacts; about 50 events a second of event time, times ``faster``."""
    policy = bench_policy()
    if not clocks:
        policy = Policy(version="bench", calendars={}, clocks=(), queues=policy.queues)
    records = []
    for offset, event in enumerate(call_events(faster=faster)):
        key, value, headers = encode_event(event)
        records.append((event.at, Record(CALLS, 0, offset, key, value, headers)))
    state: dict[bytes, bytes] = {}
    processor = ContactsProcessor(0, state, policy, 1)
    gc.collect()
    gc.freeze()
    outputs = 0
    tick_at = records[0][0]
    begun = time.process_time()
    for n, (at, record) in enumerate(records):
        while at > tick_at:
            processor.judge(tick_at, tick_at)
            tick_at += TICK_US
        processor.apply(record, tick_at)
        if n % 2000 == 1999:
            effects = processor.drain()
            outputs += len(effects.outputs)
            merge_changes(state, effects.changes)
    spent = time.process_time() - begun
    print(f"fold_cpu_us_per_event: {spent / len(records) * 1e6:.1f}")
    sizes = sorted(len(value) for key, value in state.items() if key.startswith(b"cc:"))
    closed = [s for key, v in state.items() if key.startswith(b"cc:") and (s := len(v)) and _packed(v)]
    print(f"closed_contact_bytes_mean: {sum(closed) / max(len(closed), 1):.0f}")
    print(f"largest_contact_bytes: {sizes[-1]}")
    print(f"outputs: {outputs}")


def _packed(value: bytes) -> bool:
    from monitor.contacts.kept.codec import read_head

    return read_head(value).packed


if __name__ == "__main__":
    import sys

    main(clocks="--no-clocks" not in sys.argv, faster=20 if "--busy" in sys.argv else 1)
