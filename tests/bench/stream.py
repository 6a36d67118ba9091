"""The traffic of the benchmark: calls of 2,000 callers at a time over 50 queues, seven events each, in event-time order.

A real centre of that size makes about 70 events a second, so 400,000 events are an hour and a half of backlog.
"""

import random
from collections.abc import Callable, Iterator
from typing import Final

from schemas.event import Event
from schemas.events.base import EventData
from schemas.events.call import CallAnswered, CallEnded, CallHoldEnd, CallHoldStart, CallQueued, CallRinging, CallWrapupEnd
from schemas.instants import SECOND, Instant

EVENTS_PER_SECOND: Final = 70
CONCURRENT: Final = 2_000
QUEUES: Final = 50
REGIONS: Final = 14

_STEPS: Final[tuple[Callable[[int], EventData], ...]] = (
    lambda caller: CallQueued(
        queue=f"q{caller % QUEUES:02d}",
        channel="hotline",
        region=f"city-{caller % REGIONS:02d}",
        customer_key=f"k{caller:08x}",
        priority="high" if caller % 10 == 0 else "normal",
        vip_tier="vip" if caller % 20 == 0 else "standard",
        request_type="enquiry",
        request_subtype="tariff",
    ),
    lambda caller: CallRinging(agent_id=f"a{caller % 400}"),
    lambda caller: CallAnswered(agent_id=f"a{caller % 400}"),
    lambda caller: CallHoldStart(),
    lambda caller: CallHoldEnd(),
    lambda caller: CallEnded(),
    lambda caller: CallWrapupEnd(agent_id=f"a{caller % 400}"),
)


def call_stream(count: int, end_at: Instant, seed: int = 1) -> Iterator[Event]:
    """Give ``count`` events whose last one happens just before ``end_at``."""
    rnd = random.Random(seed)
    step_us = SECOND // EVENTS_PER_SECOND
    at = end_at - count * step_us
    live: list[list[int]] = []
    callers = 0
    for number in range(count):
        if len(live) < CONCURRENT:
            live.append([callers, 0])
            callers += 1
            chosen = len(live) - 1
        else:
            chosen = rnd.randrange(len(live))
        caller, step = live[chosen]
        yield Event(f"call-{caller:08d}", "call", f"e{number:09d}", "/bench/pbx", at, 0, _STEPS[step](caller))
        at += step_us
        live[chosen][1] = step + 1
        if step + 1 == len(_STEPS):
            live[chosen] = live[-1]
            live.pop()
