"""One policy with a flow rule of each kind, and small words for what they say of a contact."""

from typing import Final

from monitor.policy import load_policy
from monitor.policy.model import Policy
from schemas.alerts import Alert
from tests.contacts.driving import Shard

TEXT: Final = """
language: en
limits: {scopes: [queue, all]}
clocks:
  total_resolution: {start: workorder.created, stop: [workorder.resolved, workorder.closed], reopen: resume, levels: [100], rules: [{target: 1h}]}
surveys:
  csat: {scale: [1, 5], satisfied_at_least: 4, dissatisfied_at_most: 2}
  nps: {scale: [0, 10], satisfied_at_least: 9, dissatisfied_at_most: 6}
qc_dimensions: [script]
flows:
  stages:
    title: {en: Every stage, zh: 流程完整}
    when: {request_type: fault}
    stages:
      - {name: dispatched, on: [workorder.assigned, workorder.node_entered], title: {en: sent out, zh: 派单}}
      - {name: repaired, on: workorder.resolved}
      - {name: called_back, on: callback_done, title: {en: called back, zh: 回访}}
    by: workorder.closed
    in_order: true
    group: compliance
    severity: critical
    source: R14
  told:
    when: {request_type: complaint}
    require: [{name: deadline_told}, {name: satisfaction_asked}]
    by: workorder.closed
    group: compliance
    source: R70
  in_time: {within: 10m, of: origin_ended_at, on: workorder.created, source: R30}
  lines: {path: [{from_line: 1, to_line: 2}], source: R63}
  bounced: {bounce: {dept: [front_desk]}, source: R66}
  keyword: {watch: {on: keyword_hit, where: {keyword: [refund, 退费]}}, source: R72}
  outage: {when: {priority: high}, watch: workorder.created, present: [impact_scope], severity: critical, source: R69}
  late_again: {watch: {on: workorder.created, where: {complaint_reason: time_limit}}, alert: false, source: R18}
  wrong:
    watch: [{on: workorder.resolved, where: {error_kind: handling}}, {on: workorder.closed, where: {error_kind: handling}}]
    per: contact
    alert: false
  complete: {when: {request_type: fault}, complete: [location, symptom, impact_scope], on: workorder.created, alert: false, source: R79}
"""


def rules(language: str = "en", facets: str = "") -> Policy:
    """The policy, in a language."""
    text = TEXT.replace("language: en", f"language: {language}")
    return load_policy([("flows.yaml", text.replace("scopes: [queue, all]", f"scopes: [queue, all]{facets}"))])


def last_alerts(shard: Shard) -> list[Alert]:
    """The last version of every flow alert, in order of what they are about."""
    last = {alert.id: alert for alert in shard.alerts() if alert.kind == "flow"}
    return sorted(last.values(), key=lambda alert: (alert.starts_at, alert.flow or "", alert.id))


def said(shard: Shard) -> list[str]:
    """``rule reason state`` of every flow alert."""
    return [f"{alert.flow} {alert.reason} {alert.state}" for alert in last_alerts(shard)]


def counted(shard: Shard, prefix: str = "flow.") -> dict[str, int]:
    """The counters that begin like this, without what they begin with."""
    return {name.removeprefix(prefix): count for name, count in shard.totals().items() if name.startswith(prefix)}
