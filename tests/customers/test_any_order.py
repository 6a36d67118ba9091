"""However contacts arrive (late, corrected, in any order, over restarts), the counters are those of the definitions (R22, R23, R79)."""

from random import Random

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.customers import ContactFacts, digest
from schemas.instants import HOUR, Instant
from tests.customers.brute_force import expected, returned
from tests.customers.driving import RULES, T0, Shard, at

Version = tuple[Instant, ContactFacts]
"""What a source says of a contact, and as of which T."""


def histories(random: Random, most: int) -> list[list[Version]]:
    """The lives of some contacts over five days."""
    starts = [random.randrange(0, 120) for _ in range(random.randrange(1, most))]
    return [life for number in range(len(starts)) if (life := history(random, number, starts))]


def history(random: Random, number: int, starts: list[int]) -> list[Version]:
    """One contact over its life: told when a human serves it and when it ends, then perhaps corrected within twelve hours.

    What it belongs to began at most six hours before it.
    """
    opened = starts[number]
    causes = [digest(f"c{other}") for other, start in enumerate(starts) if other != number and 0 <= opened - start <= 6]
    cause = random.choice(["", *causes])
    ended = opened + random.randrange(1, 4)
    is_order = random.random() < 0.4
    first = ContactFacts(
        family="workorder" if is_order else "call",
        contact=f"c{number}",
        customer=random.choice(("k1", "k1", "k2")),
        problem=random.choice(("p1", "p1", "p2", "")),
        cause=cause if random.random() < 0.4 else "",
        place=(random.choice(("q1", "q2")), "hotline"),
        opened_at=at(opened),
        served=random.random() < 0.9,
    )
    versions = [(at(opened + 0.5), first)]
    closed = ((at(ended), 0),) if is_order else ()
    last = msgspec.structs.replace(first, ended_at=at(ended), closures=closed, left=random.random() < 0.2)
    versions.append((at(ended) + random.randrange(0, 3) * HOUR, last))
    for _ in range(random.choice((0, 0, 1, 2))):
        versions.append((versions[-1][0] + random.randrange(1, 4) * HOUR, last := corrected(random, last, cause)))
    return [version for version in versions if matters(version[1])] if matters(versions[-1][1]) else []


def corrected(random: Random, last: ContactFacts, cause: str) -> ContactFacts:
    """Something about a contact turns out to be otherwise."""
    match random.randrange(6):
        case 0:
            return msgspec.structs.replace(last, problem=random.choice(("p1", "p2")))
        case 1:
            return msgspec.structs.replace(last, left=not last.left)
        case 2:
            return msgspec.structs.replace(last, escalated=True, left=True)
        case 3:
            return msgspec.structs.replace(last, cause="" if last.cause else cause)
        case 4:
            return msgspec.structs.replace(last, opened_at=last.opened_at - HOUR)
        case _:
            return msgspec.structs.replace(last, place=("q3", "app"))


def matters(contact: ContactFacts) -> bool:
    """What a contacts shard tells at all."""
    return (contact.served or bool(contact.closures)) and (bool(contact.problem) or bool(contact.cause and contact.escalated))


@given(st.integers(0, 2**32), st.integers(0, 60))
@settings(max_examples=120, deadline=None)
def test_counters_and_alerts_are_those_of_the_definitions(seed: int, restart_every: int) -> None:
    random = Random(seed)
    lives = histories(random, 12)
    shard = Shard(sources=2)
    told = sorted((t, number, facts) for number, life in enumerate(lives) for t, facts in life)
    for step, (t, number, facts) in enumerate(told):
        shard.tell(facts, t, source=number % 2)
        for source in (0, 1):
            shard.mark(t, source)
        if restart_every and step % restart_every == 0:
            shard.restart()
    last = T0 + 200 * HOUR
    for source in (0, 1):
        shard.mark(last, source)
    final = [life[-1][1] for life in lives]
    assert shard.counters() == expected(final, RULES, last)
    for queue in ("q1", "q2", "q3"):
        assert shard.counters(f"queue:{queue}").get("repeat.contacts", 0) == sum(
            each.place[0] == queue and each.served and not each.cause and bool(each.problem) for each in final
        )
    standing = {alert.id: alert for alert in shard.alerts()}
    backs = [back for each in final for closure in each.closures if (back := returned(each, closure, final, RULES))]
    assert sorted(alert.state for alert in standing.values() if alert.state != "retracted") == ["resolved"] * len(backs)
    for alert_id in standing:
        versions = [alert.version for alert in shard.alerts() if alert.id == alert_id]
        assert versions == list(range(1, len(versions) + 1))


@given(st.integers(0, 2**32))
@settings(max_examples=60, deadline=None)
def test_how_sources_interleave_changes_no_record(seed: int) -> None:
    random = Random(seed)
    lives = histories(random, 9)
    told = sorted((t, number, facts) for number, life in enumerate(lives) for t, facts in life)
    outputs = []
    for order in (0, 1):
        shard = Shard(sources=2)
        for source in (order, 1 - order):  # one source sends all it has before the other begins
            of_source = [(t, facts) for t, number, facts in told if number % 2 == source]
            for t in sorted({t for t, _ in of_source}):
                for facts in (facts for told_at, facts in of_source if told_at == t):
                    shard.tell(facts, t, source)
                shard.mark(t, source, appended_at=0)
            shard.mark(T0 + 200 * HOUR, source, appended_at=0)
        shard.commit()
        outputs.append(shard.outputs)
    assert outputs[0] == outputs[1]
