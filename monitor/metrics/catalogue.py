"""The catalogue: every metric that ``/metrics`` can show (design §8). Processors and runtime give Samples by these names."""

from typing import Final, get_args

from monitor.metrics.metric import Metric, Origin
from monitor.metrics.names import MetricName


def _contacts(kind: str, labels: str, text: str, merge: str = "sum") -> Metric:
    return _metric("contacts", kind, labels, text, merge)


def _queues(kind: str, labels: str, text: str, merge: str = "sum") -> Metric:
    return _metric("queues", kind, labels, text, merge)


def _runtime(kind: str, labels: str, text: str, merge: str = "sum") -> Metric:
    return _metric("runtime", kind, labels, text, merge)


def _metric(origin: Origin, kind: str, labels: str, text: str, merge: str) -> Metric:
    return Metric(kind=kind, labels=tuple(labels.split()), help=text, origin=origin, merge=merge)  # type: ignore[arg-type]  # literal in each row


CATALOGUE: Final[dict[MetricName, Metric]] = {
    "sla_contacts_total": _contacts(
        "counter", "channel queue outcome", "Contacts by what became of them; offered counts each once, the others are outcomes"
    ),
    "sla_response_seconds": _contacts(
        "histogram", "channel queue", "Wait of answered calls and chats, from the queue to a human; edges are the promised times"
    ),
    "sla_abandon_wait_seconds": _contacts("histogram", "channel queue", "Wait of abandoned calls and chats; edges are the promised times"),
    "sla_handle_seconds": _contacts("summary", "channel queue", "Talk, hold and wrap-up of handled contacts"),
    "sla_contacts_open": _contacts("gauge", "channel", "Contacts that are not closed"),
    "sla_clock_cycles_total": _contacts(
        "counter", "clock outcome", "Finished clock cycles by verdict: met, breached, cancelled, exempt (requirements 5.10)"
    ),
    "sla_clock_seconds": _contacts("histogram", "clock", "Counted time of finished clock cycles"),
    "sla_clocks_running": _contacts("gauge", "clock", "Clocks that run or are paused"),
    "sla_breaches_total": _contacts("counter", "clock severity", "Breach alerts raised by clocks; a retracted one stays counted"),
    "sla_breaches_open": _contacts("gauge", "clock severity", "Breach alerts of clocks that are firing now"),
    "sla_next_deadline_timestamp_seconds": _contacts("gauge", "", "The instant at which the next clock falls due", "min"),
    "sla_events_total": _contacts("counter", "family type", "Events accepted"),
    "sla_events_duplicate_total": _contacts("counter", "family", "Events that were there already and changed nothing (P31)"),
    "sla_events_late_total": _contacts("counter", "family", "Events that came out of order and made a contact be folded again (P32)"),
    "sla_events_skewed_total": _contacts("counter", "family", "Events whose own time lay ahead of T and took effect at T (P37)"),
    "sla_queues_unknown_total": _contacts("counter", "family", "Contacts of a queue that the policy does not name; they get its default"),
    "sla_queue_waiting_contacts": _queues("gauge", "queue", "Contacts waiting now"),
    "sla_queue_oldest_wait_seconds": _queues("gauge", "queue", "Longest wait of those waiting now", "max"),
    "sla_service_level_ratio": _queues(
        "gauge", "queue definition threshold window", "Service level by definition V0-V8 within the threshold in seconds", "single"
    ),
    "sla_indicator_value": _queues("gauge", "queue indicator window", "Other indicators of a queue: seconds for times, 0-1 for shares", "single"),
    "sla_queue_volume_contacts": _queues("gauge", "queue window", "Contacts offered in the window: the n of every ratio", "single"),
    "sla_objective_value": _queues(
        "gauge", "objective scope", "Value of an objective's indicator over its window; absent while nothing was offered", "single"
    ),
    "sla_objective_target": _queues("gauge", "objective scope", "The promised value", "single"),
    "sla_objective_breached": _queues("gauge", "objective scope", "1 while the objective's alert is firing", "single"),
    "sla_queues_incomplete": _queues("gauge", "", "Queue scopes judged without one of their sources"),
    "sla_events_rejected_total": _runtime("counter", "topic reason", "Records refused as dead letters"),
    "sla_bad_share_ratio": _runtime("gauge", "topic", "Share of refused records among the last of a source", "max"),
    "sla_watermark_timestamp_seconds": _runtime("gauge", "processor partition", "T: the instant up to which the shard has judged", "max"),
    "sla_decision_lag_seconds": _runtime("gauge", "processor partition", "How far T is behind the clock, verdict delay included", "max"),
    "sla_source_lag_records": _runtime("gauge", "topic partition", "Records of a source that its shard has not applied", "max"),
    "sla_stable_offset_lag_records": _runtime("gauge", "topic partition", "Records that an open transaction hides from readers", "max"),
    "sla_records_applied_total": _runtime("counter", "processor", "Records applied by owned shards"),
    "sla_records_published_total": _runtime("counter", "topic", "Records published inside committed transactions"),
    "sla_processing_seconds": _runtime("summary", "processor", "Time spent applying and judging"),
    "sla_commit_seconds": _runtime("histogram", "processor", "Duration of commits: state, outputs and positions in one transaction"),
    "sla_shard_state": _runtime("gauge", "processor partition state", "1 for the state an owned shard is in: recovering, running, halted"),
    "sla_shard_inbox_bytes": _runtime("gauge", "processor partition", "Bytes fetched and not applied"),
    "sla_state_bytes": _runtime("gauge", "processor partition", "Bytes of state owned"),
    "sla_state_entries": _runtime("gauge", "processor partition", "Keys of state owned"),
    "sla_recovery_seconds": _runtime("gauge", "", "Duration of the last recovery from the changelogs", "max"),
    "sla_recovered_records": _runtime("gauge", "", "Changelog records that the last recovery read"),
    "sla_ticks_refused_total": _runtime("counter", "reason", "Ticks refused: another policy, or far from the broker's time"),
    "sla_gaps_accepted_total": _runtime("counter", "topic", "Truncated ranges passed over because accept_gap is set"),
    "sla_metric_overflow_series": _runtime("gauge", "", "Queues and regions beyond the cap, counted together as `other`"),
    "sla_policy_info": _runtime("gauge", "version title", "1; the policy that this worker runs", "max"),
    "sla_build_info": _runtime("gauge", "version python", "1; what this worker is", "max"),
}

_SUFFIXES: Final = {"histogram": ("_bucket", "_sum", "_count"), "summary": ("_sum", "_count")}

SAMPLES: Final[dict[str, tuple[MetricName, str]]] = {
    name + suffix: (name, suffix) for name in get_args(MetricName) for suffix in _SUFFIXES.get(CATALOGUE[name].kind, ("",))
}
"""Sample name → the metric it belongs to and its suffix."""
