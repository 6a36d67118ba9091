"""Simulated calls: menu, queue with impatient callers (Erlang A), talk with holds, transfers, call-backs, after-call work."""

from collections.abc import Iterator
from itertools import accumulate
from typing import cast

from monitor.sources.traffic.agenda import Agenda, Ask, Life, Station
from monitor.sources.traffic.model import CallQueue, TrafficModel
from monitor.sources.traffic.people import Attributes, Contact, Dice, Shifts, planned_staff
from monitor.sources.traffic.profile import Rate, beginnings
from schemas.event import Event
from schemas.events.base import RequestType
from schemas.events.call import (
    CallAbandoned,
    CallAnswered,
    CallCallbackConnected,
    CallCallbackRequested,
    CallEnded,
    CallHoldEnd,
    CallHoldStart,
    CallIvrEntered,
    CallIvrLeft,
    CallQueued,
    CallRinging,
    CallTransferred,
    CallWrapupEnd,
)
from schemas.instants import DAY

_SELF_SERVED, _HUNG_UP = 0.12, 0.05
_HOLD, _TRANSFER, _CALLBACK = 0.15, 0.04, 0.05


class CallCentre:
    """All queues of the telephone."""

    def __init__(self, model: TrafficModel) -> None:
        self._model = model
        self._agenda = Agenda()
        self._dice = Dice(model, "calls")
        self._rate = Rate(model, model.calls_per_day)
        self._end_at = model.start_at + round(model.days * DAY)
        self._stations = {queue.name: self._station(queue) for queue in model.call_queues}

    def _station(self, queue: CallQueue) -> Station:
        busy = queue.service_seconds + queue.wrapup_seconds
        plan = planned_staff(self._rate, queue.share * (1 - _SELF_SERVED - _HUNG_UP), busy, queue.patience_seconds)
        shifts = Shifts(self._model, plan if queue.staff is None else lambda _: cast(int, queue.staff))
        station = Station(self._agenda, shifts)
        for change_at in shifts.changes(self._end_at):
            self._agenda.book(change_at, station.refresh)
        return station

    def events(self) -> Iterator[Event]:
        """All events of all calls, in order of time."""
        self._agenda.begin_each(beginnings(self._rate, self._dice.rng, self._model.start_at, self._end_at), self._begin)
        return self._agenda.run()

    def _begin(self, number: int) -> None:
        queues = self._model.call_queues
        (queue,) = self._dice.rng.choices(queues, cum_weights=list(accumulate(queue.share for queue in queues)))
        attributes = Attributes(self._dice, queue.name, "hotline", cast(RequestType, queue.request_type))
        contact = Contact(self._agenda, "call", f"call-{self._model.seed}-{number:07d}", attributes)
        self._agenda.begin(self._life(contact, queue))

    def _life(self, contact: Contact, queue: CallQueue) -> Life:
        dice = self._dice
        contact.say(CallIvrEntered())
        yield dice.log_normal(12, 0.7)
        fate = dice.rng.random()
        if fate < _SELF_SERVED + _HUNG_UP:
            contact.say(CallIvrLeft(outcome="self_served" if fate < _SELF_SERVED else "hung_up"))
            return
        contact.say(CallIvrLeft(outcome="human"))
        yield from self._visit(contact, queue, may_transfer=True)

    def _visit(self, contact: Contact, queue: CallQueue, *, may_transfer: bool) -> Life:
        """One stay in one queue, and the talk that follows."""
        dice, station = self._dice, self._stations[queue.name]
        contact.attributes.queue = queue.name
        contact.say(CallQueued())
        if not (yield Ask(station, dice.exponential(queue.patience_seconds))):
            yield from self._leave(contact)
            return
        contact.say(CallRinging())
        yield dice.between(1, 3)
        contact.say(CallAnswered())
        talk = dice.log_normal(queue.service_seconds, queue.service_variation)
        yield from self._talk(contact, talk)
        others = [other for other in self._model.call_queues if other.name != queue.name]
        if may_transfer and others and dice.chance(_TRANSFER):
            other = dice.rng.choice(others)
            contact.say(CallTransferred(to_queue=other.name))
            station.release()
            yield from self._visit(contact, other, may_transfer=False)
            return
        contact.say(CallEnded())
        yield dice.exponential(queue.wrapup_seconds)
        contact.say(CallWrapupEnd())
        station.release()

    def _talk(self, contact: Contact, talk_us: int) -> Life:
        if not self._dice.chance(_HOLD):
            yield talk_us
            return
        yield talk_us // 3
        contact.say(CallHoldStart())
        yield talk_us // 3
        contact.say(CallHoldEnd())
        yield talk_us - talk_us // 3 * 2

    def _leave(self, contact: Contact) -> Life:
        """Out of patience: most hang up, some ask to be called back and are, within the hour."""
        if not self._dice.chance(_CALLBACK):
            contact.say(CallAbandoned())
            return
        contact.say(CallCallbackRequested())
        yield self._dice.between(300, 3600)
        contact.say(CallCallbackConnected())
        yield self._dice.log_normal(120, 0.8)
        contact.say(CallEnded())
