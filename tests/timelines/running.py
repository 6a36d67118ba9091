"""A case judged offline by the processors of the product: final verdicts, final alerts, indicators over everything in it."""

from typing import Any, Final

import msgspec

from monitor.panes.waiting import Shown
from monitor.panes.where import series_key
from monitor.policy.model import Policy
from monitor.processing import Record
from monitor.queues.formulas import Facts, Reading
from monitor.queues.indicators import formula
from monitor.queues.report import Asked, report
from monitor.replay.engine import ReplayEngine
from monitor.replay.product import product_engine
from monitor.replay.schedule import FROM_THE_START, Schedule
from monitor.replay.totals import lifetime_series
from monitor.sources.offsets import offset_us
from schemas.alerts import Alert, RuledBy, Verdict
from schemas.instants import SECOND, parse_instant
from schemas.panes import PaneTotals
from schemas.topics import ALERTS, DEAD_LETTERS, QUEUE_PANES, VERDICTS
from tests.timelines.reading import Judged, Row

_verdict: Final = msgspec.json.Decoder(Verdict).decode
_alert: Final = msgspec.json.Decoder(Alert).decode
_READ: Final = (VERDICTS, ALERTS, QUEUE_PANES)
"""What people and other systems read; customer contacts and dead letters stay within the product."""


class Outcome:
    """What a case came to; the last version of each verdict and alert, in the order in which they were first said."""

    def __init__(self, case: Judged, policy: Policy | Schedule) -> None:
        schedule = policy if isinstance(policy, Schedule) else Schedule([(FROM_THE_START, policy)])
        self.case, self.policy = case, schedule.last
        self._names = {schedule.first.version: "first"} | {version: name for name, version in schedule.names.items()}
        self.verdicts: dict[str, Verdict] = {}
        self.alerts: dict[str, Alert] = {}
        self.dead_letters: list[str] = []
        self.leaked: list[tuple[str, bytes]] = []
        self.engine: ReplayEngine = product_engine(schedule, self, partitions=case.partitions, commit_every=1)
        case.play_into(self.engine, schedule=schedule)

    def take(self, record: Record) -> None:
        """Keep what is compared."""
        if record.value is None or record.key is None:
            return
        if record.topic in _READ and any(text.encode() in record.key + record.value for text in self.case.never):
            self.leaked.append((record.topic, record.key))
        if record.topic == VERDICTS:
            self.verdicts[record.key.decode()] = _verdict(record.value)
        elif record.topic == ALERTS:
            self.alerts[record.key.decode()] = _alert(record.value)
        elif record.topic == DEAD_LETTERS:
            self.dead_letters.append(msgspec.json.decode(record.value)["reason"])

    def shown_verdicts(self) -> list[Row]:
        """Every final verdict of the clocks that the case is about, in order of time."""
        clocks = {str(row["clock"]) for row in self.case.verdicts} if self.case.clocks is None else set(self.case.clocks)
        found = [v for v in self.verdicts.values() if v.clock in clocks]
        return [self._verdict(v) for v in sorted(found, key=lambda v: (v.started_at, v.contact, v.clock, v.cycle))]

    def shown_alerts(self) -> list[Row]:
        """Every final alert, in order of time."""
        return [self._alert(a) for a in sorted(self.alerts.values(), key=lambda a: (a.starts_at, a.id))]

    def reading(self, row: Row) -> Reading:
        """An indicator over the whole case."""
        series = (str(row.get("scope", "all")), str(row.get("facet", "")))
        threshold = row.get("threshold")
        ready = formula(str(row["indicator"]), None if threshold is None else offset_us(threshold) // SECOND)
        return ready.read(Facts(self.totals(series)))

    def shown_report(self, length: str, by: str) -> list[Row]:
        """The lines of a roll-up of the whole case, as rows name them."""
        lines = report([shard.state for shard in self.engine.queues], self.policy, msgspec.convert({"length": length, "by": by}, Asked))
        return [
            {
                "length": length, "by": by, "period": line.period, "of": line.of, "provisional": line.provisional,
                "core": {name: round(core.value, 6) for name, core in line.core.items() if core.value is not None},
                "clocks": {each.clock: {"met": each.met, "breached": each.breached} for each in line.clocks},
            }
            for line in lines
        ]  # fmt: skip

    def totals(self, series: tuple[str, str]) -> PaneTotals:
        """All that was ever booked of a series, by every processor that books."""
        states = (shard.state for shard in (*self.engine.contacts, *self.engine.customers))
        return lifetime_series(states, self.policy).get(series, PaneTotals())

    def presence(self, scope: str) -> Row:
        """Who waits in a scope at the end, over all shards."""
        key = f"n|{series_key((scope, ''))}".encode()
        shown = [msgspec.msgpack.decode(shard.state[key], type=Shown) for shard in self.engine.contacts if key in shard.state]
        oldest = min((each.oldest_at for each in shown if each.oldest_at is not None), default=None)
        return {
            "waiting": sum(each.waiting for each in shown),
            "oldest": None if oldest is None else (oldest - self.case.start_at) / SECOND,
        }

    def _verdict(self, v: Verdict) -> Row:
        shown = {
            "contact": v.contact, "clock": v.clock, "cycle": v.cycle, "verdict": v.verdict, "reason": v.reason, "version": v.version,
            "deadline": self._offset(v.deadline), "stopped": self._offset(v.stopped_at), "late": v.late_seconds,
            "target": v.target_seconds, "elapsed": v.elapsed_seconds, "paused": v.paused_seconds, "detected_late": v.detected_late,
            "policy": self._names.get(v.policy, v.policy), "ruled": self._ruled(v.ruled),
        }  # fmt: skip
        return shown

    def _ruled(self, by: RuledBy | None) -> Row | None:
        """Who ruled over a verdict, and why."""
        if by is None:
            return None
        return {"person": by.person, "reason": by.reason, "command": by.command, "policy": self._names.get(by.policy, by.policy)}

    def _alert(self, a: Alert) -> Row:
        return {
            "contact": a.contact, "clock": a.clock, "objective": a.objective, "flow": a.labels.get("flow"), "kind": a.kind, "state": a.state,
            "severity": a.severity, "level": None if a.level_ratio is None else round(a.level_ratio * 100), "reason": a.reason,
            "labels": a.labels, "at": self._offset(a.starts_at), "version": a.version, "group": a.group,
        }  # fmt: skip

    def _offset(self, text: str | None) -> float | None:
        return None if text is None else (parse_instant(text) - self.case.start_at) / SECOND


def same(shown: Row, wanted: Row) -> bool:
    """Whether ``shown`` has every field of ``wanted``; spans may be written as ``1h30m``, labels be some of many."""
    return all(_equal(shown.get(field), value) for field, value in wanted.items())


def _equal(shown: Any, wanted: Any) -> bool:
    if isinstance(wanted, dict):
        return isinstance(shown, dict) and all(_equal(shown.get(key), value) for key, value in wanted.items())
    if isinstance(shown, (int, float)) and not isinstance(shown, bool) and isinstance(wanted, str):
        return bool(shown == offset_us(wanted) / SECOND)
    return bool(shown == wanted)
