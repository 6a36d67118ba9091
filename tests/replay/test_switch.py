"""A policy that changes in the middle of a log: what the rules say, however commits and restarts fall (P7, P14, design §4)."""

from pathlib import Path

import msgspec
import pytest

from monitor.policy import load_policy
from monitor.policy.model import Policy
from monitor.replay.facts import Facts, VerdictFact
from monitor.replay.product import product_engine
from monitor.replay.schedule import FROM_THE_START, Schedule
from monitor.sources.registry import open_source
from monitor.sources.tick_plan import TickAt, tick_plan
from schemas.commands import Exempt, Lift, Selector
from schemas.instants import Instant, parse_instant
from schemas.topics import COMMANDS, VERDICTS

POLICIES = Path(__file__).parents[2] / "deploy" / "policies"
TRAFFIC = {"days": "0.02", "seed": "3", "start": "2026-03-02T10:00:00+08:00"}
SWITCH_AT = parse_instant("2026-03-02T10:12:00+08:00")
WHO = {"person": "staff-7", "given_at": "2026-03-02T02:00:00Z", "reason": "fibre cut"}


def policy(target: str, applies_to: str) -> Policy:
    """The shipped default with another limit for the resolution of orders."""
    base = (POLICIES / "default.yaml").read_text()
    change = f"applies_to: {applies_to}\nclocks:\n  handled:\n    start: workorder.created\n    stop: workorder.resolved\n    rules: [{{target: {target}}}]\n"
    return load_policy([("1.yaml", base), ("2.yaml", change)])


def played(applies_to: str, commit_every: int, restart_every: int, commands: bool = False) -> Facts:
    """The facts of one run; a restart rebuilds every shard from its state."""
    first, then = policy("9m", "new"), policy("2m", applies_to)
    facts = Facts()
    engine = product_engine(Schedule([(FROM_THE_START, first), (SWITCH_AT, then)]), facts, commit_every=commit_every)
    ticks = 0
    for step in tick_plan(open_source("traffic", None, TRAFFIC).arrivals, 4):
        if not isinstance(step, TickAt):
            engine.send(step.topic, step.partition, step.key, step.value, step.headers, step.at)
            continue
        if commands:
            _command(engine.send, step.t)
        engine.tick(step.t)
        ticks += 1
        if restart_every and ticks % restart_every == 0:
            engine.restart()
    engine.commit()
    return facts


def _command(send: object, t: Instant) -> None:
    exempt = Exempt(id="E1", selector=Selector(request_type="fault"), clocks=("handled",), **WHO)
    for command, at in ((exempt, SWITCH_AT), (Lift(id="L1", target="E1", **WHO), SWITCH_AT + 300_000_000)):
        if t == at:
            for partition in range(4):
                assert callable(send)
                send(COMMANDS, partition, command.id.encode(), msgspec.json.encode(command), (), t)


def handled(facts: Facts) -> list[VerdictFact]:
    """Every version of the verdicts of the changed clock."""
    return [fact for (topic, key, _), fact in facts.said.items() if topic == VERDICTS and "|handled|" in key and isinstance(fact, VerdictFact)]


@pytest.mark.parametrize("applies_to", ["new", "open"])
def test_a_change_in_the_middle_is_what_the_rules_say(applies_to: str) -> None:
    """``new``: each order is judged by the limit of its opening; ``open``: from the switch on everybody has the new one."""
    said = handled(played(applies_to, 64, 0))
    assert said
    for fact in said:
        opened_at = parse_instant(fact.started_at)
        decided_at = parse_instant(fact.stopped_at or fact.detected_at)
        old = opened_at < SWITCH_AT if applies_to == "new" else decided_at < SWITCH_AT or (parse_instant(fact.deadline or "") < SWITCH_AT)
        if fact.reason == "target_changed":
            assert applies_to == "open"
            assert opened_at < SWITCH_AT - 120_000_000
            old = False
        assert fact.target_seconds == (540 if old else 120), fact
    assert {fact.target_seconds for fact in said} == {540, 120}
    assert any(fact.reason == "target_changed" for fact in said) is (applies_to == "open")


@pytest.mark.parametrize("commands", [False, True], ids=["a switch", "a switch, an exemption and its end"])
def test_commits_and_restarts_do_not_show(commands: bool) -> None:
    """Invariant 2: the log decides, also while contacts are re-armed and exempted a few at each tick."""
    plain = played("open", 64, 0, commands)
    assert plain.repeats == {}
    assert played("open", 1, 7, commands).said == plain.said
    if commands:
        assert {"exempt", "breached"} <= {fact.verdict for fact in handled(plain)}
