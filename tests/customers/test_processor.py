"""The shard around the rules: order of T, restarts, stuck sources, bounds of memory, records that are refused or set aside."""

import msgspec
import pytest

from monitor.customers.groups import MOST
from monitor.policy.model import CustomerRules
from monitor.processing import Record
from schemas.customers import CustomerContact
from schemas.instants import DAY, HOUR, SECOND
from schemas.panes import PaneRecord, Watermark
from schemas.reasons import Reason
from schemas.topics import CUSTOMER_CONTACTS
from tests.customers.driving import Shard, at, facts, order

FIRST = {"repeat.contacts": 1, "fcr.first": 1, "fcr.solved": 1}


def sample(shard: Shard, name: str) -> float:
    return sum(each.value for each in shard.processor.samples() if each.name == name)


def kept(shard: Shard) -> int:
    shard.commit()
    return sum(key.startswith(b"i|") for key in shard.state)


def test_nothing_counts_before_every_source_has_passed_it() -> None:
    shard = Shard(sources=2)
    shard.tell(facts("c1", 0, 0.1), at(1))
    shard.mark(at(1), 0)
    assert shard.counters() == {}
    assert (shard.watermarks(), sample(shard, "sla_customers_held_records")) == ([], 1)
    shard.restart()
    shard.mark(at(1), 1)
    assert (shard.counters(), shard.watermarks()) == (FIRST, [at(1)])


def test_its_watermark_comes_after_its_panes_and_says_when_the_tick_was_appended() -> None:
    shard = Shard(sources=2)
    shard.tell(facts("c1", 0, 0.1), at(1))
    shard.mark(at(1), 0, appended_at=at(1) + SECOND)
    shard.restart()
    shard.mark(at(1), 1, appended_at=at(1) + 9 * SECOND)
    shard.commit()
    sent = [msgspec.json.decode(out.value or b"", type=PaneRecord | Watermark) for out in shard.outputs]
    assert sent[-1] == Watermark("customers", 0, at(1), at(1) + SECOND, "p1")
    assert len(sent) > 1
    assert all(isinstance(each, PaneRecord) and (each.processor, each.t) == ("customers", at(1)) for each in sent[:-1])


def test_a_stuck_source_is_judged_without_and_what_it_brings_later_are_corrections() -> None:
    shard = Shard(sources=2, external_clock=False)
    shard.mark(at(0), 1)
    for second in range(70):
        shard.mark(at(0) + second * SECOND, 0)
    assert shard.watermarks()[-1] == at(0) + 69 * SECOND
    assert sample(shard, "sla_customers_source_stuck") == 1
    shard.tell(facts("c1", -1, -0.5), at(0) + SECOND, source=1)
    shard.mark(at(0) + 2 * SECOND, 1)
    shard.mark(at(0) + 80 * SECOND, 0)
    shard.mark(at(0) + 80 * SECOND, 1)
    assert shard.counters() == FIRST


def test_with_an_external_clock_it_always_waits() -> None:
    shard = Shard(sources=2)
    shard.mark(at(0), 1)
    for second in range(70):
        shard.mark(at(0) + second * SECOND, 0)
    assert shard.watermarks() == [at(0)]


def test_the_same_contact_told_again_counts_once() -> None:
    shard = Shard()
    for hour in range(1, 4):
        shard.tell(facts("c1", 0, 0.1), at(hour))
        shard.mark(at(hour))
        shard.restart()
    assert {name: n for name, n in shard.counters().items() if name != "fcr.final"} == FIRST


def test_a_contact_that_is_gone_takes_everything_back() -> None:
    shard = Shard()
    first, second = facts("c1", 0, 0.1), facts("c2", 1, 1.1)
    shard.tell(first, at(1))
    shard.tell(second, at(1.2))
    shard.mark(at(1.2))
    shard.gone(first, at(1.5))
    shard.mark(at(1.5))
    assert shard.counters() == FIRST
    shard.gone(second, at(1.6))
    shard.mark(at(1.6))
    assert (shard.counters(), kept(shard)) == ({}, 0)


def test_a_contact_is_forgotten_when_its_windows_and_a_day_have_passed() -> None:
    shard = Shard()
    shard.tell(facts("c1", 0, 1), at(1))
    shard.mark(at(1 + 5 + 24) - SECOND)
    assert (kept(shard), sample(shard, "sla_customers_forgotten_total")) == (1, 0)
    shard.mark(at(1 + 5 + 24))
    assert (kept(shard), sample(shard, "sla_customers_forgotten_total")) == (0, 1)
    assert not [key for key in shard.state if key[:2] in (b"g|", b"b|")]
    assert shard.counters() == FIRST | {"fcr.final": 1}


def test_forgetting_leaves_what_it_meant_for_others() -> None:
    rules = CustomerRules(window_us=2 * HOUR, fake_closure_us=HOUR)
    shard = Shard(rules)
    shard.tell(facts("c1", 0, 1), at(1))
    shard.tell(order("o1", 2, None, left=False), at(2))
    shard.mark(at(2))
    shard.mark(at(1 + 2 + 24))  # c1 goes, the order that repeats it stays
    assert kept(shard) == 1
    shard.tell(order("o1", 2, 30, left=False), at(30))
    shard.mark(at(30))
    assert shard.counters() == {"repeat.contacts": 2, "repeat.repeats": 1, "fcr.first": 1, "fcr.final": 1}


def test_an_escalated_order_that_is_forgotten_leaves_its_call_unsolved() -> None:
    shard = Shard()
    shard.tell(order("o1", 0.5, 1, cause="c1", escalated=True, problem=""), at(1))
    shard.tell(facts("c1", 0, 20), at(20))
    shard.mark(at(20))
    shard.mark(at(1 + 5 + 24))
    assert kept(shard) == 1
    shard.tell(facts("c1", 0, 21), at(40))
    shard.mark(at(40))
    assert shard.counters().get("fcr.solved", 0) == 0


def test_a_contact_that_never_ends_is_given_up_in_the_end() -> None:
    shard = Shard()
    shard.tell(facts("c1", 0), at(0.1))
    shard.mark(at(0) + 91 * DAY)
    assert kept(shard) == 1
    shard.mark(at(0) + 92 * DAY)
    assert kept(shard) == 0


def test_a_change_of_a_forgotten_contact_changes_nothing_and_is_counted() -> None:
    shard = Shard()
    shard.tell(facts("c1", 0, 1), at(1))
    shard.mark(at(48))
    shard.tell(facts("c1", 0, None), at(49))
    shard.mark(at(49))
    assert shard.counters() == FIRST | {"fcr.final": 1}
    assert sample(shard, "sla_customers_late_total") == 1


def test_one_customer_fills_no_more_than_a_bounded_group_and_the_counts_stay_right() -> None:
    shard = Shard()
    for number in range(MOST + 20):
        shard.tell(facts(f"c{number:03}", number / 100, number / 100 + 0.001), at(number / 100 + 0.01))
        shard.mark(at(number / 100 + 0.01))
    assert (kept(shard), sample(shard, "sla_customers_crowded_total")) == (MOST, 20)
    assert shard.counters() == {"repeat.contacts": MOST + 20, "repeat.repeats": MOST + 19, "fcr.first": 1, "fcr.final": 1}


def test_how_many_are_provisional_is_known_after_a_restart() -> None:
    shard = Shard()
    shard.tell(facts("c1", 0, 1), at(1))
    shard.tell(facts("c2", 0, 1, problem="p2"), at(1))
    shard.mark(at(1))
    shard.restart()
    assert (sample(shard, "sla_customers_provisional"), sample(shard, "sla_customers_contacts_kept")) == (2, 2)
    shard.mark(at(4))
    assert sample(shard, "sla_customers_provisional") == 0


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        pytest.param(None, Reason.TOMBSTONE, id="nothing"),
        pytest.param(b"{", Reason.MALFORMED, id="no JSON"),
        pytest.param(b'{"kind":"pane"}', Reason.MALFORMED, id="a record of another topic"),
        pytest.param(msgspec.json.encode(Watermark("contacts", 7, 1, 1)), Reason.CONTRACT, id="a source that is none"),
    ],
)
def test_what_is_no_record_of_a_source_is_refused(value: bytes | None, reason: Reason) -> None:
    shard = Shard()
    shard.processor.apply(Record(CUSTOMER_CONTACTS, 0, 3, b"k", value), 0)
    shard.commit()
    assert [each.reason for each in shard.rejects] == [reason]


def test_a_contact_set_aside_changes_nothing_any_more_also_after_a_restart() -> None:
    shard = Shard()
    shard.processor.quarantine(Record(CUSTOMER_CONTACTS, 0, 0, b"call|c1", b"?"))
    shard.processor.quarantine(Record(CUSTOMER_CONTACTS, 0, 1, b"watermark|contacts|0", b"?"))
    shard.restart()
    assert sample(shard, "sla_customers_unjudged") == 1
    shard.tell(facts("c1", 0, 0.1), at(1))
    shard.mark(at(1))
    assert shard.counters() == {}


def test_the_wire_leaves_out_what_is_not_said() -> None:
    record = CustomerContact(facts("c1", 0), False, "contacts", 0, at(1))
    assert set(msgspec.json.decode(msgspec.json.encode(record))["facts"]) == {
        "family", "contact", "customer", "problem", "place", "opened_at", "served",
    }  # fmt: skip
