"""``check-event`` tells all that is wrong at once, and agrees with the reader on what is accepted."""

import json

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.check_event import check_text
from schemas.cloudevents import Refused, decode_structured
from schemas.events.call import CallFlowOut
from schemas.reasons import Reason
from tests.events import load_good

GOOD = {
    "specversion": "1.0",
    "id": "e1",
    "source": "/pbx",
    "type": "cc.call.flow_out.v1",
    "time": "2026-03-02T01:15:02Z",
    "subject": "c1",
    "data": {"reason": "overflow"},
}


def found(text: str) -> list[tuple[int, str, str, str]]:
    return [(finding.line, finding.path, finding.reason, finding.level) for finding in check_text(text)]


def test_good_events_have_no_findings_in_any_file_form() -> None:
    events = [msgspec.json.decode(line) for line in load_good().values()]
    assert check_text(json.dumps(events, indent=2, ensure_ascii=False)) == []
    assert check_text("\n".join(json.dumps(event) for event in events) + "\n\n") == []
    assert [finding for line in load_good().values() for finding in check_text(line.decode())] == []


def test_all_problems_of_one_event_are_found_at_once() -> None:
    data = {"channel": "Hotline", "sequence": -1, "queue": " ", "requested_at": "2026-02-30T00:00:00Z", "priorty": "high"}
    event = GOOD | {"time": "2026-03-02 01:15", "id": "", "subject": "c|1", "data": data}
    assert found(json.dumps(event)) == [
        (1, "$.id", "missing_attribute", "error"),
        (1, "$.time", "bad_time", "error"),
        (1, "$.subject", "contract", "error"),
        (1, "$.data.sequence", "contract", "error"),
        (1, "$.data.queue", "contract", "error"),
        (1, "$.data.channel", "contract", "error"),
        (1, "$.data.requested_at", "contract", "error"),
        (1, "$.data.reason", "contract", "error"),
        (1, "$.data.priorty", "contract", "warning"),
    ]


OFF_THE_SCALE = {"instrument": "nps", "scale_min": 0, "scale_max": 10, "score": 11}
SINGLE: list[tuple[str, dict[str, object], str, str]] = [
    ("a near miss of a type is suggested", {"type": "cc.call.flowout.v1"}, "unknown_type", "Did you mean 'cc.call.flow_out.v1'"),
    ("a near miss of a value is suggested", {"data": {"reason": "over-flow"}}, "contract", "Did you mean 'overflow'?"),
    ("an old specversion", {"specversion": "0.3"}, "malformed", "CloudEvents 1.0"),
    ("a number for an id", {"id": 5}, "contract", "Correct the field"),
    ("data as text", {"data": "{}"}, "contract", "Correct the field"),
    ("two contacts", {"partitionkey": "c2"}, "contract", "Correct the field"),
    ("no contact", {"subject": ""}, "missing_key", "record key"),
    ("another type in the body", {"data": {"reason": "overflow", "type": "call.ended"}}, "contract", "Correct the field"),
    ("a long identifier", {"data": {"reason": "overflow", "agent_id": "a" * 129}}, "too_large", "length <= 128"),
    ("a large event", {"data": {"reason": "overflow", "transcript": "x" * 70_000}}, "too_large", "leave texts"),
    ("a sequence that is no number", {"sequence": "A1"}, "contract", "Correct the field"),
    ("two sequences", {"sequence": "4", "data": {"reason": "overflow", "sequence": 5}}, "contract", "Correct the field"),
    ("a score off its scale", {"type": "cc.call.survey_scored.v1", "data": OFF_THE_SCALE}, "contract", "Correct the field"),
    ("broken base64", {"data_base64": "***", "data": {"reason": "overflow"}}, "malformed", "CloudEvents 1.0"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "reason", "advice"), [row[1:] for row in SINGLE], ids=[row[0] for row in SINGLE])
def test_one_problem(change: dict[str, object], reason: str, advice: str) -> None:
    (finding,) = check_text(json.dumps(GOOD | change))
    assert finding.reason == reason
    assert finding.expected
    assert finding.got
    assert advice in finding.advice


def test_lines_are_numbered_in_every_file_form() -> None:
    bad = GOOD | {"id": ""}
    assert found(json.dumps(GOOD) + "\n\n" + json.dumps(bad)) == [(3, "$.id", "missing_attribute", "error")]
    assert found(json.dumps([GOOD, bad, bad], indent=1)) == [(13, "$.id", "missing_attribute", "error"), (24, "$.id", "missing_attribute", "error")]
    assert found(json.dumps(GOOD) + '\n{"id":') == [(2, "$", "malformed", "error")]


FILES = [
    ("an empty file", "", 1),
    ("plain text", "hello\nworld", 1),
    ("a broken pretty-printed event names the line of the fault", '{\n "id": "e1",\n "source" "/pbx"\n}\n', 3),
    ("a broken array names the line of the fault", '[\n{"id": "e1"},\n{"id" 7}\n]', 3),
    ("a number", "17", 1),
    ("a byte order mark", "\ufeff{}", 1),
    ("a lone surrogate", '{"id":"\ud800"}', 1),
]


@pytest.mark.parametrize(("text", "line"), [row[1:] for row in FILES], ids=[row[0] for row in FILES])
def test_files_that_hold_no_event(text: str, line: int) -> None:
    (finding,) = check_text(text)
    assert (finding.line, finding.level) == (line, "error")
    assert finding.reason in (Reason.MALFORMED, Reason.CONTRACT)


FIELDS = st.sampled_from([*CallFlowOut.__struct_fields__, "type", "note"])
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-2, 2**64)
    | st.floats(0, 9)
    | st.text(max_size=4)
    | st.sampled_from(["overflow", "high", "2026-03-02T01:15:02Z", "call.flow_out", "x" * 300])
)


@settings(max_examples=300, deadline=None)
@given(
    change=st.dictionaries(st.sampled_from([*GOOD, "partitionkey", "sequence", "data_base64"]), SCALARS, max_size=2),
    data=st.dictionaries(FIELDS, SCALARS, max_size=4),
)
def test_the_checker_agrees_with_the_reader(change: dict[str, object], data: dict[str, object]) -> None:
    text = json.dumps(GOOD | {"data": {"reason": "overflow"} | data} | change)
    try:
        decode_structured(text.encode())
        accepted = True
    except Refused:
        accepted = False
    errors = [finding for finding in check_text(text) if finding.level == "error"]
    assert accepted == (not errors)
