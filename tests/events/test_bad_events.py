"""Every file of ``bad/``: single records are refused by the reader for the stated reason at the stated place (design §4, §8)."""

import pytest

from schemas.cloudevents import Refused, decode_event
from schemas.instants import parse_instant
from schemas.partition import partition_of
from schemas.reasons import Reason
from schemas.topics import SOURCE_TOPICS
from tests.events import BadCase, BadRecord, load_bad

NOW = parse_instant("2026-03-02T01:15:02.480Z")
CASES = load_bad(NOW)
BY_STATE = {Reason.IN_FUTURE, Reason.TOO_LATE, Reason.TOO_MANY_EVENTS, Reason.IMPOSSIBLE_ORDER, Reason.CONFLICTING_DUPLICATE}


def refusal(record: BadRecord) -> Refused | None:
    try:
        decode_event(record.key, record.value, record.headers, SOURCE_TOPICS[record.topic])
    except Refused as refused:
        return refused
    return None


@pytest.mark.parametrize("case", CASES, ids=[case.title for case in CASES])
def test_bad_event(case: BadCase) -> None:
    for record in case.records:
        refused = refusal(record)
        if record.expected is None or record.expected in BY_STATE or record.expected == Reason.WRONG_PARTITION:
            assert refused is None
        else:
            assert refused is not None
            assert (refused.reason, refused.path) == (record.expected, record.path), refused
    assert case.records[-1].expected is not None


def test_every_reason_that_a_sender_can_cause_has_a_file() -> None:
    assert {record.expected for case in CASES for record in case.records} - {None} == set(Reason) - {Reason.PROCESSOR_ERROR}


def test_a_wrong_partition_is_wrong_for_its_key() -> None:
    (record,) = next(case.records for case in CASES if case.name == "wrong-partition")
    assert record.key is not None
    assert record.partition is not None
    assert record.partition != partition_of(record.key, 4)


def test_no_two_cases_share_a_contact() -> None:
    keys = [key for case in CASES for key in {record.key for record in case.records} if key]
    assert len(keys) == len(set(keys))
