"""What the alerts of objectives say, and how their life ends (design §8, P41, P59)."""

import msgspec
import pytest

from monitor.panes.totals import merged
from monitor.panes.where import Where
from monitor.policy.model import Objective, Policy, QueuePolicy
from monitor.processing import Output
from monitor.queues.processor import QueuesProcessor
from monitor.queues.summary import queue_summary
from schemas.alerts import Alert
from schemas.instants import DAY, HOUR, SECOND, Instant, format_instant
from schemas.panes import PaneTotals
from tests.queues.feed import PEAK, START, Shard, commit, objective, policy, processor, records

HOURLY: Instant = START - START % HOUR


class Line:
    """One source feeding one queue shard."""

    def __init__(self, rules: Policy) -> None:
        self.shard, self.state = Shard(0, rules), dict[bytes, bytes]()
        self.queue: QueuesProcessor = processor(rules, 1, self.state)

    def tick(self, t: Instant) -> list[Output]:
        for record in records(self.shard.tick(t)):
            self.queue.apply(record, 0)
        return commit(self.queue, self.state)

    def alerts(self, t: Instant) -> list[Alert]:
        return [msgspec.json.decode(out.value or b"", type=Alert) for out in self.tick(t)]

    def calls(self, queued_at: Instant, wait: float, number: int = 5) -> None:
        for each in range(number):
            self.shard.call("PS", queued_at + each, wait)


def test_an_alert_carries_value_target_n_window_and_definition_and_bounded_labels() -> None:
    line = Line(policy(objective("level", source="R40")))
    line.calls(START, 60.0)
    (out,) = line.tick(START + 70 * SECOND)
    alert = msgspec.json.decode(out.value or b"", type=Alert)
    assert (out.topic, out.key) == ("sla.alerts", alert.id.encode())
    assert dict(out.headers)["ce_type"] == b"cc.sla.alert.v1"
    assert dict(out.headers)["ce_id"] == f"{alert.id}.1".encode()
    assert (alert.version, alert.state, alert.kind, alert.reason) == (1, "firing", "objective", "objective_missed")
    assert (alert.queue, alert.objective, alert.target, alert.value, alert.policy) == ("PS", "level", 0.8, 0.0, "test")
    assert alert.starts_at == alert.detected_at == format_instant(START + 70 * SECOND)
    assert alert.labels == {"objective": "level", "scope": "queue", "queue": "PS"}
    assert {name: alert.annotations[name] for name in ("value", "n", "window", "target", "threshold_seconds", "source")} == {
        "value": "0", "n": "5", "window": "300 s", "target": ">= 0.8", "threshold_seconds": "20", "source": "R40",
    }  # fmt: skip
    assert "short abandons removed" in alert.annotations["definition"]


def test_a_resolved_alert_keeps_its_id_and_says_why_it_ended() -> None:
    line = Line(policy(objective("level")))
    line.calls(START, 60.0)
    (first,) = line.alerts(START + 70 * SECOND)
    line.calls(START + 75 * SECOND, 1.0, 50)
    (last,) = line.alerts(START + 80 * SECOND)
    assert (last.id, last.version, last.state, last.reason) == (first.id, 2, "resolved", "recovered")
    assert last.value == 50 / 55
    assert last.ends_at == format_instant(START + 80 * SECOND)
    assert last.annotations["resolution"] == "recovered: 0.909091 (n = 55)"
    line.calls(START + 85 * SECOND, 60.0, 50)
    (again,) = line.alerts(START + 150 * SECOND)
    assert (again.version, again.state) == (1, "firing")
    assert again.id != first.id


def test_a_peak_objective_counts_only_its_hours_and_is_resolved_when_they_end() -> None:
    line = Line(policy(objective("peak", calendar=PEAK, window_us=2 * HOUR, minimum_volume=5)))
    line.calls(HOURLY - 200 * SECOND, 60.0, 50)
    assert line.alerts(HOURLY + 10 * SECOND) == [], "what was before the peak is not in its window"
    line.calls(HOURLY + 20 * SECOND, 60.0)
    (fired,) = line.alerts(HOURLY + 100 * SECOND)
    assert fired.annotations["n"] == "5"
    (ended,) = line.alerts(HOURLY + 1801 * SECOND)
    assert (ended.state, ended.reason) == ("resolved", "calendar_closed")
    line.calls(HOURLY + 1900 * SECOND, 60.0)
    assert line.alerts(HOURLY + 3000 * SECOND) == []
    (again,) = line.alerts(HOURLY + 3600 * SECOND)
    assert (again.state, again.annotations["n"]) == ("firing", "5"), "when the peak opens again every window is looked at"


def test_an_objective_that_the_policy_no_longer_has_is_resolved_at_the_next_judgement() -> None:
    line = Line(policy(objective("level"), objective("other", only=frozenset({"NW"}))))
    line.calls(START, 60.0)
    (fired,) = line.alerts(START + 70 * SECOND)
    line.queue = processor(policy(objective("other")), 1, line.state)
    (ended, other) = line.alerts(START + 80 * SECOND)
    assert (ended.id, ended.version, ended.state, ended.reason) == (fired.id, 2, "resolved", "no_longer_promised")
    assert (other.objective, other.state) == ("other", "firing")
    assert line.alerts(START + 90 * SECOND) == []


def test_an_ended_alert_is_tombstoned_when_its_time_is_over_and_leaves_the_state() -> None:
    line = Line(policy(objective("level")))
    line.calls(START, 60.0)
    (fired,) = line.alerts(START + 70 * SECOND)
    line.calls(START + 75 * SECOND, 1.0, 50)
    line.tick(START + 80 * SECOND)
    line.queue = processor(policy(objective("level")), 1, line.state)
    assert line.tick(START + 34 * DAY) == []
    (tombstone,) = line.tick(START + 36 * DAY)
    assert (tombstone.key, tombstone.value) == (fired.id.encode(), None)
    assert not [key for key in line.state if key.startswith((b"e|", b"o|"))]


def test_a_quarantined_pane_leaves_its_series_unjudged_until_it_has_left_every_window() -> None:
    rules = policy(objective("level", window_us=DAY))
    line = Line(rules)
    line.tick(START)
    line.calls(START, 60.0)
    lost, *rest = records(line.shard.tick(START + 70 * SECOND))
    assert b"all|" in (lost.key or b"")
    broken = next(record for record in rest if (record.key or b"").startswith(b"queue:PS||10s|"))
    for record in rest:
        if record is broken:
            line.queue.quarantine(record)
        else:
            line.queue.apply(record, 0)
    assert commit(line.queue, line.state) == []
    line.calls(START + 100 * SECOND, 60.0)
    line.queue = processor(rules, 1, line.state)
    assert line.alerts(START + 200 * SECOND) == []
    line.calls(START + 2 * DAY, 60.0)
    assert [alert.state for alert in line.alerts(START + 2 * DAY + 100 * SECOND)] == ["firing"]


@pytest.mark.parametrize("days", [0, 2, 36, 401])
def test_panes_are_dropped_when_every_source_has_passed_their_age(days: int) -> None:
    line = Line(policy(objective("level")))
    line.calls(START, 60.0)
    line.tick(START + DAY // 24)
    line.tick(START + days * DAY + 2 * HOUR)
    kept = {key.decode().split("|")[3] for key in line.state if key.startswith(b"q|queue:PS")}
    assert kept == {0: {"10s", "5m", "1h", "1d"}, 2: {"1h", "1d"}, 36: {"1d"}, 401: set()}[days]


def test_samples_show_queues_objectives_and_sources_by_name() -> None:
    line = Line(policy(objective("level", minimum_volume=50), queues=QueuePolicy(scopes=("queue", "all"))))
    line.calls(START, 60.0, 10)
    line.shard.presence.enter(Where("PS", "hotline"), "a", START + 40 * SECOND)
    line.tick(START + 70 * SECOND)
    shown = {(sample.name, sample.labels): sample.value for sample in line.queue.samples()}
    assert shown["sla_queue_waiting_contacts", ("PS",)] == 1
    assert shown["sla_queue_oldest_wait_seconds", ("PS",)] == 30
    assert shown["sla_service_level_ratio", ("PS", "V8", "20", "now")] == 0
    assert shown["sla_service_level_ratio", ("PS", "V8", "30", "now")] == 1
    assert shown["sla_service_level_ratio", ("PS", "V6", "20", "30m")] == 0
    assert shown["sla_queue_volume_contacts", ("PS", "1d")] == 10
    assert shown["sla_indicator_value", ("PS", "asa_seconds", "5m")] == 60
    assert shown["sla_indicator_value", ("PS", "wait_seconds.p95", "1h")] == pytest.approx(60, rel=0.01)
    assert shown["sla_objective_value", ("level", "queue:PS", "")] == 0
    assert shown["sla_objective_target", ("level", "queue:PS", "")] == 0.8
    assert shown["sla_objective_breached", ("level", "queue:PS", "")] == 0
    assert shown["sla_queues_incomplete", ()] == 0
    assert shown["sla_queue_source_watermark_timestamp_seconds", ("contacts", "0")] == START // SECOND + 70
    line.tick(START + 70 * SECOND + 2 * DAY)
    assert not [
        key for key in ((each.name, each.labels) for each in line.queue.samples()) if key[0] == "sla_service_level_ratio" and key[1][1] != "V8"
    ]


def test_an_empty_queue_has_counts_and_no_shares() -> None:
    summary = queue_summary(PaneTotals(), (20,))
    assert (summary["offered"], summary["answered"], summary["abandoned"]) == (0, 0, 0)
    assert summary["service_level"] == {"V0": None, **{f"V{number}": {"20": None} for number in range(1, 8)}}
    assert summary["asa_seconds"] is None


def test_a_summary_is_of_the_lifetime_totals_of_all_shards() -> None:
    rules = policy(Objective(name="x", indicator="waiting", window_us=SECOND, comparison="<=", target=9))
    shards = [Shard(0, rules), Shard(1, rules)]
    shards[0].call("PS", START, 10.0)
    shards[1].call("PS", START, 25.0)
    shards[1].call("PS", START, 2.0, answered=False)
    totals = merged(each for shard in shards for scope, _, each in shard.ledger.lifetime() if scope == "queue:PS")
    summary = queue_summary(totals, (30, 10, 20))
    assert (summary["offered"], summary["answered"], summary["abandoned"], summary["short_abandoned"]) == (3, 2, 1, 1)
    assert summary["service_level"]["V3"] == {"10": 1 / 3, "20": 1 / 3, "30": 2 / 3}  # type: ignore[index]
    assert summary["service_level"]["V6"]["20"] == 0.5  # type: ignore[index]
    assert summary["asa_seconds"] == 17.5
    assert summary["abandonment_ratio"] == {"gross": 1 / 3, "net": 0.0}
