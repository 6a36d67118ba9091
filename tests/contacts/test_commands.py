"""Exempt, lift and repair on one shard (P7, design §8): what counts, what is said, and that nothing is deleted."""

from typing import Any, Final

import msgspec
import pytest

from monitor.contacts import sweep
from monitor.contacts.kept.contact import Published, Stored
from monitor.contacts.kept.packing import pack_ledger, unpack_ledger
from monitor.policy.model import QueuePolicy
from schemas.alerts import Alert, Verdict
from schemas.commands import Acknowledge, Command, Exempt, Lift, Repair, Selector, Silence
from schemas.instants import format_instant
from schemas.topics import COMMANDS
from tests.contacts.driving import Shard, at, clock, event, policy, rule
from tests.contacts.test_versions import RESOLVE, Versioned, created, resolved, version, versioned

WHO: Final[dict[str, Any]] = {"person": "staff-7", "given_at": "2026-03-02T09:00:00Z", "reason": "fibre cut"}


def exempt(name: str = "E1", clocks: tuple[str, ...] = (), **selector: Any) -> Exempt:
    """An exemption by these tests."""
    return Exempt(id=name, selector=Selector(**selector), clocks=clocks, **WHO)


def give(shard: Shard, command: Command, seconds: float) -> None:
    """The record of a command before the fence of a tick."""
    shard.send_record(COMMANDS, command.id.encode(), msgspec.json.encode(command), (), at(seconds))


def shard() -> Versioned:
    """One clock of 60 s, told without levels."""
    return versioned(version("v1", 60), version("v2", 200))


def counted(of: Shard) -> dict[str, int]:
    """How its cycles count."""
    found = {name.removeprefix("clock.fix."): count for name, count in of.totals().items() if name.startswith("clock.")}
    return {name: count for name, count in found.items() if name != "stopped"}


def told(of: Shard) -> list[tuple[int, str, str]]:
    """Version, verdict and reason of every verdict."""
    return [(each.version, each.verdict, each.reason) for each in of.verdicts()]


def test_a_recorded_breach_is_exempt_gross_keeps_it_and_lifting_undoes_it() -> None:
    """P7: before and after entries stay; the net ratio leaves it out, the gross one keeps it."""
    one = shard()
    one.under("v1", 1, event("workorder.created", 0, request_type="fault", region="north")).under("v1", 70)
    give(one, exempt(region="north"), 80)
    one.tick(80)
    assert counted(one) == {"exempt": 1}
    give(one, Lift(id="L1", target="E1", **WHO), 90)
    one.tick(90)
    assert counted(one) == {"breached": 1}
    assert told(one) == [(1, "breached", "deadline_passed"), (2, "exempt", "exempted"), (3, "breached", "deadline_passed")]
    assert [(each.version, each.state, each.reason) for each in one.alerts()] == [
        (1, "firing", "deadline_passed"),
        (2, "resolved", "exempted"),
        (3, "firing", "deadline_passed"),
    ]
    said = one.verdicts()[1]
    assert said.ruled is not None
    assert (said.ruled.command, said.ruled.person) == ("E1", "staff-7")
    assert "Exempt by staff-7: fibre cut (command E1)." in said.explanation.text
    assert (said.explanation.verdict, said.explanation.reason) == ("breached", "deadline_passed")


def test_a_breach_to_come_is_exempt_and_wakes_nobody() -> None:
    one = shard()
    one.under("v1", 1, created(0))
    give(one, exempt(request_type="fault"), 10)
    one.tick(10).tick(70)
    assert (counted(one), told(one), one.alerts()) == ({"exempt": 1}, [(1, "exempt", "exempted")], [])


def test_what_is_in_time_is_not_touched() -> None:
    one = shard()
    give(one, exempt(request_type="fault"), 0)
    one.under("v1", 50, created(0), resolved(40))
    assert (counted(one), told(one)) == ({"met": 1}, [(1, "met", "stopped_in_time")])


FOUND = [
    pytest.param(61, False, id="judged in time: lifting the exemption hours later finds nothing late"),
    pytest.param(600, True, id="judged after ten minutes: late, exempt or not"),
]


@pytest.mark.parametrize(("first", "late"), FOUND)
@pytest.mark.parametrize("given", [10, 700], ids=["exempt before it", "exempt after it"])
def test_a_lifted_exemption_says_late_only_of_what_was_found_late(first: float, late: bool, given: float) -> None:
    """P38: `detected_late` is about the T that judged a breach first, not about the one at which somebody changed their mind."""
    one = shard().under("v1", 1, created(0))
    if given < first:
        give(one, exempt(contact="c1"), given)
    one.tick(first)
    if given > first:
        give(one, exempt(contact="c1"), given)
    one.tick(800)
    give(one, Lift(id="L1", target="E1", **WHO), 9000)
    one.tick(9000)
    last = one.verdicts()[-1]
    assert (last.verdict, last.detected_late) == ("breached", late)


SELECTORS = [
    pytest.param({"region": "north"}, True, id="the region in which it was breached"),
    pytest.param({"region": "south"}, False, id="not another region"),
    pytest.param({"incident": "INC-1"}, True, id="the incident it belongs to (R69)"),
    pytest.param({"incident": "INC-2"}, False, id="not another incident"),
    pytest.param({"contact": "c1"}, True, id="the contact"),
    pytest.param({"contact": "c2"}, False, id="not another contact"),
    pytest.param({"request_type": "fault", "queue": "q"}, True, id="all tests hold"),
    pytest.param({"request_type": "fault", "queue": "p"}, False, id="one test does not hold"),
    pytest.param({"from_at": format_instant(at(60)), "until_at": format_instant(at(61))}, True, id="the deadline is in the time range"),
    pytest.param({"from_at": format_instant(at(61))}, False, id="the range begins after the deadline"),
    pytest.param({"until_at": format_instant(at(60))}, False, id="the range ends at the deadline: it is half-open"),
]


@pytest.mark.parametrize(("selector", "expected"), SELECTORS)
def test_which_breaches_an_exemption_covers(selector: dict[str, Any], expected: bool) -> None:
    one = shard()
    one.under("v1", 1, event("workorder.created", 0, request_type="fault", region="north", queue="q", parent_incident="INC-1"))
    give(one, exempt(**selector), 10)
    one.tick(10).tick(70)
    assert counted(one) == ({"exempt": 1} if expected else {"breached": 1})


@pytest.mark.parametrize(("clocks", "expected"), [((), 1), (("fix",), 1), (("other",), 0)], ids=["all clocks", "this clock", "another clock"])
def test_an_exemption_may_name_clocks(clocks: tuple[str, ...], expected: int) -> None:
    one = shard()
    one.under("v1", 1, created(0))
    give(one, exempt(clocks=clocks, contact="c1"), 10)
    one.tick(10).tick(70)
    assert counted(one).get("exempt", 0) == expected


def test_the_same_command_twice_is_one_and_the_first_exemption_stands() -> None:
    one = shard()
    one.under("v1", 1, created(0)).under("v1", 70)
    for command in (exempt("E1", contact="c1"), exempt("E1", contact="c1"), exempt("E2", request_type="fault")):
        give(one, command, 80)
    one.tick(80)
    give(one, Lift(id="L1", target="E1", **WHO), 90)
    one.tick(90)
    assert [each.ruled.command for each in one.verdicts() if each.ruled] == ["E1", "E2"]
    assert counted(one) == {"exempt": 1}


def test_a_closed_contact_is_found_and_keeps_its_ruling_across_restarts() -> None:
    one = shard()
    one.under("v1", 100, created(0), resolved(90)).restart()
    give(one, exempt(contact="c1"), 110)
    one.tick(110).restart().tick(120)
    assert told(one) == [(1, "breached", "stopped_late"), (2, "exempt", "exempted")]
    give(one, Lift(id="L1", target="E1", **WHO), 130)
    one.tick(130).restart().tick(140)
    assert told(one)[2:] == [(3, "breached", "stopped_late")]
    assert counted(one) == {"breached": 1}


def test_an_event_that_disproves_the_breach_takes_the_exemption_with_it() -> None:
    """P32: whatever was ruled, the events decide what there is to rule over."""
    one = shard()
    one.under("v1", 1, created(0)).under("v1", 70)
    give(one, exempt(contact="c1"), 80)
    one.tick(80).restart().under("v1", 90, resolved(50)).under("v1", 91)
    assert (counted(one), told(one)[-1]) == ({"met": 1}, (3, "met", "stopped_in_time"))


def test_all_contacts_are_visited_a_few_at_each_tick_whatever_restarts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Design §4: bounded per tick, and the same contact at the same tick with and without a restart."""
    monkeypatch.setattr(sweep, "VISITED", 10)

    def run(restarts: bool) -> list[Verdict]:
        one = shard()
        one.under("v1", 70, *(created(0, f"c{number}") for number in range(100)))
        give(one, exempt(request_type="fault"), 80)
        for seconds in range(80, 95):
            one.tick(seconds)
            if seconds == 84:
                give(one, exempt("E2", request_type="complaint"), 85)
            if restarts:
                one.restart()
        assert counted(one) == {"exempt": 100}
        return [each for each in one.verdicts() if each.verdict == "exempt"]

    plain, restarted = run(False), run(True)
    assert plain == restarted
    assert len({each.detected_at for each in plain}) > 5


REPAIRS = [
    pytest.param({"verdict": "met"}, (2, "met", "repaired"), {"met": 1}, id="a verdict by hand"),
    pytest.param({"verdict": "exempt", "clock": "fix"}, (2, "exempt", "repaired"), {"exempt": 1}, id="exempt by hand"),
    pytest.param({"policy": "v2"}, (2, "met", "stopped_in_time"), {"met": 1}, id="judged again under a policy that was in force"),
]


@pytest.mark.parametrize(("what", "expected", "counts"), REPAIRS)
def test_a_closed_verdict_is_repaired_and_says_who_and_why(what: dict[str, Any], expected: tuple[int, str, str], counts: dict[str, int]) -> None:
    """P7: closed verdicts change through an explicit, logged repair alone (ServiceNow keeps entries before and after)."""
    one = shard()
    one.under("v1", 100, created(0), resolved(90)).under("v2", 101).restart()
    give(one, Repair(id="R1", contact="c1", **what, **WHO), 110)
    one.tick(110).restart().tick(120)
    assert told(one) == [(1, "breached", "stopped_late"), expected]
    assert counted(one) == counts
    last = one.verdicts()[-1]
    assert last.ruled is not None
    assert last.ruled.reason == "fibre cut"
    assert last.policy == what.get("policy", "v1")
    assert [each.state for each in one.alerts()] == ["resolved", "resolved"]


def test_a_repair_by_policy_stays_when_late_events_come() -> None:
    one = shard()
    one.under("v1", 100, created(0), resolved(90)).under("v2", 101)
    give(one, Repair(id="R1", contact="c1", policy="v2", **WHO), 110)
    one.tick(110).restart().under("v2", 120, event("workorder.accepted", 20)).under("v2", 121)
    assert told(one)[-1] == (2, "met", "stopped_in_time")
    assert counted(one) == {"met": 1}


REFUSED = [
    pytest.param(Repair(id="R1", contact="nobody", verdict="met", **WHO), "too_late", id="a contact that is not kept"),
    pytest.param(Repair(id="R1", contact="c1", clock="other", verdict="met", **WHO), "contract", id="a clock that has no verdict"),
    pytest.param(Repair(id="R1", contact="c1", policy="v9", **WHO), "contract", id="a policy that never counted here"),
    pytest.param(Repair(id="R1", contact="c1", **WHO), "contract", id="a repair that says nothing"),
    pytest.param(Repair(id="R1", contact="c1", policy="v1", verdict="met", **WHO), "contract", id="a repair that says two things"),
    pytest.param(exempt(), "contract", id="an exemption of everything"),
    pytest.param(Repair(id="R1", contact="c1", verdict="met", **WHO | {"given_at": "2026-02-30T10:00:00Z"}), "contract", id="given on no day"),
    pytest.param(exempt(from_at="2026-02-30T10:00:00Z"), "contract", id="a date that does not exist"),
]


@pytest.mark.parametrize(("command", "reason"), REFUSED)
def test_a_command_that_cannot_be_carried_out_is_a_dead_letter(command: Command, reason: str) -> None:
    one = shard()
    one.under("v1", 100, created(0), resolved(90))
    give(one, command, 110)
    one.tick(110).drain()
    assert [each.reason for each in one.rejects] == [reason]
    assert told(one) == [(1, "breached", "stopped_late")]


RUBBISH = [
    pytest.param(b"E1", b"{", "malformed", id="no JSON"),
    pytest.param(b"E1", b'{"command":"explode","id":"E1"}', "contract", id="an unknown command"),
    pytest.param(b"E1", None, "tombstone", id="no value"),
    pytest.param(None, b"{}", "missing_key", id="no key"),
    pytest.param(b"E2", msgspec.json.encode(exempt(contact="c1")), "contract", id="another id in the key"),
]


@pytest.mark.parametrize(("key", "value", "reason"), RUBBISH)
def test_a_malformed_command_is_a_dead_letter(key: bytes | None, value: bytes | None, reason: str) -> None:
    one = shard()
    one.send_record(COMMANDS, key, value, (), at(1))
    one.tick(1).drain()
    assert [each.reason for each in one.rejects] == [reason]


def test_commands_of_delivery_are_counted_and_left_alone() -> None:
    one = shard()
    give(one, Acknowledge(id="A1", group="g", **WHO), 1)
    give(one, Silence(id="S1", labels={"queue": "q"}, from_at="2026-03-02T09:00:00Z", until_at="2026-03-02T10:00:00Z", **WHO), 1)
    give(one, Lift(id="L1", target="S1", **WHO), 1)
    one.tick(1)
    found = {sample.labels[:2]: sample.value for sample in one.processor.samples() if sample.name == "sla_commands_total"}
    assert found == {("acknowledge", "not_ours"): 1, ("silence", "not_ours"): 1, ("lift", "unknown_target"): 1}
    assert one.drain().rejects == []


def test_levels_of_an_exempt_breach_are_silent() -> None:
    """An overrun at 150 % of what is exempt must page nobody."""
    one = Shard(policy(clock("fix", *RESOLVE, [rule(60)], levels=(50, 100, 150)), queues=QueuePolicy()))
    one.send(created(0)).tick(40)
    give(one, exempt(contact="c1"), 50)
    one.tick(50).tick(70).tick(100)
    said: list[Alert] = one.alerts()
    assert [(each.level_ratio, each.state) for each in said] == [(0.5, "firing"), (0.5, "resolved")]


def test_a_closed_ledger_keeps_the_command() -> None:
    events = [Stored(at(0), 0, "/pbx", "e1", 0, b"\x81\xa4type\xb1workorder.created")]
    ledger = [Published("fix", "e1", 2, "exempt", "exempted", at(0), command="E1")]
    rows = msgspec.msgpack.encode(pack_ledger(ledger, events))
    from monitor.contacts.kept.packing import PackedEntry

    assert unpack_ledger(msgspec.msgpack.decode(rows, type=list[PackedEntry]), events)[0].command == "E1"
