"""Events of one chat conversation."""

from typing import Literal

from schemas.events.base import EventData


class ChatData(EventData, frozen=True, kw_only=True, omit_defaults=True):
    """Attributes of every chat event."""


class ChatOpened(ChatData, frozen=True, kw_only=True, omit_defaults=True, tag="chat.opened"):
    """The conversation was opened; ``bot`` says that a bot answers first."""

    bot: bool = False


class ChatQueued(ChatData, frozen=True, kw_only=True, omit_defaults=True, tag="chat.queued"):
    """The conversation waits for a person in ``queue``."""


class ChatBotReply(ChatData, frozen=True, kw_only=True, omit_defaults=True, tag="chat.bot_reply"):
    """A bot answered (P20: never stops a human clock)."""


class ChatHandoffRequested(ChatData, frozen=True, kw_only=True, omit_defaults=True, tag="chat.handoff_requested"):
    """A person was asked for."""


class ChatCustomerMsg(ChatData, frozen=True, kw_only=True, omit_defaults=True, tag="chat.customer_msg"):
    """The customer wrote."""


class ChatAgentMsg(ChatData, frozen=True, kw_only=True, omit_defaults=True, tag="chat.agent_msg"):
    """Our side wrote; only a public message of a human agent counts as a reply (P19, P20)."""

    public: bool = True
    author_kind: Literal["agent", "bot", "system"] = "agent"


class ChatTransferred(ChatData, frozen=True, kw_only=True, omit_defaults=True, tag="chat.transferred"):
    """The conversation went to another agent or queue."""


class ChatResolved(ChatData, frozen=True, kw_only=True, omit_defaults=True, tag="chat.resolved"):
    """The request was settled."""


class ChatReopened(ChatData, frozen=True, kw_only=True, omit_defaults=True, tag="chat.reopened"):
    """The conversation was opened again."""


class ChatCustomerLeft(ChatData, frozen=True, kw_only=True, omit_defaults=True, tag="chat.customer_left"):
    """The customer left before an answer."""


class ChatEnded(ChatData, frozen=True, kw_only=True, omit_defaults=True, tag="chat.ended"):
    """The conversation ended."""


CHAT_EVENTS = (
    ChatOpened, ChatQueued, ChatBotReply, ChatHandoffRequested, ChatCustomerMsg, ChatAgentMsg, ChatTransferred,
    ChatResolved, ChatReopened, ChatCustomerLeft, ChatEnded,
)  # fmt: skip
