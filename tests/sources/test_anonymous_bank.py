"""The bank reader against an independent count of the same file, clean and dirty (data/README.md, R45, R79)."""

import lzma
import random
from collections import Counter
from pathlib import Path

import pytest

from monitor.errors import SourceError
from monitor.sources.anonymous_bank import BankLog, events_of, read_bank
from monitor.sources.bank_rows import COLUMNS
from schemas.cloudevents import decode_event, encode_event
from schemas.events import event_name
from schemas.instants import format_instant
from tests.sources.bank_fold import fold
from tests.sources.bank_totals import totals
from tests.sources.recorded import BANK, recorded

HEADER = "\t".join(COLUMNS)


def row(**changes: str) -> str:
    """A row of the log: a gold customer who waits 17 seconds and is served for 54."""
    plain = {
        "vru+line": "AA0101", "call_id": "33118", "customer_id": "c19326479ab", "priority": "2", "type": "PS", "date": "990101",
        "vru_entry": "6:55:20", "vru_exit": "6:55:26", "vru_time": "6", "q_start": "6:55:26", "q_exit": "6:55:43", "q_time": "17",
        "outcome": "AGENT", "ser_start": "6:55:43", "ser_exit": "6:56:37", "ser_time": "54", "server": "a8beb9b",
    }  # fmt: skip
    return "\t".join((plain | changes).values())


def hung_up_in_menu(**changes: str) -> str:
    return row(
        **{
            "q_start": "0:00:00", "q_exit": "0:00:00", "q_time": "0", "outcome": "HANG", "ser_start": "0:00:00",
            "ser_exit": "0:00:00", "ser_time": "0", "server": "NO_SERVER", "customer_id": "0", "priority": "0",
        }
        | changes
    )  # fmt: skip


def read(tmp_path: Path, *rows: str) -> BankLog:
    path = tmp_path / "month.tsv"
    path.write_text("\n".join([HEADER, *rows]) + "\n")
    return read_bank(path)


def life(log: BankLog) -> list[tuple[str, str]]:
    return [(event_name(arrival.event.data), format_instant(arrival.event.at)) for arrival in log.arrivals()]


@pytest.fixture(scope="module")
def january() -> BankLog:
    return read_bank(recorded(BANK))


def test_january_gives_the_totals_of_the_readme(january: BankLog) -> None:
    found = fold(january.arrivals())
    ps, nw = found["PS"], found["NW"]
    assert (ps.offered, ps.abandoned, ps.p95) == (22_033, 1_659, 145)
    assert (nw.offered, nw.abandoned, nw.p95) == (5_233, 1_216, 191)
    assert ps.within[2] / ps.offered == pytest.approx(0.572, abs=0.0005)
    assert nw.within[2] / nw.offered == pytest.approx(0.402, abs=0.0005)
    assert ps.asa_seconds == pytest.approx(32.3, abs=0.05)
    assert nw.asa_seconds == pytest.approx(47.2, abs=0.05)


def test_january_equals_the_independent_count_in_every_queue(january: BankLog) -> None:
    assert fold(january.arrivals()) == totals(recorded(BANK))


def test_january_dirt_is_counted_by_kind(january: BankLog) -> None:
    dirt = january.dirt
    assert dirt["phantom"] == 240
    assert dirt["queue_wraps_midnight"] == 1
    assert dirt["undocumented_type"] == 2
    assert dirt["service_before_queue_exit"] > 9_000
    assert dirt["hung_up_with_service"] == 83


def test_all_events_of_january_keep_the_contract_and_come_in_order(january: BankLog) -> None:
    latest, seen = 0, set()
    for number, arrival in enumerate(january.arrivals()):
        assert arrival.delivered_at == arrival.event.at >= latest
        latest = arrival.delivered_at
        identity = (arrival.event.source, arrival.event.id)
        assert identity not in seen
        seen.add(identity)
        if number % 20 == 0:
            assert decode_event(*encode_event(arrival.event), arrival.event.family) == arrival.event
    assert len(seen) == january.total


def soil(rows: list[list[str]], rng: random.Random) -> list[str]:
    """A month as dirty as the log's other months, and dirtier: formats, wraps, skew, repeats, blanks for tabs, unknown words."""
    place = {name: index for index, name in enumerate(COLUMNS)}
    soiled = []
    for fields in rows:
        fields = fields.copy()
        fate = rng.random()
        if fate < 0.3:  # later months pad the hours
            fields = [f"0{field}" if field[1:2] == ":" else field for field in fields]
        elif fate < 0.32:
            fields[place["outcome"]] = rng.choice(["CALLBACK", "OTHER"])
        elif fate < 0.34:
            fields[place["type"]] = rng.choice(["AA", "ZZ"])
        elif fate < 0.36:
            fields[place["q_exit"]] = "0:00:03"
        elif fate < 0.38:
            fields[place["ser_start"]], fields[place["ser_exit"]] = "0:00:00", "25:01:01"
        elif fate < 0.40:
            fields[place["vru_exit"]] = "1:00:00"
        elif fate < 0.41 and fields[place["q_start"]] != "0:00:00":
            fields[place["q_time"]] = "-3"
        text = "\t".join(fields)
        if 0.41 < fate < 0.42:
            text = text.replace("\t", "       ", 5).replace("       ", "\t", 4)
        if 0.42 < fate < 0.43:
            text = "\t".join(fields[:9])
        soiled.append(text)
        if 0.43 < fate < 0.44:
            soiled.append(text)
    return soiled


def test_a_month_with_every_kind_of_dirt_still_equals_the_independent_count(tmp_path: Path) -> None:
    with lzma.open(recorded(BANK), "rt") as file:
        names, *rows = [line.rstrip("\n").split("\t") for line in file][:8001]
    path = tmp_path / "dirty.tsv"
    path.write_text("\r\n".join(["\t".join(names), *soil(rows, random.Random(7)), ""]))
    log = read_bank(path)
    assert fold(log.arrivals()) == totals(path)
    assert log.dirt["unknown_outcome"] > 50
    assert log.dirt["repeated_call_id"] > 30
    assert log.dirt["blanks_for_tab"] > 30
    assert log.dirt["broken_row"] > 30
    assert log.dirt["negative_wait"] > 10
    contacts = Counter(call.id for call in log.calls)
    assert max(contacts.values()) == 1


LIVES = {
    "a call that waits is queued at q_start and answered q_time later": (
        row(),
        [
            ("call.ivr_entered", "1999-01-01T04:55:20Z"), ("call.ivr_left", "1999-01-01T04:55:26Z"),
            ("call.queued", "1999-01-01T04:55:26Z"), ("call.answered", "1999-01-01T04:55:43Z"),
            ("call.ended", "1999-01-01T04:56:37Z"),
        ],
    ),
    "a call that reaches an agent without queueing is queued and answered at one instant": (
        row(q_start="0:00:00", q_exit="0:00:00", q_time="0", ser_start="6:55:25"),
        [
            ("call.ivr_entered", "1999-01-01T04:55:20Z"), ("call.ivr_left", "1999-01-01T04:55:26Z"),
            ("call.queued", "1999-01-01T04:55:26Z"), ("call.answered", "1999-01-01T04:55:26Z"),
            ("call.ended", "1999-01-01T04:56:20Z"),
        ],
    ),
    "a hang-up in the menu is not offered": (
        hung_up_in_menu(),
        [("call.ivr_entered", "1999-01-01T04:55:20Z"), ("call.ivr_left", "1999-01-01T04:55:26Z")],
    ),
    "zero padded hours of a call that never queued mean the same": (
        hung_up_in_menu(q_start="00:00:00", q_exit="00:00:00"),
        [("call.ivr_entered", "1999-01-01T04:55:20Z"), ("call.ivr_left", "1999-01-01T04:55:26Z")],
    ),
    "a hang-up in the queue is an abandonment at q_start + q_time": (
        row(outcome="HANG", ser_start="0:00:00", ser_exit="0:00:00", ser_time="0", server="NO_SERVER"),
        [
            ("call.ivr_entered", "1999-01-01T04:55:20Z"), ("call.ivr_left", "1999-01-01T04:55:26Z"),
            ("call.queued", "1999-01-01T04:55:26Z"), ("call.abandoned", "1999-01-01T04:55:43Z"),
        ],
    ),
    "a wait over midnight goes on into the next day": (
        row(
            vru_entry="23:59:23", vru_exit="23:59:23", q_start="23:59:28", q_exit="0:00:03", q_time="35",
            ser_start="0:00:03", ser_exit="0:00:55", ser_time="52",
        ),
        [
            ("call.ivr_entered", "1999-01-01T21:59:23Z"), ("call.ivr_left", "1999-01-01T21:59:23Z"),
            ("call.queued", "1999-01-01T21:59:28Z"), ("call.answered", "1999-01-01T22:00:03Z"),
            ("call.ended", "1999-01-01T22:00:55Z"),
        ],
    ),
    "a menu that wraps midnight queues on the next day": (
        row(vru_entry="23:59:58", vru_exit="0:00:04", q_start="0:00:04", q_exit="0:00:21"),
        [
            ("call.ivr_entered", "1999-01-01T21:59:58Z"), ("call.ivr_left", "1999-01-01T22:00:04Z"),
            ("call.queued", "1999-01-01T22:00:04Z"), ("call.answered", "1999-01-01T22:00:21Z"),
            ("call.ended", "1999-01-01T22:01:15Z"),
        ],
    ),
    "a menu left before it was entered lasts no time": (
        row(vru_entry="6:56:03"),
        [
            ("call.ivr_entered", "1999-01-01T04:55:26Z"), ("call.ivr_left", "1999-01-01T04:55:26Z"),
            ("call.queued", "1999-01-01T04:55:26Z"), ("call.answered", "1999-01-01T04:55:43Z"),
            ("call.ended", "1999-01-01T04:56:37Z"),
        ],
    ),
    "a call in summer is two hours more from UTC; its wait is the column, whatever the clocks do": (
        row(date="990903", vru_entry="1:59:50", vru_exit="1:59:55", q_start="1:59:55", q_exit="1:00:15", q_time="20"),
        [
            ("call.ivr_entered", "1999-09-02T22:59:50Z"), ("call.ivr_left", "1999-09-02T22:59:55Z"),
            ("call.queued", "1999-09-02T22:59:55Z"), ("call.answered", "1999-09-02T23:00:15Z"),
            ("call.ended", "1999-09-02T23:01:09Z"),
        ],
    ),
    "an unknown outcome in the queue flowed out: offered, neither answered nor abandoned": (
        row(outcome="LOST"),
        [
            ("call.ivr_entered", "1999-01-01T04:55:20Z"), ("call.ivr_left", "1999-01-01T04:55:26Z"),
            ("call.queued", "1999-01-01T04:55:26Z"), ("call.flow_out", "1999-01-01T04:55:43Z"),
        ],
    ),
    "a phantom is left out": (row(outcome="PHANTOM"), []),
    "New Year's Eve as month/day/year is the same day": (
        hung_up_in_menu(date="12/31/1999"),
        [("call.ivr_entered", "1999-12-31T04:55:20Z"), ("call.ivr_left", "1999-12-31T04:55:26Z")],
    ),
    "hours from 24 on belong to the next day": (
        hung_up_in_menu(vru_entry="24:00:10", vru_exit="24:00:12"),
        [("call.ivr_entered", "1999-01-01T22:00:10Z"), ("call.ivr_left", "1999-01-01T22:00:12Z")],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), LIVES.values(), ids=LIVES.keys())
def test_row(tmp_path: Path, text: str, expected: list[tuple[str, str]]) -> None:
    assert life(read(tmp_path, text)) == expected


def test_attributes_of_a_gold_customer(tmp_path: Path) -> None:
    answered = events_of(read(tmp_path, row()).calls[0])[3]
    data = answered.data
    assert (data.queue, data.channel, data.vip_tier, data.customer_key, data.agent_id) == ("PS", "hotline", "vip", "c19326479ab", "a8beb9b")
    assert (answered.contact, answered.id, answered.sequence, data.sequence) == ("AA0101-33118-990101", "AA0101-33118-990101:4", 4, 4)


def test_an_unidentified_customer_has_no_key(tmp_path: Path) -> None:
    assert events_of(read(tmp_path, hung_up_in_menu()).calls[0])[0].data.customer_key is None


def test_the_same_call_id_on_two_lines_is_two_contacts_and_a_repeated_row_a_third(tmp_path: Path) -> None:
    log = read(tmp_path, row(), row(**{"vru+line": "AA0102"}), row())
    assert [call.id for call in log.calls] == ["AA0101-33118-990101", "AA0102-33118-990101", "AA0101-33118-990101.2"]


def test_a_row_with_a_broken_date_belongs_to_the_day_before_it(tmp_path: Path) -> None:
    log = read(tmp_path, row(), row(date="99x101", call_id="7"))
    assert [call.queued_at for call in log.calls] == [log.calls[0].queued_at] * 2
    assert log.dirt["bad_date"] == 1


def test_unreadable_numbers_fall_back_to_the_clocks(tmp_path: Path) -> None:
    call = read(tmp_path, row(q_time="?", ser_time="")).calls[0]
    assert (call.wait_us, call.served_us) == (17_000_000, 54_000_000)


WRONG = {
    "an empty file": ("", "empty"),
    "another table": ("a,b,c\n1,2,3\n", "not the Anonymous Bank log"),
    "the header alone": (HEADER + "\n", "empty"),
    "rows of another table under the header": (HEADER + "\n" + "1\t2\n" * 5, "do not have 17"),
}


@pytest.mark.parametrize(("text", "message"), WRONG.values(), ids=WRONG.keys())
def test_a_file_that_is_not_the_log_is_refused_with_its_place(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "wrong.tsv"
    path.write_text(text)
    with pytest.raises(SourceError, match=message) as caught:
        read_bank(path)
    assert f"{path}:" in str(caught.value)


def test_a_file_without_header_has_the_documented_columns(tmp_path: Path) -> None:
    path = tmp_path / "bare.tsv"
    path.write_text(row() + "\n")
    log = read_bank(path)
    assert (len(log.calls), log.dirt["no_header"]) == (1, 1)


def test_damaged_compression_and_missing_files_are_source_errors(tmp_path: Path) -> None:
    cut = tmp_path / "cut.tsv.xz"
    cut.write_bytes(lzma.compress((HEADER + "\n" + row() + "\n").encode())[:-20])
    with pytest.raises(SourceError, match="damaged or cut short"):
        read_bank(cut)
    with pytest.raises(SourceError, match="cannot be read"):
        read_bank(tmp_path / "missing.tsv")
