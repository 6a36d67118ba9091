"""The alerts of objectives: one life per breach, its id fixed by what broke and since when (design §8)."""

from hashlib import sha256
from typing import Final

import msgspec

from monitor.panes.where import ALL, Series, facet_parts, scope_parts
from monitor.policy.budgets import budget_of, highest_burn
from monitor.policy.durations import window_text
from monitor.policy.model import Policy
from monitor.processing import Output
from monitor.queues.formulas import Reading
from monitor.queues.objectives import Reason
from monitor.queues.promises import Promise
from schemas.alerts import Alert
from schemas.cloudevents import ALERT_TYPE, output_headers
from schemas.instants import Instant, format_instant, seconds_of
from schemas.topics import ALERTS

_DIGITS: Final = 32
_encoder = msgspec.json.Encoder()


def alert_id(objective: str, series: Series, since_at: Instant) -> str:
    """Return the id of a breach: a hash of objective, scope, dimensions and the T at which it began."""
    return sha256("\0".join((objective, *series, str(since_at))).encode()).hexdigest()[:_DIGITS]


def firing(promise: Promise, series: Series, reading: Reading, since_at: Instant, t: Instant, policy: Policy) -> Alert:
    """Return the first version of a breach's alert. Labels are bounded; values and texts are annotations (P41)."""
    title = promise.written.titles.get(policy.language)
    objective = promise.objective
    kind, name = scope_parts(series[0])
    return Alert(
        id=alert_id(promise.name, series, since_at),
        version=1,
        state="firing",
        kind="objective",
        severity=objective.severity,
        labels=_labels(promise, series),
        annotations=_annotations(promise, series, reading) | ({"title": title} if title else {}),
        queue=name if kind == "queue" else None,
        objective=objective.name,
        target=objective.target,
        value=reading.value,
        detected_at=format_instant(t),
        starts_at=format_instant(since_at),
        reason=Reason.MISSED,
        policy=policy.version,
    )


def resolved(alert: Alert, reason: Reason, reading: Reading | None, t: Instant) -> Alert:
    """Return the next version of an alert whose objective holds again, or of which nothing is known or promised any more."""
    known = reading is not None and reading.value is not None
    return msgspec.structs.replace(
        alert,
        version=alert.version + 1,
        state="resolved",
        value=reading.value if reading is not None and known else None,
        annotations=alert.annotations | _measured(reading if known else None) | {"resolution": _resolution(reason, reading)},
        detected_at=format_instant(t),
        ends_at=format_instant(t),
        reason=str(reason),
    )


def published(alert: Alert, t: Instant) -> Output:
    """Return the record of an alert's version."""
    headers = output_headers(f"{alert.id}.{alert.version}", ALERT_TYPE, t, alert.queue)
    return Output(ALERTS, alert.id.encode(), _encoder.encode(alert), headers)


def forgotten(ended_id: str) -> Output:
    """Return the tombstone of an alert that ended long ago."""
    return Output(ALERTS, ended_id.encode(), None)


def _labels(promise: Promise, series: Series) -> dict[str, str]:
    kind, name = scope_parts(series[0])
    facet, value = facet_parts(series[1])
    labels = {"objective": promise.objective.name, "scope": kind} | ({} if kind == ALL else {kind: name})
    labels |= {facet: value} if facet else {}
    labels |= {"period": promise.hours.period} if promise.hours.period else {}
    return labels | ({"burn": promise.pair} if promise.burn else {})


def _annotations(promise: Promise, series: Series, reading: Reading) -> dict[str, str]:
    objective = promise.objective
    texts = {
        "summary": _burn_summary(promise, series, reading) if promise.burn else _summary(promise, series, reading),
        "indicator": objective.indicator,
        "definition": promise.definition,
        "target": f"{objective.comparison} {_number(objective.target)}",
        "window": promise.pair or _window(promise),
        **_measured(reading),
    }
    if objective.threshold_seconds is not None:
        texts["threshold_seconds"] = str(objective.threshold_seconds)
    if objective.source:
        texts["source"] = objective.source
    return texts


def _summary(promise: Promise, series: Series, reading: Reading) -> str:
    objective = promise.objective
    within = f" within {objective.threshold_seconds} s" if objective.threshold_seconds is not None else ""
    return (
        f"{objective.name}: {objective.indicator}{within} of {_about(series)} over {_window(promise)} is {_number(reading.value)}, "
        f"promised {objective.comparison} {_number(objective.target)} (n = {reading.n})"
    )


def _burn_summary(promise: Promise, series: Series, reading: Reading) -> str:
    written = promise.written
    return (
        f"{written.name}: the error budget of {written.indicator} {written.comparison} {_number(written.target)} of {_about(series)} over "
        f"{window_text(written.window_us)} is spent {_number(reading.value)} times faster than it lasts, in both windows of {promise.pair}; "
        f"told above {_number(promise.objective.target)}, at most {_number(highest_burn(budget_of(written)))} (n = {reading.n})"
    )


def _about(series: Series) -> str:
    facet, value = facet_parts(series[1])
    return f"{facet} {value}" if facet else series[0]


def _window(promise: Promise) -> str:
    return f"{seconds_of(promise.objective.window_us)} s" if promise.window else "now"


def _resolution(reason: Reason, reading: Reading | None) -> str:
    return f"{reason}" if reading is None else f"{reason}: {_number(reading.value)} (n = {reading.n})"


def _measured(reading: Reading | None) -> dict[str, str]:
    return {"value": "none", "n": "0"} if reading is None else {"value": _number(reading.value), "n": str(reading.n)}


def _number(value: float | None) -> str:
    return "none" if value is None else f"{value:.6g}"
