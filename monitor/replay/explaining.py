"""A log of events judged offline and told: the contacts in it, each explained as of the last T."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import msgspec
from msgspec.structs import replace

from monitor.contacts.processor import ContactsProcessor
from monitor.policy.model import Policy
from monitor.processing import Record
from monitor.replay.interventions import Interventions
from monitor.replay.product import product_engine
from monitor.replay.schedule import FROM_THE_START, Schedule
from monitor.sources.arrival import Arrival
from monitor.sources.commanded import Given
from monitor.sources.tick_plan import SETTLE_SECONDS, Log, TickAt, play, tick_plan
from schemas.dead_letters import DeadLetter
from schemas.events import Family
from schemas.explanations import ContactExplanation, Explanations, RefusedRecord
from schemas.instants import SECOND, Instant
from schemas.topics import DEAD_LETTERS

_letter: Final = msgspec.json.Decoder(DeadLetter).decode


class Refusals:
    """A sink that keeps what was refused."""

    def __init__(self) -> None:
        self.found: list[RefusedRecord] = []

    def take(self, record: Record) -> None:
        """Keep a dead letter."""
        if record.topic == DEAD_LETTERS and record.value is not None:
            letter = _letter(record.value)
            self.found.append(RefusedRecord(reason=letter.reason, detail=letter.detail, path=letter.path, contact=letter.contact or ""))


def explain_log(arrivals: Iterable[Arrival], policy: Policy | Schedule, until: Instant | None = None, given: Sequence[Given] = ()) -> Explanations:
    """Judge a log with the ticks of ``replay``; ``until`` is the last T: later deliveries are left out, silence is waited through."""
    delivered = [arrival for arrival in arrivals if until is None or arrival.delivered_at < until]
    schedule = policy if isinstance(policy, Schedule) else Schedule([(FROM_THE_START, policy)])
    refusals = Refusals()
    engine = product_engine(schedule, refusals, partitions=1, with_queues=False)
    if delivered:
        meanwhile = [each for each in given if until is None or each.at < until]
        _play(delivered, Interventions(engine, 1, meanwhile, schedule.switches), until, max((each.at for each in meanwhile), default=0))
    engine.commit()
    (shard,) = engine.contacts
    assert isinstance(shard.processor, ContactsProcessor)
    named = dict.fromkeys((arrival.event.family, arrival.event.contact) for arrival in delivered)
    return Explanations(contacts=tuple(_told(shard.processor, named)), refused=tuple(refusals.found))


def _play(delivered: list[Arrival], log: Log, until: Instant | None, last_given_at: Instant) -> None:
    """Every tick of the plan up to ``until``, and one at it; without it up to a minute after the last event or command."""
    last_at = delivered[-1].delivered_at
    if until is None:
        after = max(last_given_at - last_at, 0) // SECOND
        play(tick_plan(delivered, 1, settle_seconds=SETTLE_SECONDS + after), log)
        return
    silence = max((until - last_at) // SECOND, 1)
    steps = tick_plan(delivered, 1, settle_seconds=silence)
    play((step for step in steps if not isinstance(step, TickAt) or step.t < until), log)
    log.tick(until)


def of_clock(told: ContactExplanation, clock: str) -> ContactExplanation:
    """Only the cycles of one clock, and the titles of the others; ``node`` stands for ``node:network`` too."""
    kept = tuple(cycle for cycle in told.cycles if clock in (cycle.clock, cycle.clock.partition(":")[0]))
    others = {cycle.clock: cycle.titles for cycle in told.cycles if cycle.titles and cycle not in kept}
    return replace(told, cycles=kept, clock_titles=others)


def _told(processor: ContactsProcessor, named: Iterable[tuple[Family, str]]) -> Iterator[ContactExplanation]:
    for family, contact in named:
        told = processor.explain(family, contact)
        if told is not None:
            yield told
