"""Simulated chats: a bot first, hand-off to a person who holds several chats at once, replies to and fro, reopening, survey."""

from collections.abc import Iterator
from typing import cast

from monitor.sources.traffic.agenda import Agenda, Ask, Life, Station
from monitor.sources.traffic.model import TrafficModel
from monitor.sources.traffic.people import Attributes, Contact, Dice, Shifts, planned_staff
from monitor.sources.traffic.profile import Rate, beginnings
from schemas.event import Event
from schemas.events.base import Channel, RequestType
from schemas.events.chat import (
    ChatAgentMsg,
    ChatBotReply,
    ChatCustomerLeft,
    ChatCustomerMsg,
    ChatEnded,
    ChatHandoffRequested,
    ChatOpened,
    ChatQueued,
    ChatReopened,
    ChatResolved,
)
from schemas.events.shared import SurveyScored
from schemas.instants import DAY

_CHANNELS: tuple[Channel, ...] = ("app", "wechat", "mini_program", "web")
_TYPES: tuple[RequestType, ...] = ("enquiry", "enquiry", "fault", "business")
_REOPEN, _SURVEY = 0.03, 0.2
_FIRST_REPLY_SECONDS, _READ_SECONDS, _WRITE_SECONDS = 9.0, 45.0, 22.0


class ChatDesk:
    """The people and the bot behind the chat window."""

    def __init__(self, model: TrafficModel) -> None:
        self._model = model
        self._agenda = Agenda()
        self._dice = Dice(model, "chats")
        self._rate = Rate(model, model.chats_per_day)
        self._end_at = model.start_at + round(model.days * DAY)
        desk = model.chat_queue
        held = _FIRST_REPLY_SECONDS + desk.exchanges_mean * (_READ_SECONDS + _WRITE_SECONDS)
        plan = planned_staff(self._rate, 1 - desk.bot_ratio * desk.bot_settles_ratio, held, desk.patience_seconds)
        shifts = Shifts(model, plan if desk.staff is None else lambda _: cast(int, desk.staff))
        self._station = Station(self._agenda, shifts)
        for change_at in shifts.changes(self._end_at):
            self._agenda.book(change_at, self._station.refresh)

    def events(self) -> Iterator[Event]:
        """All events of all chats, in order of time."""
        self._agenda.begin_each(beginnings(self._rate, self._dice.rng, self._model.start_at, self._end_at), self._begin)
        return self._agenda.run()

    def _begin(self, number: int) -> None:
        rng = self._dice.rng
        attributes = Attributes(self._dice, self._model.chat_queue.name, rng.choice(_CHANNELS), rng.choice(_TYPES))
        self._agenda.begin(self._life(Contact(self._agenda, "chat", f"chat-{self._model.seed}-{number:07d}", attributes)))

    def _life(self, contact: Contact) -> Life:
        dice, desk = self._dice, self._model.chat_queue
        bot = dice.chance(desk.bot_ratio)
        contact.say(ChatOpened(bot=bot))
        yield dice.between(1, 8)
        contact.say(ChatCustomerMsg())
        if bot:
            yield dice.between(1, 2)
            contact.say(ChatBotReply())
            yield dice.log_normal(20, 0.8)
            if dice.chance(desk.bot_settles_ratio):
                contact.say(ChatEnded())
                return
            contact.say(ChatHandoffRequested())
        contact.say(ChatQueued())
        if not (yield Ask(self._station, dice.exponential(desk.patience_seconds))):
            contact.say(ChatCustomerLeft())
            return
        yield dice.log_normal(_FIRST_REPLY_SECONDS, 0.8)
        contact.say(ChatAgentMsg())
        yield from self._conversation(contact)
        self._station.release()
        yield from self._afterwards(contact)

    def _conversation(self, contact: Contact) -> Life:
        """Exchanges with a geometric number; a customer sometimes writes twice before the answer."""
        dice, mean = self._dice, self._model.chat_queue.exchanges_mean
        while dice.chance(mean / (1.0 + mean)):
            yield dice.log_normal(_READ_SECONDS, 1.0)
            contact.say(ChatCustomerMsg())
            if dice.chance(0.15):
                yield dice.between(2, 6)
                contact.say(ChatCustomerMsg())
            yield dice.log_normal(_WRITE_SECONDS, 1.1)
            contact.say(ChatAgentMsg())
        contact.say(ChatResolved())

    def _afterwards(self, contact: Contact) -> Life:
        dice = self._dice
        if dice.chance(_REOPEN):
            yield dice.between(60, 1200)
            contact.say(ChatReopened())
            contact.say(ChatCustomerMsg())
            yield dice.log_normal(_WRITE_SECONDS, 1.1)
            contact.say(ChatAgentMsg())
            contact.say(ChatResolved())
        if dice.chance(_SURVEY):
            yield dice.between(5, 60)
            score = dice.rng.choices((1, 2, 3, 4, 5), (2, 3, 8, 30, 57))[0]
            contact.say(SurveyScored(instrument="csat", scale_min=1, scale_max=5, score=score))
        yield dice.between(5, 120)
        contact.say(ChatEnded())
