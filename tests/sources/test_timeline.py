"""Timelines as people write them: offsets, events that come late, several at once, and what is wrong said with its row."""

import pytest

from monitor.errors import SourceError
from monitor.sources.offsets import offset_us
from monitor.sources.timeline import arrivals_of, read_timeline
from schemas.instants import HOUR, MINUTE, SECOND, parse_instant

START = parse_instant("2026-03-02T14:00:00+08:00")
HEAD = 'start: "2026-03-02T14:00:00+08:00"\nevents:\n'


@pytest.mark.parametrize(
    ("text", "us"),
    [
        pytest.param(90, 90 * SECOND, id="a number is seconds"),
        pytest.param("1h30m", HOUR + 30 * MINUTE, id="units add up"),
        pytest.param("-5s", -5 * SECOND, id="before the start"),
        pytest.param("0.25s", SECOND // 4, id="a fraction"),
        pytest.param("2d", 48 * HOUR, id="days are of 24 hours"),
    ],
)
def test_offsets(text: str | float, us: int) -> None:
    assert offset_us(text) == us


def test_events_come_in_the_order_of_their_delivery() -> None:
    rows = [{"at": "1h", "type": "workorder.resolved", "delivered": "3h"}, {"at": "2h", "type": "deadline_told", "due_at": "+26h"}]
    told, resolved = arrivals_of(START, rows)
    assert (resolved.event.at, resolved.delivered_at, resolved.event.id) == (START + HOUR, START + 3 * HOUR, "e0")
    assert told.event.data.due_at == "2026-03-03T08:00:00Z"  # type: ignore[attr-defined]


def test_times_makes_contacts_of_their_own() -> None:
    calls = arrivals_of(START, [{"at": 0, "type": "call.queued", "queue": "q", "times": 3, "every": "10s"}])
    assert [(each.event.contact, each.event.id, each.event.at - START) for each in calls] == [
        ("c1-0", "e0-0", 0), ("c1-1", "e0-1", 10 * SECOND), ("c1-2", "e0-2", 20 * SECOND),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        pytest.param(
            "{at: 0, type: workorder.create}", "events[0]: unknown event type 'workorder.create': did you mean workorder.created?", id="type"
        ),
        pytest.param("{type: workorder.created}", "events[0]: 'at' is missing", id="no offset"),
        pytest.param("{at: soon, type: workorder.created}", "events[0]: could not convert", id="no offset but a word"),
        pytest.param("{at: 0, type: call.queued, quene: q}", "events[0]: call.queued has no field 'quene'; it has", id="a misspelt field"),
        pytest.param("{at: 0, type: call.queued, priority: urgent}", "events[0]: Invalid enum value 'urgent'", id="a value that there is not"),
        pytest.param("{at: 0, type: survey_scored, family: fax}", "events[0]: Invalid enum value 'fax'", id="a family that there is not"),
    ],
)
def test_what_is_wrong_is_said_with_its_row(row: str, problem: str) -> None:
    timeline = read_timeline(f"{HEAD}  - {row}\n", "a.yaml")
    with pytest.raises(SourceError) as caught:
        arrivals_of(START, timeline.events, "a.yaml")
    assert str(caught.value).startswith(f"a.yaml: {problem}")


@pytest.mark.parametrize(
    "text",
    ["start: [", "events: []", "just text", "start: yesterday\nevents: []", f"{HEAD.strip()} []\nuntil: soon", f"{HEAD.strip()} []\nuntil: -5s"],
    ids=["not YAML", "no start", "no map", "a start that is no instant", "an end that is no offset", "an end before the start"],
)
def test_a_file_that_is_no_timeline_is_named(text: str) -> None:
    with pytest.raises(SourceError, match=r"a\.yaml: is no timeline"):
        read_timeline(text, "a.yaml")
