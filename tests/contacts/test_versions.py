"""Policy versions in one shard (P7, P14, design §4, §9): who is under which, and what a switch does to clocks that run."""

from collections.abc import Sequence
from typing import Any, Self

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.contacts import sweep
from monitor.contacts.processor import ContactsProcessor
from monitor.policy.book import Policies
from monitor.policy.model import Policy, QueuePolicy
from schemas.alerts import Verdict
from schemas.cloudevents import encode_event
from schemas.event import Event
from schemas.panes import Watermark
from schemas.topics import CUSTOMER_CONTACTS, QUEUE_PANES
from tests.contacts.driving import TOPIC, Shard, at, clock, event, final_verdicts, policy, rule

RESOLVE = ("workorder.created", "workorder.resolved")


def version(name: str, target: float | None, *, opens: bool = False, effective: float | None = None, **options: Any) -> Policy:
    """A policy with one clock (none without a target)."""
    clocks = () if target is None else (clock("fix", *RESOLVE, [rule(target)], **options),)
    made = policy(*clocks)
    return msgspec.structs.replace(
        made, version=name, applies_to="open" if opens else "new", effective_from=None if effective is None else at(effective)
    )


class Versioned(Shard):
    """A shard whose ticks name versions."""

    def __init__(self, *policies: Policy) -> None:
        self.book = Policies(*policies)
        super().__init__(policies[0])

    def made(self) -> ContactsProcessor:
        """A processor over the present state that knows every version."""
        return ContactsProcessor(self.partition, self.state, self.book, self.partitions)

    def restart(self) -> Self:
        """Commit, then start again from the state alone."""
        self.drain()
        self.processor = self.made()
        return self

    def under(self, name: str, seconds: float, *events: Event) -> Self:
        """One tick: the version it names, the records before its fence, its T."""
        self.processor.adopt(name, at(seconds))
        for each in events:
            key, value, headers = encode_event(each)
            self.send_record(TOPIC[each.family], key, value, headers, at(seconds))
        self.tick(seconds)
        return self


def versioned(*policies: Policy) -> Versioned:
    shard = Versioned(*policies)
    shard.processor = shard.made()
    return shard


def created(seconds: float, contact: str = "c1") -> Event:
    return event("workorder.created", seconds, contact, request_type="fault")


def resolved(seconds: float, contact: str = "c1") -> Event:
    return event("workorder.resolved", seconds, contact)


def judged(shard: Versioned) -> dict[str, tuple[str, str, str]]:
    """Contact to verdict, reason and policy."""
    return {each.contact: (each.verdict, each.reason, each.policy) for each in last(shard.verdicts()).values()}


def last(verdicts: Sequence[Verdict]) -> dict[str, Verdict]:
    return {each.contact: each for each in verdicts}


LIVES = [
    pytest.param(False, 0, 100, ("breached", "stopped_late", "v1"), id="new: an order opened before keeps its promise of 60 s and misses it"),
    pytest.param(False, 0, 50, ("met", "stopped_in_time", "v1"), id="new: an order opened before meets its own promise"),
    pytest.param(False, 31, 100, ("met", "stopped_in_time", "v2"), id="new: an order opened afterwards has the new promise"),
    pytest.param(False, 30, 100, ("met", "stopped_in_time", "v2"), id="new: an order opened at the very instant has the new promise"),
    pytest.param(True, 0, 100, ("met", "stopped_in_time", "v2"), id="open: a running clock gets the new target from its own start (P14)"),
    pytest.param(True, 0, 130, ("breached", "stopped_late", "v2"), id="open: and misses it where it is too late for that too"),
]


@pytest.mark.parametrize(("opens", "start", "stop", "expected"), LIVES)
def test_under_which_promise_an_order_is_judged(opens: bool, start: float, stop: float, expected: tuple[str, str, str]) -> None:
    """P7: Genesys applies new options to old contacts, Zendesk to none of the open ones; here the version says it."""
    shard = versioned(version("v1", 60), version("v2", 120, opens=opens))
    shard.under("v1", 1, *([created(0)] if start == 0 else []))
    shard.under("v2", 30, *([created(start)] if start else []))
    shard.under("v2", 140, resolved(stop)).under("v2", 300)
    assert judged(shard)["c1"] == expected


def test_a_new_deadline_that_is_past_is_breached_at_the_switch_with_one_notice() -> None:
    """P14: Zendesk pages the whole ladder after a policy change; here levels gone by count as sent."""
    shard = versioned(version("v1", 600, levels=(50, 100)), version("v2", 60, opens=True, levels=(50, 100)))
    shard.under("v1", 1, created(0)).under("v2", 200).under("v2", 201)
    (verdict,) = shard.verdicts()
    assert (verdict.verdict, verdict.reason, verdict.policy) == ("breached", "target_changed", "v2")
    assert [(each.kind, each.state) for each in shard.alerts()] == [("breach", "firing")]
    assert shard.totals()["clock.fix.breached"] == 1


def test_a_breach_before_the_switch_stays_under_the_old_rule() -> None:
    """P14: raising the target must not erase a breach."""
    shard = versioned(version("v1", 60), version("v2", 6000, opens=True))
    shard.under("v1", 1, created(0)).under("v1", 90).under("v2", 100).under("v2", 200, resolved(150)).under("v2", 300)
    assert judged(shard)["c1"] == ("breached", "stopped_late", "v1")


def test_a_closed_verdict_does_not_change_with_any_version() -> None:
    """P7: FreeITSM silently rewrites history."""
    shard = versioned(version("v1", 60), version("v2", 5, opens=True))
    shard.under("v1", 50, created(0), resolved(40)).under("v2", 60)
    before = shard.verdicts()
    shard.restart().under("v2", 90, event("reclassified", 80, family="workorder", request_type="complaint")).under("v2", 400)
    assert shard.verdicts() == before
    assert judged(shard)["c1"] == ("met", "stopped_in_time", "v1")


def test_a_late_event_judges_a_contact_under_its_own_version() -> None:
    """Design §9: late events do change a verdict, under the contact's own policy."""
    shard = versioned(version("v1", 60), version("v2", 5))
    shard.under("v1", 1, created(0)).under("v2", 100).restart().under("v2", 110, resolved(50)).under("v2", 120)
    assert judged(shard)["c1"] == ("met", "stopped_in_time", "v1")


def test_a_clock_that_is_promised_no_more_is_cancelled_and_taken_up_when_it_is_again() -> None:
    shard = versioned(version("v1", 600), version("v2", None, opens=True), version("v3", 500, opens=True))
    shard.under("v1", 1, created(0)).under("v2", 100)
    assert judged(shard)["c1"][:2] == ("cancelled", "no_longer_promised")
    assert shard.totals()["clock.fix.cancelled"] == 1
    shard.restart().under("v3", 200).under("v3", 300, resolved(250)).under("v3", 301)
    assert judged(shard)["c1"] == ("met", "stopped_in_time", "v3")
    assert "clock.fix.cancelled" not in shard.totals()


def test_a_breach_of_a_clock_that_is_promised_no_more_ends() -> None:
    shard = versioned(version("v1", 60), version("v2", None, opens=True))
    shard.under("v1", 1, created(0)).under("v1", 90).under("v2", 100)
    assert [each.state for each in shard.alerts()] == ["firing", "resolved"]
    assert judged(shard)["c1"][0] == "breached"


def test_a_new_clock_begins_with_the_next_event_that_starts_it() -> None:
    """Nobody promised it when the order was opened."""
    second = msgspec.structs.replace(version("v2", 60, opens=True), clocks=(clock("answer", *RESOLVE, [rule(10)]),))
    shard = versioned(version("v1", 60), second)
    shard.under("v1", 1, created(0)).under("v2", 20, created(20, "c2")).under("v2", 100)
    assert {(each.contact, each.clock, each.verdict) for each in shard.verdicts()} == {
        ("c1", "fix", "cancelled"),
        ("c2", "answer", "breached"),
    }


TIMES = [
    pytest.param(None, 100, id="without its own time a version counts from the tick that names it"),
    pytest.param(50.0, 100, id="a time that is past is the tick that names it: no version reaches back"),
    pytest.param(150.0, 150, id="a time to come is waited for"),
]


@pytest.mark.parametrize(("effective", "expected"), TIMES)
def test_from_when_a_version_counts(effective: float | None, expected: float) -> None:
    shard = versioned(version("v1", 60), version("v2", 600, effective=effective))
    shard.under("v1", 1)
    shard.under("v2", 100)
    shard.under("v2", 200, *(created(seconds, f"c{seconds:g}") for seconds in (99, 100, 149, 150)))
    shard.under("v2", 300)
    assert {name for name in judged(shard)} == {f"c{seconds:g}" for seconds in (99, 100, 149, 150) if seconds < expected}


def test_a_version_only_grows() -> None:
    """A worker that starts later with an older file must not turn the promise back."""
    shard = versioned(version("v1", 60), version("v2", 600))
    shard.under("v2", 1).under("v1", 2, created(2)).under("v1", 100)
    assert shard.verdicts() == []


def test_a_version_passed_over_by_a_newer_one_never_counts() -> None:
    shard = versioned(version("v1", 600), version("v2", 1, opens=True, effective=500), version("v3", 300, opens=True))
    shard.under("v1", 1, created(0)).under("v2", 10).under("v3", 20).under("v3", 290).restart().under("v3", 550)
    assert judged(shard)["c1"] == ("breached", "deadline_passed", "v3")


def test_open_contacts_are_rearmed_a_few_at_each_tick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Design §4: a million open contacts are not re-armed in one tick; each is before one of its clocks is judged."""
    monkeypatch.setattr(sweep, "VISITED", 10)
    shard = versioned(version("v1", 6000), version("v2", 60, opens=True))
    shard.under("v1", 1, *(created(0, f"c{number}") for number in range(100)))
    counts = []
    for tick in range(14):
        shard.under("v2", 200 + tick)
        counts.append(len(shard.verdicts()))
    assert counts[-1] == 100
    assert 0 < counts[0] < 30
    assert all(each.reason == "target_changed" for each in shard.verdicts())
    assert shard.totals()["clock.fix.breached"] == 100


def test_a_touched_contact_is_rearmed_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweep, "VISITED", 1)
    shard = versioned(version("v1", 6000), version("v2", 60, opens=True))
    names = [f"c{number}" for number in range(40)]
    shard.under("v1", 1, *(created(0, name) for name in names))
    shard.under("v2", 200, *(event("workorder.accepted", 199, name) for name in names))
    shard.under("v2", 201, *(resolved(200.5, name) for name in names)).under("v2", 202)
    assert {each.verdict for each in final_verdicts(shard.verdicts()).values()} == {"breached"}
    assert len({each.contact for each in shard.verdicts()}) == 40


@pytest.mark.parametrize("commits", [True, False], ids=["a commit after every tick", "no commit at all"])
def test_a_contact_opened_just_beyond_a_switch_comes_under_it_whenever_commits_fall(commits: bool) -> None:
    """Design §4: outputs are a function of the logs; the contact was told to others between the switch and its first event."""
    two = msgspec.structs.replace(version("v2", 120), queues=QueuePolicy(dimensions=("region",)))
    shard = versioned(version("v1", 60), two)
    about: dict[str, Any] = {"customer_key": "k1", "request_subtype": "network", "region": "north"}
    opened = event("workorder.created", 1.4, request_type="fault", **about)
    steps = [
        ("v1", 0.2, ()),
        ("v1", 0.8, (opened, event("workorder.progress_notified", 1.41, **about))),
        ("v2", 1.2, ()),
        ("v2", 1.5, ()),
        ("v2", 2, ()),
    ]
    for name, seconds, events in steps:
        shard.under(name, seconds, *events)
        if commits:
            shard.drain()
    told = [msgspec.json.decode(each.value or b"") for each in shard.drain().outputs if each.topic == CUSTOMER_CONTACTS]
    assert [each["facts"]["place"] for each in told if each["kind"] == "contact"] == [[None, None, "north"], [None, None, "north", "region=north"]]


def test_watermarks_carry_the_version_in_force() -> None:
    shard = versioned(version("v1", 60), version("v2", 60, effective=20))
    shard.under("v1", 1).under("v2", 10).under("v2", 20)
    shard.drain()
    marks = [msgspec.json.decode(out.value or b"") for out in shard.outputs if out.topic == QUEUE_PANES]
    assert [mark["policy"] for mark in marks if mark["kind"] == "watermark"] == ["v1", "v1", "v2"]
    assert msgspec.json.decode(b'{"kind":"watermark","processor":"contacts","partition":0,"t":1,"appended_at":2}', type=Watermark).policy == ""


def test_panes_are_laid_out_by_the_version_in_force() -> None:
    """A scope that a version adds is counted from then on."""
    narrow = msgspec.structs.replace(version("v1", 60), queues=QueuePolicy(scopes=("all",)))
    wide = msgspec.structs.replace(version("v2", 60), queues=QueuePolicy(scopes=("all", "region")))
    shard = versioned(narrow, wide)
    shard.under("v1", 1, event("workorder.created", 0, "c1", request_type="fault", region="r1"))
    shard.under("v2", 20)
    shard.under("v2", 40, event("workorder.created", 30, "c2", request_type="fault", region="r1"))
    assert (shard.totals("all")["contacts"], shard.totals("region:r1")["contacts"]) == (2, 1)


NEXT = st.tuples(st.sampled_from(["accepted", "resolved", "reopened"]), st.integers(1, 300))
ORDERS = st.lists(st.tuples(st.integers(0, 250), st.lists(NEXT, max_size=5, unique_by=lambda each: each[1])), min_size=1, max_size=3)


@settings(deadline=None)
@given(ORDERS, st.randoms(use_true_random=False), st.booleans(), st.integers(0, 3))
def test_any_order_of_events_and_switches_gives_the_same_verdicts(
    orders: list[tuple[int, list[tuple[str, int]]]], random: Any, opens: bool, restarts: int
) -> None:
    """P32 with versions: the switch is part of a contact's history, wherever its events come from in the log."""
    events = [created(begun, f"c{number}") for number, (begun, _) in enumerate(orders)]
    events += [event(f"workorder.{name}", begun + after, f"c{n}") for n, (begun, rest) in enumerate(orders) for name, after in rest]
    policies = (
        version("v1", 60, reopen="resume"),
        version("v2", 30, opens=opens, effective=100, reopen="resume"),
        version("v3", 90, opens=True, effective=200, reopen="resume"),
    )

    def run(order: list[Event], crash: int) -> tuple[dict[tuple[str, str], tuple[str, str, str]], dict[str, int]]:
        shard = versioned(*policies)
        # versions are adopted first, for times to come: the order in which events arrive is then all that differs
        shard.under("v1", -3).under("v2", -2).under("v3", -1)
        for number, each in enumerate(order):
            key, value, headers = encode_event(each)
            shard.send_record(TOPIC[each.family], key, value, headers, at(600))
            if crash and number % crash == 0:
                shard.restart()
        for seconds in (601, 700, 1000):
            shard.under("v3", seconds)
        found = {(each.contact, each.cycle): (each.verdict, each.reason, each.policy) for each in shard.verdicts() if each.verdict != "open"}
        return {key: told for key, told in found.items() if told[0] != "retracted"}, shard.totals()

    shuffled = list(events)
    random.shuffle(shuffled)
    assert run(shuffled, restarts) == run(sorted(events, key=lambda each: each.at), 0)
