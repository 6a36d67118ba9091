"""Comparing two runs: nothing escapes it, and equal runs differ in nothing."""

import msgspec
import pytest
from msgspec.structs import replace

from monitor.processing import Record
from monitor.replay.compare import compare_facts, compare_totals
from monitor.replay.facts import Facts
from monitor.replay.finals import Finals
from schemas.alerts import Alert, Explanation, Verdict
from schemas.topics import ALERTS, DEAD_LETTERS, QUEUE_PANES, VERDICTS

VERDICT = Verdict(
    contact="c1", family="call", clock="answer", cycle="e1", version=1, verdict="met", reason="stopped_in_time", target_seconds=20,
    elapsed_seconds=7, started_at="2026-01-01T00:00:00Z", deadline="2026-01-01T00:00:20Z", detected_at="2026-01-01T00:00:08Z",
    policy="p1", explanation=Explanation(text="fine", rule="r", calendar="always"),
)  # fmt: skip
ALERT = Alert(
    id="a1", version=1, state="firing", kind="breach", severity="critical", labels={}, annotations={}, target=20,
    detected_at="2026-01-01T00:00:21Z", starts_at="2026-01-01T00:00:20Z", reason="deadline_passed", policy="p1",
)  # fmt: skip


def verdict(said: Verdict) -> Record:
    return Record(VERDICTS, 0, 0, f"{said.contact}|{said.clock}|{said.cycle}".encode(), msgspec.json.encode(said))


def alert(said: Alert) -> Record:
    return Record(ALERTS, 0, 0, said.id.encode(), msgspec.json.encode(said))


def letter(reason: str) -> Record:
    return Record(DEAD_LETTERS, 0, 0, b"sla.calls|0|1", msgspec.json.encode({"reason": reason, "detail": "d", "path": "$"}))


def facts(*records: Record) -> Facts:
    found = Facts()
    for record in records:
        found.take(record)
    return found


BASE = (verdict(VERDICT), verdict(replace(VERDICT, version=2, verdict="breached")), alert(ALERT), letter("malformed"))

DIFFERENT = {
    "a missing version of a verdict": (BASE[1:], ["sla.verdicts c1|answer|e1 version 1"]),
    "another verdict": ((verdict(replace(VERDICT, verdict="breached")), *BASE[1:]), ["sla.verdicts c1|answer|e1 version 1 verdict"]),
    "another deadline": ((verdict(replace(VERDICT, deadline=None)), *BASE[1:]), ["sla.verdicts c1|answer|e1 version 1 deadline"]),
    "an alert in another state": ((*BASE[:2], alert(replace(ALERT, state="resolved")), BASE[3]), ["sla.alerts a1 version 1 state"]),
    "an alert of another id": (
        (*BASE[:2], alert(replace(ALERT, id="a2")), BASE[3]),
        ["sla.alerts a1 version 1", "sla.alerts a2 version 1"],
    ),
    "a dead letter for another reason": ((*BASE[:3], letter("contract")), ["sla.dead-letters sla.calls|0|1 version 1 reason"]),
    "an alert published twice": ((*BASE, BASE[2]), ["sla.alerts a1 version 1"]),
}


@pytest.mark.parametrize(("others", "expected"), DIFFERENT.values(), ids=DIFFERENT.keys())
def test_difference(others: tuple[Record, ...], expected: list[str]) -> None:
    assert [f"{found.what} {found.name}" for found in compare_facts(facts(*BASE), facts(*others))] == expected


def test_equal_runs_do_not_differ_whatever_their_order() -> None:
    assert compare_facts(facts(*BASE), facts(*reversed(BASE))) == []


def test_other_topics_and_tombstones_are_no_facts() -> None:
    others = Record(QUEUE_PANES, 0, 0, b"k", b"{}"), Record(ALERTS, 0, 0, b"a1", None)
    assert compare_facts(facts(*BASE), facts(*BASE, *others)) == []


def test_totals_are_compared_leaf_by_leaf_and_exactly() -> None:
    left = {"PS": {"offered": 3, "level": {"20": 0.5}}, "NW": {"offered": 1}}
    right = {"PS": {"offered": 3, "level": {"20": 0.5000001}}}
    assert [str(found) for found in compare_totals(left, right)] == [
        "totals NW: {'offered': 1} | 'missing'",
        "totals PS.level.20: 0.5 | 0.5000001",
    ]
    assert compare_totals(left, left) == []


def test_finals_keep_the_last_version_of_each_cycle_and_alert() -> None:
    finals = Finals()
    for record in (*BASE, alert(replace(ALERT, version=2, state="resolved")), Record(ALERTS, 0, 0, b"a1", None)):
        finals.take(record)
    assert [(line.contact, line.clock, line.verdict, line.version) for line in finals.verdicts()] == [("c1", "answer", "breached", 2)]
    assert finals.verdict_counts() == {"answer": {"breached": 1}}
    assert finals.alert_counts() == {"breach": {"resolved": 1}}
    assert finals.dead_letter_counts() == {"malformed": 1}


def test_retracted_and_open_cycles_are_no_verdict_lines() -> None:
    finals = Finals()
    finals.take(verdict(replace(VERDICT, verdict="retracted")))
    finals.take(verdict(replace(VERDICT, cycle="e2", verdict="open")))
    assert list(finals.verdicts()) == []
    assert finals.verdict_counts() == {"answer": {"open": 1, "retracted": 1}}
