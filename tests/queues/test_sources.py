"""A queue shard waits for its slowest source, judges without a stuck one, and takes it back (design §4)."""

import msgspec

from monitor.panes.where import Where
from monitor.policy.model import Policy
from monitor.processing import Effects, Output, Record
from monitor.queues.processor import QueuesProcessor
from schemas.alerts import Alert
from schemas.instants import SECOND, Instant
from schemas.panes import Watermark
from schemas.topics import QUEUE_PANES
from tests.queues.feed import START, Shard, commit, objective, policy, processor, records

RULES = policy(objective("level", minimum_volume=1, for_us=0), objective("for a while", minimum_volume=1, for_us=90 * SECOND))


def at(second: int) -> Instant:
    return START + second * SECOND


class Pair:
    """Two sources feeding one queue shard, second by second."""

    def __init__(self, rules: Policy = RULES, *, external_clock: bool = False) -> None:
        self.rules, self.external_clock = rules, external_clock
        self.shards = (Shard(0, rules), Shard(1, rules))
        self.state: dict[bytes, bytes] = {}
        self.queue = processor(rules, 2, self.state, external_clock)
        self.alerts: list[tuple[str, str, int, int]] = []

    def tick(self, shard: int, second: int, appended_at: Instant | None = None) -> None:
        for record in records(self.shards[shard].tick(at(second), appended_at)):
            self.queue.apply(record, 0)
        for out in commit(self.queue, self.state):
            alert = msgspec.json.decode(out.value or b"", type=Alert)
            self.alerts.append((alert.objective or "", alert.queue or "", alert.version, second))

    def bad_call(self, shard: int, second: int) -> None:
        self.shards[shard].call("PS", at(second - 60), 59.0)

    def sample(self, name: str, *labels: str) -> float | None:
        return {(each.name, each.labels): each.value for each in self.queue.samples()}.get((name, labels))


def test_nothing_is_judged_before_every_expected_source_was_heard_of() -> None:
    pair = Pair()
    pair.bad_call(0, 10)
    pair.tick(0, 10)
    pair.tick(0, 40)
    assert pair.alerts == []
    assert pair.sample("sla_queue_held_records") > 0  # type: ignore[operator]  # the sample is always there
    pair.tick(1, 20)
    assert pair.alerts == [("level", "PS", 1, 20)]


def test_records_ahead_of_the_slowest_source_are_one_state_key_each_until_their_turn() -> None:
    pair = Pair()
    pair.tick(1, 1)
    for second in range(2, 30):
        pair.bad_call(0, second)
        pair.tick(0, second)
    held = [key for key in pair.state if key.startswith(b"h|")]
    assert len(held) == pair.sample("sla_queue_held_records") > 50  # type: ignore[operator]
    pair.queue = processor(RULES, 2, pair.state, False)
    assert pair.sample("sla_queue_held_records") == len(held)
    pair.tick(1, 30)
    assert [key for key in pair.state if key.startswith((b"h|", b"t|"))] == [key for key in pair.state if key.startswith(b"t|")]
    assert len(pair.alerts) == 1


def test_a_source_more_than_a_minute_behind_real_time_is_judged_without_and_nothing_fires_meanwhile() -> None:
    pair = Pair()
    pair.tick(0, 0)
    pair.tick(1, 0)
    pair.bad_call(0, 5)
    pair.tick(0, 5)
    for second in (20, 40, 60):
        pair.tick(0, second)
        assert pair.queue.drain().outputs == []
        assert pair.sample("sla_queue_source_stuck", "contacts", "1") == 0
    pair.tick(0, 61)
    assert pair.sample("sla_queue_source_stuck", "contacts", "1") == 1
    assert pair.sample("sla_queues_incomplete") == 1
    pair.tick(0, 90)
    assert pair.sample("sla_service_level_ratio", "PS", "V3", "20", "5m") == 0
    assert pair.alerts == [], "an incomplete window fires nothing"


def test_a_source_that_returns_merges_as_corrections_and_judging_goes_on_from_the_t_reached() -> None:
    pair = Pair()
    pair.tick(0, 0)
    pair.tick(1, 0)
    pair.bad_call(0, 5)
    for second in (5, 70, 100):
        pair.tick(0, second)
    for number in range(30):  # what the returning source knew all along: the promise was kept
        pair.shards[1].call("PS", at(3) + number, 1.0)
    pair.tick(1, 10)
    assert pair.sample("sla_service_level_ratio", "PS", "V3", "20", "5m") == 30 / 31
    pair.tick(1, 99)
    assert pair.sample("sla_queues_incomplete") == 1
    pair.tick(1, 120)
    pair.tick(0, 120)
    assert pair.sample("sla_queues_incomplete") == 0
    assert pair.alerts == [], "the breach that half of the data showed never was one"


def test_an_incomplete_window_stops_no_for_and_resolves_nothing() -> None:
    pair = Pair()
    for shard in (0, 1):
        pair.bad_call(shard, 5)
        pair.tick(shard, 10)
    assert [alert[0] for alert in pair.alerts] == ["level"]
    for second in (20, 80, 120):
        pair.tick(0, second)
    for number in range(30):
        pair.shards[0].call("PS", at(100) + number, 1.0)
    pair.tick(0, 130)
    assert len(pair.alerts) == 1, "better numbers of half of the sources resolve nothing"
    for number in range(200):
        pair.shards[1].call("PS", at(100) + number, 60.0)
    pair.tick(1, 140)
    pair.tick(0, 140)
    assert [alert[:3] for alert in pair.alerts] == [("level", "PS", 1), ("for a while", "PS", 1)], "the `for` ran on from second 10"


def test_a_log_of_long_ago_and_an_external_clock_always_wait() -> None:
    for pair, appended_at in ((Pair(), at(10**6)), (Pair(external_clock=True), None)):
        pair.tick(0, 0, appended_at)
        pair.tick(1, 0, appended_at)
        pair.bad_call(0, 5)
        for second in (5, 70, 1000):
            pair.tick(0, second, appended_at)
        assert pair.sample("sla_queue_source_stuck", "contacts", "1") == 0
        assert pair.sample("sla_queue_held_records") > 0  # type: ignore[operator]


def test_a_source_never_heard_of_is_stuck_a_minute_after_the_first_watermark() -> None:
    pair = Pair()
    pair.bad_call(0, 0)
    pair.tick(0, 0)
    pair.tick(0, 59)
    assert pair.sample("sla_queue_source_stuck", "contacts", "1") == 0
    pair.tick(0, 62)
    assert pair.sample("sla_queue_source_stuck", "contacts", "1") == 1
    assert pair.sample("sla_service_level_ratio", "PS", "V3", "20", "5m") == 0


def refused(queue: QueuesProcessor, value: bytes | None) -> list[str]:
    queue.apply(Record(QUEUE_PANES, 0, 7, b"x", value), 0)
    effects: Effects = queue.drain()
    assert not effects.outputs
    return [str(reject.reason) for reject in effects.rejects]


def test_what_is_none_of_ours_is_refused_with_its_reason() -> None:
    queue = processor(RULES, 2)
    stranger = msgspec.json.encode(Watermark("contacts", 7, at(0), at(0)))
    assert refused(queue, None) == ["tombstone"]
    assert refused(queue, b"{") == ["malformed"]
    assert refused(queue, stranger) == ["contract"]


def test_a_watermark_that_goes_back_changes_nothing() -> None:
    pair = Pair()
    pair.tick(0, 10)
    mark = Output(QUEUE_PANES, b"watermark|contacts|0", msgspec.json.encode(Watermark("contacts", 0, at(5), at(5))))
    before = dict(pair.state)
    pair.queue.apply(records([mark])[0], 0)
    assert commit(pair.queue, pair.state) == []
    assert pair.state == before


def test_a_pane_taken_back_to_nothing_leaves_window_and_state() -> None:
    pair = Pair(external_clock=True)
    pair.bad_call(0, 5)
    for shard in (0, 1):
        pair.tick(shard, 10)
    assert pair.sample("sla_queue_volume_contacts", "PS", "5m") == 1
    ledger, where = pair.shards[0].ledger, Where("PS", "hotline")
    queued_at, ended_at = at(5 - 60), at(5 - 1)
    for name in ("offered", "answered"):
        ledger.book(where, queued_at, name, -1)
    ledger.book(where, ended_at, "answers", -1)
    for within in (10, 15, 20, 30):
        ledger.book(where, ended_at, f"sl_miss.{within}", -1)
    ledger.add(where, ended_at, "answer_wait_us", -59 * SECOND)
    for name in ("wait", "answer_wait"):
        ledger.observe(where, ended_at, name, 59 * SECOND, -1)
    for shard in (0, 1):
        pair.tick(shard, 20)
    assert pair.sample("sla_queue_volume_contacts", "PS", "5m") in (None, 0)
    assert not [key for key in pair.state if key.startswith(b"q|") and b"|10s|" in key]


def test_a_quarantined_watermark_touches_no_series() -> None:
    pair = Pair()
    pair.queue.quarantine(Record(QUEUE_PANES, 0, 0, b"watermark|contacts|0", b"?"))
    pair.queue.judge(at(0), at(0))
    assert not pair.queue.drain()
