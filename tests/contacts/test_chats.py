"""Chats: a human answers or nobody has (P17-P20).

What each rule prevents: P17 the clock restarted with every message of an impatient customer (zammad #3410); P18 the update time
overrode the first response (zammad #5177), and ran on after the chat was resolved (chatwoot #10178); P19 notes among colleagues
stopped the clock, and customers on the portal started none (zammad #1322); P20 a bot's greeting met the promise (chatwoot #13181, #13417).
"""

from typing import Any

import pytest

from schemas.event import Event
from tests.contacts.driving import Shard, clock, event, final_verdicts, policy, rule

FIRST = clock("chat_first_reply", "chat.human_wanted", "chat.human_replied", [rule(30)], family="chat")
NEXT = clock("next_reply", "chat.customer_waiting", "chat.customer_answered", [rule(60)], family="chat")


def run(*events: Event) -> dict[tuple[str, str], tuple[str, float | None]]:
    """Clock and start second of every cycle with its verdict and late seconds."""
    shard = Shard(policy(FIRST, NEXT)).send(*events).tick(3600)
    found = final_verdicts(shard.verdicts()).values()
    return {(v.clock, v.cycle): (v.verdict, v.late_seconds) for v in found}


ROWS = [
    pytest.param(
        [("chat.opened", 0, {"bot": True}), ("chat.customer_msg", 1, {}), ("chat.bot_reply", 2, {}), ("chat.handoff_requested", 100, {}),
         ("chat.agent_msg", 125, {})],
        {("chat_first_reply", "c1-chat.handoff_requested-100"): ("met", None)},
        id="with a bot the human clock starts at the hand-off (R6, P20)",
    ),
    pytest.param(
        [("chat.opened", 0, {}), ("chat.customer_msg", 1, {}), ("chat.agent_msg", 31, {})],
        {("chat_first_reply", "c1-chat.customer_msg-1"): ("met", None)},
        id="without a bot it starts at the first message, and exactly at the deadline is in time (R6, P22)",
    ),
    pytest.param(
        [("chat.handoff_requested", 0, {}), ("chat.bot_reply", 5, {}), ("chat.agent_msg", 10, {"author_kind": "bot"}),
         ("chat.agent_msg", 12, {"automatic": True}), ("chat.agent_msg", 14, {"public": False}), ("chat.agent_msg", 31, {})],
        {("chat_first_reply", "c1-chat.handoff_requested-0"): ("breached", 1)},
        id="bots, automatic messages and internal notes stop nothing (P19, P20)",
    ),
    pytest.param(
        [("chat.handoff_requested", 0, {}), ("chat.customer_msg", 5, {}), ("chat.agent_msg", 10, {}), ("chat.customer_msg", 20, {}),
         ("chat.customer_msg", 70, {}), ("chat.agent_msg", 90, {})],
        {("chat_first_reply", "c1-chat.handoff_requested-0"): ("met", None), ("next_reply", "c1-chat.customer_msg-20"): ("breached", 10)},
        id="the next reply counts from the oldest unanswered message, never before the first reply (P17, P18)",
    ),
    pytest.param(
        [("chat.handoff_requested", 0, {}), ("chat.agent_msg", 10, {}), ("chat.customer_msg", 20, {}), ("chat.resolved", 40, {}),
         ("chat.ended", 500, {})],
        {("chat_first_reply", "c1-chat.handoff_requested-0"): ("met", None), ("next_reply", "c1-chat.customer_msg-20"): ("met", None)},
        id="resolving the chat stops the next-reply clock (P18)",
    ),
]  # fmt: skip


ROWS += [
    pytest.param(
        [("chat.opened", 0, {"bot": True}), ("chat.customer_msg", 1, {}), ("chat.bot_reply", 2, {}), ("chat.customer_msg", 30, {}),
         ("chat.resolved", 600, {})],
        {},
        id="before the hand-off the bot answers and no clock runs (P20)",
    ),
    pytest.param(
        [("chat.handoff_requested", 0, {}), ("chat.agent_msg", 10, {}), ("chat.customer_msg", 20, {}), ("chat.bot_reply", 25, {}),
         ("chat.agent_msg", 30, {"automatic": True, "agent_id": "a7"}), ("chat.agent_msg", 35, {"author_kind": "system"}),
         ("chat.agent_msg", 90, {"agent_id": "a7"})],
        {("chat_first_reply", "c1-chat.handoff_requested-0"): ("met", None), ("next_reply", "c1-chat.customer_msg-20"): ("breached", 10)},
        id="after the hand-off no machine answers, also not in an agent's name (P20)",
    ),
    pytest.param(
        [("chat.handoff_requested", 0, {}), ("chat.customer_msg", 1, {}), ("chat.customer_msg", 70, {}), ("chat.agent_msg", 80, {})],
        {("chat_first_reply", "c1-chat.handoff_requested-0"): ("breached", 50)},
        id="messages before the first reply start no next-reply clock (P18)",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("rows", "expected"), ROWS)
def test_reply_clocks(rows: list[tuple[str, float, dict[str, Any]]], expected: dict[tuple[str, str], tuple[str, float | None]]) -> None:
    assert run(*(event(name, at, **fields) for name, at, fields in rows)) == expected


def test_a_customer_who_leaves_unanswered_has_abandoned() -> None:
    shard = Shard(policy()).send(event("chat.queued", 0, queue="web"), event("chat.customer_left", 40)).tick(50)
    totals = shard.totals("queue:web")
    assert totals["offered"] == totals["abandoned"] == totals["closed"] == 1


def test_a_transfer_between_queues_while_waiting_is_a_flow_out_p27() -> None:
    shard = Shard(policy()).send(
        event("chat.queued", 0, queue="web"), event("chat.transferred", 9, queue="vip"), event("chat.agent_msg", 12)
    ).tick(50)  # fmt: skip
    assert shard.totals("queue:web")["flow_out"] == 1
    assert shard.totals("queue:vip")["answered_within.10"] == 1
