"""First-contact resolution and repeats, sentence by sentence: events of calls, chats and orders in, counters out (requirements §5.10)."""

from typing import Any

import pytest

from monitor.policy.model import CustomerRules, Limits, Policy, QueuePolicy
from monitor.replay.product import totals_of
from schemas.instants import DAY, HOUR
from schemas.topics import DEAD_LETTERS
from tests.customers.playing import Played
from tests.timelines.reading import Case

POLICY = Policy(
    version="p1",
    calendars={},
    clocks=(),
    queues=QueuePolicy(),
    limits=Limits(keep_closed_us={"call": 30 * DAY, "chat": 30 * DAY, "workorder": 30 * DAY}),
    customers=CustomerRules(window_us=72 * HOUR, fake_closure_us=7 * DAY),
)
NOTED = ("fcr.first", "fcr.solved", "fcr.final", "repeat.contacts", "repeat.repeats", "fake_closures", "customers.no_problem")

Row = dict[str, Any]


def call(contact: str, at: str, **fields: Any) -> list[Row]:
    """A call of five minutes about problem p1, answered after ten seconds."""
    start = {"queue": "hotline", "channel": "hotline", "customer_key": "k1", "problem_key": "p1", **fields}
    return [
        {"at": at, "type": "call.queued", "contact": contact, **start},
        {"at": f"{at}10s", "type": "call.answered", "contact": contact},
        {"at": f"{at}310s", "type": "call.ended", "contact": contact},
    ]


def order(contact: str, at: str, *more: Row, **fields: Any) -> list[Row]:
    """An order about problem p1 that somebody accepted, and what else happened to it."""
    start = {"customer_key": "k1", "problem_key": "p1", "queue": "desk", **fields}
    accepted = {"at": f"{at}60s", "type": "workorder.accepted", "contact": contact}
    return [{"at": at, "type": "workorder.created", "contact": contact, **start}, accepted, *({"contact": contact, **row} for row in more)]


SOLVED = {"fcr.first": 1, "fcr.solved": 1, "repeat.contacts": 1}
UNSOLVED = {"fcr.first": 1, "repeat.contacts": 1}
REPEATED = {"fcr.first": 1, "repeat.contacts": 2, "repeat.repeats": 1}

SENTENCES: list[Any] = [
    pytest.param(call("c1", "0"), "1h", SOLVED, id="one call that nobody follows up is solved, at once (R22)"),
    pytest.param(call("c1", "0"), "4d", SOLVED | {"fcr.final": 1}, id="once its window has passed the value is final (R22)"),
    pytest.param(
        [*call("c1", "0"), *call("c2", "1d")],
        "2d",
        REPEATED,
        id="a second call within the window is a repeat and takes the solution back (R23)",
    ),
    pytest.param(
        [*call("c1", "0"), *call("c2", "72h310s")],
        "73h10m",
        REPEATED | {"fcr.final": 1},
        id="the window runs from the end of one to the start of the next, its end included (P22)",
    ),
    pytest.param(
        [*call("c1", "0"), *call("c2", "72h311s")],
        "73h10m",
        {"fcr.first": 2, "fcr.solved": 2, "fcr.final": 1, "repeat.contacts": 2},
        id="a second later it is a first contact again",
    ),
    pytest.param(
        [*call("c1", "0"), *call("c2", "2d"), *call("c3", "4d")],
        "5d",
        {"fcr.first": 1, "fcr.final": 1, "repeat.contacts": 3, "repeat.repeats": 2},
        id="a repeat of a repeat is one too, though the first contact is long over",
    ),
    pytest.param(
        [
            *call("c1", "0"),
            {"at": "1d", "type": "chat.opened", "contact": "h1", "customer_key": "k1", "problem_key": "p1", "channel": "app"},
            {"at": "1d5s", "type": "chat.customer_msg", "contact": "h1"},
            {"at": "1d30s", "type": "chat.agent_msg", "contact": "h1"},
            {"at": "1d90s", "type": "chat.ended", "contact": "h1"},
        ],
        "2d",
        REPEATED,
        id="the channel does not matter (R23)",
    ),
    pytest.param(
        [*call("c1", "0"), *call("c2", "1d", problem_key="p2")],
        "2d",
        {"fcr.first": 2, "fcr.solved": 2, "repeat.contacts": 2},
        id="another problem is no repeat",
    ),
    pytest.param(
        [*call("c1", "0"), *call("c2", "1d", customer_key="k2")],
        "2d",
        {"fcr.first": 2, "fcr.solved": 2, "repeat.contacts": 2},
        id="another customer is no repeat",
    ),
    pytest.param(
        [*call("c1", "0", problem_key=None, request_subtype="tariff"), *call("c2", "1d", problem_key=None, request_subtype="tariff")],
        "2d",
        REPEATED,
        id="without a problem key the sub-type is the problem",
    ),
    pytest.param(
        [*call("c1", "0", problem_key=None), *call("c2", "1d", problem_key=None)],
        "2d",
        {"customers.no_problem": 2},
        id="without either the contact is left out and counted",
    ),
    pytest.param(
        [*call("c1", "0", problem_key=None), {"at": "400s", "type": "reclassified", "family": "call", "contact": "c1", "problem_key": "p1"}],
        "1h",
        SOLVED,
        id="a problem that becomes known later counts, and is no longer missing",
    ),
    pytest.param(call("c1", "0", customer_key=None), "1h", {}, id="a contact of an unknown customer is left out"),
    pytest.param(
        [
            {"at": 0, "type": "call.queued", "contact": "c1", "queue": "hotline", "customer_key": "k1", "problem_key": "p1"},
            {"at": "40s", "type": "call.abandoned", "contact": "c1"},
            *call("c2", "1h"),
        ],
        "2h",
        SOLVED,
        id="a call that was abandoned counts neither as contact nor as first",
    ),
    pytest.param(
        [
            *call("c1", "0"),
            {"at": "1h", "type": "call.queued", "contact": "c2", "queue": "hotline", "customer_key": "k1", "problem_key": "p1"},
            {"at": "1h40s", "type": "call.flow_out", "contact": "c2", "reason": "overflow"},
        ],
        "2h",
        SOLVED,
        id="a call that flowed out is no repeat",
    ),
    pytest.param(
        [
            {"at": 0, "type": "chat.opened", "contact": "h1", "customer_key": "k1", "problem_key": "p1", "bot": True},
            {"at": "2s", "type": "chat.bot_reply", "contact": "h1"},
            {"at": "60s", "type": "chat.ended", "contact": "h1"},
        ],
        "1h",
        {},
        id="a chat that only a bot answered was not served by a human",
    ),
    pytest.param(
        [*call("c1", "0")[:2], {"at": "100s", "type": "call.transferred", "contact": "c1", "to_queue": "second"}, call("c1", "0")[2]],
        "1h",
        UNSOLVED,
        id="a transfer to another line: not solved",
    ),
    pytest.param(
        [*call("c1", "0")[:2], {"at": "100s", "type": "call.transferred", "contact": "c1"}, call("c1", "0")[2]],
        "1h",
        SOLVED,
        id="a transfer to a desk of the same line: solved",
    ),
    pytest.param(
        [{**call("c1", "0")[0], "queue": "overflowing"}, {**call("c1", "0")[0], "at": "5s"}, *call("c1", "0")[1:]],
        "1h",
        SOLVED,
        id="moving between queues before the first answer is no transfer",
    ),
    pytest.param(
        [{**row, "support_line": 1} for row in call("c1", "0")[:2]]
        + [{"at": "60s", "type": "call.answered", "contact": "c1", "support_line": 2}, call("c1", "0")[2]],
        "1h",
        UNSOLVED,
        id="the second line took it: not solved (R62)",
    ),
    pytest.param(
        [*call("c1", "0"), *order("o1", "400s", origin_contact_id="c1")], "1h", SOLVED, id="an order of the call belongs to it: no contact, no repeat"
    ),
    pytest.param(
        [*call("c1", "0"), *order("o1", "400s", {"at": "1d", "type": "workorder.escalated"}, origin_contact_id="c1")],
        "2d",
        UNSOLVED,
        id="an order of the call that is escalated makes it unsolved",
    ),
    pytest.param(
        [
            *call("c1", "0", problem_key="p1"),
            *order("o1", "400s", {"at": "1d", "type": "workorder.escalated"}, origin_contact_id="c1", problem_key=None),
        ],
        "2d",
        UNSOLVED,
        id="whatever the problem of the order is called",
    ),
    pytest.param(
        [*call("c1", "0"), *call("c2", "1h", origin_contact_id="c1")], "2h", SOLVED, id="an outbound call-back belongs to the contact that caused it"
    ),
    pytest.param(
        [
            *call("c1", "0"),
            *order("o1", "400s", origin_contact_id="c1"),
            *order(
                "o2",
                "1h",
                {"at": "2h", "type": "workorder.escalated"},
                {"at": "3h", "type": "cancelled", "reason": "duplicate", "merged_into": "o1"},
            ),
        ],
        "4h",
        UNSOLVED,
        id="an order that was merged belongs to the other one, and so to the call: no repeat, but its escalation counts",
    ),
    pytest.param(
        [*call("c1", "0"), *order("o2", "1h", {"at": "2h", "type": "cancelled", "reason": "created_in_error"})],
        "3h",
        SOLVED,
        id="a contact created in error was none",
    ),
    pytest.param(
        order("o1", "0", {"at": "1h", "type": "workorder.assigned", "dept": "network"}, {"at": "2h", "type": "workorder.resolved"}, dept="desk"),
        "3h",
        UNSOLVED,
        id="an order that went to another department is not solved at first contact",
    ),
    pytest.param(
        [*order("o1", "0", {"at": "9d", "type": "workorder.resolved"}), *call("c1", "5d")],
        "10d",
        REPEATED,
        id="an order that is still open reaches every contact that begins meanwhile",
    ),
    pytest.param(order("o1", "0"), "10d", {"repeat.contacts": 1}, id="a first contact enters the resolution when it has ended"),
    pytest.param(
        [
            *order("o1", "0", {"at": "1h", "type": "workorder.resolved"}, {"at": "2h", "type": "workorder.closed"}),
            *call("c1", "3d", problem_key="p1"),
        ],
        "4d",
        {"fcr.first": 1, "fcr.final": 1, "repeat.contacts": 2, "repeat.repeats": 1, "fake_closures": 1},
        id="closed, and soon back with the problem: a fake closure (R79)",
    ),
    pytest.param(
        [*order("o1", "0", {"at": "1h", "type": "workorder.resolved"}), *call("c1", "8d")],
        "9d",
        {"fcr.first": 2, "fcr.solved": 2, "fcr.final": 1, "repeat.contacts": 2},
        id="back after more than the window of fake closures: none (R79)",
    ),
    pytest.param(
        [*order("o1", "0", {"at": "1h", "type": "workorder.resolved"}), *call("c1", "2h", origin_contact_id="o1")],
        "3h",
        SOLVED,
        id="the call-back after the repair is no return (R79)",
    ),
]


@pytest.mark.parametrize(("events", "until", "counters"), SENTENCES)
@pytest.mark.parametrize("delivery", ["in order", "backwards"])
def test_sentence(events: list[Row], until: str, counters: dict[str, int], delivery: str) -> None:
    told = [{key: value for key, value in row.items() if value is not None} for row in events]
    if delivery == "backwards":  # everything arrives late, the last event first
        told = [{**row, "delivered": f"{until}{60 * (len(told) - number)}s"} for number, row in enumerate(told)]
        until += "1h"
    case = Case(title="", start="2026-03-02T00:00:00Z", events=told, until=until)
    played = Played(case, POLICY)
    counts = played.counts()
    assert played.of(DEAD_LETTERS) == []
    assert {name: counts[name] for name in NOTED if counts.get(name)} == counters


def test_a_solution_is_booked_on_the_day_and_at_the_place_of_the_first_contact() -> None:
    events = [*call("c1", "23h59m", queue="evening"), *call("c2", "2d", queue="morning")]
    played = Played(Case(title="", start="2026-03-02T00:00:00Z", events=events, until="8d"), POLICY)
    evening, morning = (played.counts(f"queue:{name}") for name in ("evening", "morning"))
    assert (evening["fcr.first"], evening.get("fcr.solved", 0), evening["fcr.final"]) == (1, 0, 1)
    assert (morning["repeat.repeats"], morning.get("fcr.first", 0)) == (1, 0)
    days = {key: value for shard in played.engine.queues for key, value in shard.state.items() if key.startswith(b"q|queue:evening||1d|")}
    assert [key.split(b"|")[4] for key in days if key.endswith((b"customers|0", b"customers|1"))] == [b"1772409600"]


def test_totals_of_a_replay_hold_what_customers_booked() -> None:
    played = Played(Case(title="", start="2026-03-02T00:00:00Z", events=call("c1", "0"), until="1h"), POLICY)
    queues = totals_of(played.engine, POLICY)["queues"]
    assert isinstance(queues, dict)
    assert queues.keys() == {"hotline"}
