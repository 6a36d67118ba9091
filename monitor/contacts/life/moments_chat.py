"""The life of a chat: when a person is wanted, when one answers, when the customer waits again (P17-P20).

Before hand-off a bot may answer and nothing waits; hand-off (or the first message where no bot is, or a queue) asks for a
person. From then on bot, system and ``automatic`` messages and internal notes change nothing. The next reply is waited for
from the oldest unanswered customer message (P17), never before the first reply (P18), and not beyond resolve.
"""

from typing import Final

from monitor.contacts.counting import Desk
from monitor.contacts.kept.contact import ChatFlow, View
from monitor.contacts.life import handling, waits
from schemas.events import EventData
from schemas.events.chat import ChatAgentMsg, ChatOpened
from schemas.instants import Instant

Moments = tuple[str, ...]

NONE: Final[Moments] = ()
WANTED: Final[Moments] = ("chat.human_wanted",)
REPLIED: Final[Moments] = ("chat.human_replied",)
ANSWERED: Final[Moments] = ("chat.human_replied", "chat.customer_answered")
WAITING: Final[Moments] = ("chat.customer_waiting",)

_ENDS: Final = frozenset({"chat.ended", "chat.customer_left", "cancelled"})


def fold_chat(desk: Desk, view: View, name: str, data: EventData, at: Instant) -> Moments:
    """Take one chat event; answer the derived moments it brings."""
    flow = view.flow
    if not isinstance(flow, ChatFlow):
        flow = view.flow = ChatFlow()
    if isinstance(data, ChatOpened):
        flow.bot = data.bot
        return NONE
    if isinstance(data, ChatAgentMsg):
        return _agent_msg(desk, view, flow, data, at)
    if name == "chat.customer_msg":
        return _customer_msg(desk, view, flow, at)
    if name in ("chat.handoff_requested", "chat.queued"):
        return _handoff(desk, view, flow, name, at)
    if name == "chat.resolved":
        return _resolved(desk, flow, at)
    if name in _ENDS:
        return _ends(desk, flow, name, at)
    return _other(desk, view, flow, name, at)


def _customer_msg(desk: Desk, view: View, flow: ChatFlow, at: Instant) -> Moments:
    if flow.replied:
        if flow.waiting:
            return NONE
        flow.waiting = True
        return WAITING
    if flow.handed or flow.bot:
        return NONE
    return _want(desk, view, flow, at)


def _handoff(desk: Desk, view: View, flow: ChatFlow, name: str, at: Instant) -> Moments:
    leg = flow.leg
    if leg is None:
        return _want(desk, view, flow, at) if name == "chat.handoff_requested" or not flow.handed or flow.replied else NONE
    if leg.place[0] == desk.place_of(view)[0]:
        waits.seen(desk, leg, at)
    else:
        waits.leave(desk, leg, "flow_out")
        flow.leg = waits.enter(desk, desk.place_of(view), at)
    return NONE


def _want(desk: Desk, view: View, flow: ChatFlow, at: Instant) -> Moments:
    if flow.handling is not None:
        handling.finish(desk, flow.handling, at)
        flow.handling = None
    flow.handed = True
    flow.leg = waits.enter(desk, desk.place_of(view), at)
    return WANTED


def _agent_msg(desk: Desk, view: View, flow: ChatFlow, data: ChatAgentMsg, at: Instant) -> Moments:
    if not data.public or data.automatic or data.author_kind != "agent":
        return NONE
    if flow.leg is not None:
        waits.answer(desk, flow.leg, at)
        flow.handling = handling.begin(flow.leg.place, at)
        flow.leg = None
    elif flow.handling is None:
        flow.handling = handling.begin(desk.place_of(view), at)
    flow.handed = flow.replied = True
    if flow.waiting:
        flow.waiting = False
        return ANSWERED
    return REPLIED


def _resolved(desk: Desk, flow: ChatFlow, at: Instant) -> Moments:
    _finish(desk, flow, at)
    if flow.leg is not None:
        waits.leave(desk, flow.leg, "flow_out")
        flow.leg = None
    if flow.waiting:
        flow.waiting = False
        return ("chat.customer_answered", "contact.settled", "contact.closed")
    return ("contact.settled", "contact.closed")


def _ends(desk: Desk, flow: ChatFlow, name: str, at: Instant) -> Moments:
    _finish(desk, flow, at)
    if flow.leg is not None:
        if name == "cancelled":
            waits.leave(desk, flow.leg, "flow_out")
        else:
            waits.abandon(desk, flow.leg, at, None)
        flow.leg = None
    return ("contact.closed",)


def _finish(desk: Desk, flow: ChatFlow, at: Instant) -> None:
    if flow.handling is not None:
        handling.finish(desk, flow.handling, at)
        flow.handling = None


def _other(desk: Desk, view: View, flow: ChatFlow, name: str, at: Instant) -> Moments:
    if flow.leg is not None:
        if name == "still_open":
            waits.seen(desk, flow.leg, at)
        elif name == "chat.transferred" and flow.leg.place[0] != desk.place_of(view)[0]:
            waits.leave(desk, flow.leg, "flow_out")
            flow.leg = waits.enter(desk, desk.place_of(view), at)
    if name == "chat.reopened":
        flow.waiting = False
    return NONE
