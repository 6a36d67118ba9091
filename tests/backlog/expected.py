"""Which breaches the events of an hour prove, by the offline engine: each event in time, one tick a second, up to a given T."""

import msgspec

from monitor.console.policies import open_policy
from monitor.processing import Record
from monitor.replay.product import product_engine
from monitor.sources.arrival import Arrival
from monitor.sources.tick_plan import TickAt, tick_plan
from schemas.alerts import Alert
from schemas.instants import SECOND, Instant
from schemas.topics import ALERTS

Breach = tuple[object, object, object, object]


class _Alerts:
    """A sink that keeps the last version of every alert."""

    def __init__(self) -> None:
        self.last: dict[bytes, Alert] = {}

    def take(self, record: Record) -> None:
        if record.topic == ALERTS and record.value is not None:
            self.last[record.key or b""] = msgspec.json.decode(record.value, type=Alert)


def breaches(arrivals: list[Arrival], until: Instant, partitions: int = 4) -> set[Breach]:
    """Family, contact, clock and cycle of every breach that stands when everything up to T = ``until`` is judged."""
    sink = _Alerts()
    engine = product_engine(open_policy(None), sink, partitions=partitions, with_queues=False)
    settle = max(1, (until - arrivals[-1].delivered_at) // SECOND + 1)
    for step in tick_plan(arrivals, partitions, settle_seconds=settle):
        if not isinstance(step, TickAt):
            engine.send(step.topic, step.partition, step.key, step.value, step.headers, step.at)
        elif step.t <= until:
            engine.tick(step.t)
    engine.tick(until)
    engine.commit()
    found = (alert for alert in sink.last.values() if alert.kind == "breach" and alert.state != "retracted")
    return {(alert.labels.get("family"), alert.contact, alert.clock, alert.cycle) for alert in found}
