"""A policy that changes in the middle of a log: what the rules say, however commits and restarts fall (P7, P14, design §4)."""

from pathlib import Path
from typing import Final

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
TRAFFIC = {"days": "0.012", "seed": "3", "start": "2026-03-02T10:00:00+08:00"}
SWITCH_AT = parse_instant("2026-03-02T10:11:00+08:00")
OLD, NEW = 180.0, 60.0
WHO: Final[dict[str, str]] = {"person": "staff-7", "given_at": "2026-03-02T02:00:00Z", "reason": "fibre cut"}


def policy(target: str, applies_to: str) -> Policy:
    """The shipped default with another limit for the resolution of orders."""
    base = (POLICIES / "default.yaml").read_text()
    clock = f"{{start: workorder.created, stop: workorder.resolved, rules: [{{target: {target}}}]}}"
    change = f"applies_to: {applies_to}\nclocks: {{handled: {clock}}}\n"
    return load_policy([("1.yaml", base), ("2.yaml", change)])


def played(applies_to: str, commit_every: int, restart_every: int, commands: bool = False) -> Facts:
    """The facts of one run; a restart rebuilds every shard from its state."""
    first, then = policy("3m", "new"), policy("1m", applies_to)
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
    """``new``: each order is judged by the limit of its opening; ``open``: what runs at the switch has the new one from its start."""
    said = handled(played(applies_to, 64, 0))
    limits = {True: set[float](), False: set[float]()}
    for fact in said:
        limits[parse_instant(fact.started_at) < SWITCH_AT].add(fact.target_seconds)
    assert limits == {True: {OLD} if applies_to == "new" else {OLD, NEW}, False: {NEW}}
    changed = [fact for fact in said if fact.reason == "target_changed"]
    assert bool(changed) is (applies_to == "open")
    assert {fact.target_seconds for fact in changed} <= {NEW}


def test_commits_and_restarts_do_not_show() -> None:
    """Invariant 2: the log decides, also while contacts are re-armed and exempted a few at each tick."""
    plain = played("open", 64, 0, commands=True)
    assert plain.repeats == {}
    assert played("open", 5, 97, commands=True).said == plain.said
    assert {"exempt", "breached"} <= {fact.verdict for fact in handled(plain)}
