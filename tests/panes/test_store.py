"""Stored panes are read by the version that wrote them, or refused with what to do; T is cut to whole seconds."""

import msgspec
import pytest

from monitor.errors import StateError
from monitor.panes.ages import Ages
from monitor.panes.slots import Slots
from monitor.panes.store import decode_pane, encode_pane
from monitor.panes.watermark import watermarks, whole_second
from schemas.instants import HOUR, SECOND
from schemas.panes import PaneTotals, QueueInput, Watermark


def test_a_pane_comes_back_with_its_stamp() -> None:
    totals = PaneTotals({"offered": 3}, {"talk_us": 7}, {"wait": {-1: 1, 690: 2}})
    assert decode_pane(encode_pane(totals, 17)) == (totals, 17)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        pytest.param(b"\xc1", "cannot be read", id="bytes that are none of ours"),
        pytest.param(msgspec.msgpack.encode((9, 0, {}, {}, {})), "version 9", id="a version that this worker does not know"),
    ],
)
def test_a_pane_that_cannot_be_read_is_a_state_error(value: bytes, words: str) -> None:
    with pytest.raises(StateError, match=words):
        decode_pane(value)


def test_a_watermark_goes_to_every_partition() -> None:
    mark = Watermark("contacts", 1, whole_second(1_770_000_000_999_999), 5)
    sent = watermarks(mark, 3)
    assert [out.partition for out in sent] == [0, 1, 2]
    assert {out.key for out in sent} == {b"watermark|contacts|1"}
    assert {msgspec.json.decode(out.value or b"", type=QueueInput) for out in sent} == {mark}
    assert mark.t == 1_770_000_000 * SECOND


def test_forgetting_what_is_not_there_changes_nothing() -> None:
    ages: Ages[str] = Ages()
    ages.forget("10s", 0, "a")
    ages.remember("10s", 0, "a")
    ages.forget("10s", 0, "b")
    assert list(ages.items("10s", 0)) == ["a"]
    assert ages.close(6 * HOUR + 10 * SECOND) == [("10s", 0, "a")]


def test_remembered_time_zone_offsets_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("monitor.panes.slots._REMEMBERED", 2)
    slots = Slots("Asia/Kolkata")
    assert [slots.slot_at("1h", hour * HOUR) for hour in (1, 2, 3, 1)] == [HOUR // 2 + hour * HOUR for hour in (0, 1, 2, 0)]
