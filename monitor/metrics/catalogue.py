"""The catalogue: every metric that ``/metrics`` can show (design §8). Processors and runtime give Samples by these names."""

from typing import Final, get_args

from monitor.metrics.metric import Metric, Origin
from monitor.metrics.names import MetricName


def _contacts(kind: str, labels: str, text: str, merge: str = "sum") -> Metric:
    return _metric("contacts", kind, labels, text, merge)


def _customers(kind: str, labels: str, text: str, merge: str = "sum") -> Metric:
    return _metric("customers", kind, labels, text, merge)


def _queues(kind: str, labels: str, text: str, merge: str = "sum") -> Metric:
    return _metric("queues", kind, labels, text, merge)


def _runtime(kind: str, labels: str, text: str, merge: str = "sum") -> Metric:
    return _metric("runtime", kind, labels, text, merge)


def _metric(origin: Origin, kind: str, labels: str, text: str, merge: str) -> Metric:
    return Metric(kind=kind, labels=tuple(labels.split()), help=text, origin=origin, merge=merge)  # type: ignore[arg-type]  # literal in each row


CATALOGUE: Final[dict[MetricName, Metric]] = {
    "sla_contacts_total": _contacts(
        "counter",
        "queue outcome partition",
        "Contacts by outcome; offered counts each, then what became of it; short_abandoned is a part of abandoned",
    ),
    "sla_channel_contacts_total": _contacts("counter", "channel outcome partition", "The same by channel"),
    "sla_region_contacts_total": _contacts("counter", "region outcome partition", "The same by region"),
    "sla_response_seconds": _contacts(
        "histogram", "queue partition", "Wait of answered contacts, from the queue to a human; edges are the promised times"
    ),
    "sla_abandon_wait_seconds": _contacts("histogram", "queue partition", "Wait of abandoned contacts; edges are the promised times"),
    "sla_handle_seconds": _contacts("summary", "queue partition", "Talk, hold and wrap-up of handled contacts"),
    "sla_service_level_events_total": _contacts(
        "counter",
        "queue threshold outcome partition",
        "Service-level events: a contact counts once, as hit or miss, when it is answered, abandoned, or has waited for the threshold (V7)",
    ),
    "sla_clock_cycles_total": _contacts(
        "counter", "clock outcome partition", "Finished clock cycles by verdict: met, breached, cancelled, exempt (requirements 5.10)"
    ),
    "sla_facet_clock_cycles_total": _contacts(
        "counter", "facet value clock outcome partition", "The same by each value of a facet of the policy, such as dept or vip_tier"
    ),
    "sla_facet_contacts_total": _contacts("counter", "facet value outcome partition", "Contacts opened, complaints and outcomes by facet"),
    "sla_clock_elapsed_seconds": _contacts(
        "summary", "clock partition", "Counted time of stopped clock cycles; a clock kept per department or node has its values beside it (R4, R5)"
    ),
    "sla_targets_relaxed_total": _contacts(
        "counter", "clock partition", "Changes that moved a deadline later in the last quarter of its target (P14)"
    ),
    "sla_promises_past_total": _contacts("counter", "clock partition", "Promised dates that had passed when they were named: no promise (P23)"),
    "sla_contacts_open": _contacts("gauge", "family partition", "Contacts that are not closed"),
    "sla_contacts_kept": _contacts("gauge", "family partition", "Contacts in the state, closed ones included"),
    "sla_contacts_unjudged": _contacts("gauge", "family partition", "Contacts set aside because a record of theirs made the processor fail"),
    "sla_contacts_waiting": _contacts("gauge", "partition", "Contacts that wait in a queue now"),
    "sla_clocks_running": _contacts("gauge", "family partition", "Clocks that run or are paused"),
    "sla_clocks_expired_total": _contacts("counter", "partition", "Waits ended without an event because they were longer than any wait can be (P29)"),
    "sla_breaches_open": _contacts("gauge", "family severity partition", "Breach alerts of clocks that are firing now"),
    "sla_next_due_timestamp_seconds": _contacts("gauge", "partition", "The instant at which the next clock falls due", "min"),
    "sla_events_accepted_total": _contacts("counter", "partition", "Events accepted since the shard was taken over"),
    "sla_events_duplicate_total": _contacts("counter", "partition", "Events that were there already and changed nothing (P31)"),
    "sla_late_corrections_total": _contacts("counter", "partition", "Events that came out of order and made a contact be folded again (P32, P33)"),
    "sla_events_clock_skew_total": _contacts(
        "counter", "source partition", "Events whose own time lay ahead of T and took effect at T, by the system that sent them (P37)"
    ),
    "sla_pauses_unlisted_total": _contacts(
        "counter", "family partition", "Pauses without a reason, or for one that no clock of the family lists: they pause nothing (P11)"
    ),
    "sla_commands_total": _contacts("counter", "command outcome partition", "Commands by outcome: applied, duplicate, not_ours, unknown_target"),
    "sla_queues_unknown": _contacts("gauge", "", "Queues that the policy does not name and that get its default", "max"),
    "sla_flow_checks_total": _contacts(
        "counter", "flow outcome partition", "What flow rules found, by rule or group: ok, violated, seen (R14, R30, R66, R70, R72)"
    ),
    "sla_flow_checks_by_dept_total": _contacts(
        "counter", "flow dept outcome partition", "The same by department, where the policy has the facet dept (R66: who gave an order back)"
    ),
    "sla_survey_answers_total": _contacts(
        "counter", "instrument outcome partition", "Survey answers: n, satisfied and dissatisfied of them, and those on another scale (R26-R28)"
    ),
    "sla_survey_score_total": _contacts("counter", "instrument partition", "Sum of scores; divided by the answers n it is the mean (R26)"),
    "sla_qc_checks_total": _contacts("counter", "dimension outcome partition", "Quality checks: n, and passed of them (R29)"),
    "sla_ivr_calls_total": _contacts("counter", "outcome partition", "Calls in the voice menu: entered, then human, self_served or hung_up (R85)"),
    "sla_ivr_seconds_total": _contacts("counter", "partition", "Time spent in the voice menu (R85)"),
    "sla_complaints_total": _contacts("counter", "partition", "Complaint orders, less those that turned out to be none (R25)"),
    "sla_node_stays_total": _contacts("counter", "kind node partition", "Stays of orders in a node, or with a department (kind), that ended (R13)"),
    "sla_node_elapsed_seconds_total": _contacts(
        "counter", "kind node partition", "Real time of those stays; names that the policy lacks are `other`"
    ),
    "sla_node_open_contacts": _queues("gauge", "node", "Orders that sit in a node of their flow now (R75)"),
    "sla_oldest_open_seconds": _queues("gauge", "node", "How long the order that sits longest in a node has done so (R75)", "max"),
    "sla_queue_waiting_contacts": _queues("gauge", "queue", "Contacts waiting now"),
    "sla_queue_oldest_wait_seconds": _queues("gauge", "queue", "Longest wait of those waiting now", "max"),
    "sla_service_level_ratio": _queues(
        "gauge", "queue definition threshold window", "Service level by definition V0-V8 within the threshold in seconds", "single"
    ),
    "sla_indicator_value": _queues("gauge", "queue indicator window", "Other indicators of a queue: seconds for times, 0-1 for shares", "single"),
    "sla_queue_volume_contacts": _queues("gauge", "queue window", "Contacts offered in the window: the n of every ratio", "single"),
    "sla_objective_value": _queues(
        "gauge", "objective scope period", "Value of an objective's indicator over its window; absent while nothing was offered", "single"
    ),
    "sla_objective_target": _queues(
        "gauge", "objective scope period", "The promised value; period is when it is promised, empty for always", "single"
    ),
    "sla_objective_breached": _queues("gauge", "objective scope period", "1 while an alert of the objective is firing", "single"),
    "sla_error_budget_left_ratio": _queues(
        "gauge", "objective scope period", "Share of the error budget that is left in the objective's window; below 0 it is overspent", "single"
    ),
    "sla_error_budget_burn_rate": _queues(
        "gauge", "objective scope period pair window", "How many times faster than it lasts the budget is spent over a window of a pair", "single"
    ),
    "sla_error_budget_burn_limit": _queues(
        "gauge", "objective scope period pair", "The burn rate that both windows of a pair must exceed for its alert", "single"
    ),
    "sla_queues_incomplete": _queues("gauge", "", "Queue scopes judged without one of their sources"),
    "sla_queue_held_records": _queues("gauge", "", "Pane records that wait for the slowest source"),
    "sla_queue_source_watermark_timestamp_seconds": _queues(
        "gauge", "processor partition", "The T that a source of the queue shards has passed", "min"
    ),
    "sla_queue_source_stuck": _queues("gauge", "processor partition", "1 while queues are judged without this source", "max"),
    "sla_customers_contacts_kept": _customers("gauge", "partition", "Contacts remembered for first-contact resolution, repeats and fake closures"),
    "sla_customers_provisional": _customers("gauge", "partition", "First contacts whose window is open: their resolution is provisional (R22)"),
    "sla_customers_forgotten_total": _customers("counter", "partition", "Contacts forgotten since the shard was taken over"),
    "sla_customers_crowded_total": _customers("counter", "partition", "Contacts forgotten early because one customer had too many about one problem"),
    "sla_customers_late_total": _customers("counter", "partition", "Changes of contacts that were forgotten: they change nothing any more"),
    "sla_customers_unjudged": _customers("gauge", "partition", "Contacts set aside because a record of theirs made the processor fail"),
    "sla_customers_held_records": _customers("gauge", "partition", "Contacts that wait for the slowest source"),
    "sla_customers_source_stuck": _customers("gauge", "processor source partition", "1 while customers are judged without this source"),
    "sla_events_rejected_total": _runtime("counter", "topic reason", "Records refused as dead letters"),
    "sla_bad_share_ratio": _runtime("gauge", "topic", "Share of refused records among the last of a source", "max"),
    "sla_watermark_timestamp_seconds": _runtime("gauge", "processor partition", "T: the instant up to which the shard has judged", "max"),
    "sla_decision_lag_seconds": _runtime("gauge", "processor partition", "How far T is behind the wall clock, verdict delay included", "max"),
    "sla_source_lag_records": _runtime("gauge", "topic partition", "Records known to be in a source that its shard has not applied", "max"),
    "sla_stable_offset_lag_records": _runtime("gauge", "topic partition", "Records that an open transaction hides from readers", "max"),
    "sla_records_applied_total": _runtime("counter", "processor", "Records applied by owned shards"),
    "sla_records_published_total": _runtime("counter", "topic", "Records published inside committed transactions"),
    "sla_processing_seconds": _runtime("summary", "processor", "Time spent applying and judging; the count is that of records"),
    "sla_commit_seconds": _runtime("histogram", "processor", "Duration of commits: state, outputs and positions in one transaction"),
    "sla_shard_state": _runtime("gauge", "processor partition state", "1 for the state an owned shard is in: running or halted"),
    "sla_shard_inbox_bytes": _runtime("gauge", "processor partition", "Bytes fetched and not applied"),
    "sla_state_bytes": _runtime("gauge", "processor partition", "Bytes of state owned"),
    "sla_state_entries": _runtime("gauge", "processor partition", "Keys of state owned"),
    "sla_recovery_seconds": _runtime("gauge", "", "Duration of the last assignment and recovery", "max"),
    "sla_recovered_records": _runtime("gauge", "", "Changelog records read for the shards that are owned"),
    "sla_ticks_refused_total": _runtime("counter", "reason", "Ticks refused: malformed, or too far from the broker's time"),
    "sla_gaps_accepted_total": _runtime("counter", "topic", "Truncated ranges passed over because accept_gap is set"),
    "sla_worker_ready": _runtime("gauge", "", "1 while the worker does its part: assigned, recovered, not rebalancing", "min"),
    "sla_rebalances_total": _runtime("counter", "", "Times that partitions moved"),
    "sla_metric_overflow_series": _runtime("gauge", "", "Queues and regions beyond the cap, counted together as `other`"),
    "sla_policy_info": _runtime("gauge", "version title", "1; the policy that this worker runs", "max"),
    "sla_policy_waiting_shards": _runtime("gauge", "", "Shards whose next tick names a policy that this worker has not read or cannot compile"),
    "sla_build_info": _runtime("gauge", "version python", "1; what this worker is", "max"),
}

_SUFFIXES: Final = {"histogram": ("_bucket", "_sum", "_count"), "summary": ("_sum", "_count")}

SAMPLES: Final[dict[str, tuple[MetricName, str]]] = {
    name + suffix: (name, suffix) for name in get_args(MetricName) for suffix in _SUFFIXES.get(CATALOGUE[name].kind, ("",))
}
"""Sample name → the metric it belongs to and its suffix."""
