"""What was said so far: alerts by what they are about, the last few in words, refused records."""

from collections import Counter, deque
from typing import Final

import msgspec

from monitor.console.alerts import what
from monitor.processing import Record
from schemas.alerts import Alert
from schemas.topics import ALERTS, DEAD_LETTERS

SHOWN: Final = 6
_ABOUT: Final = {"breach": "clock", "objective": "objective", "flow": "flow"}
_DECODER: Final = msgspec.json.Decoder(Alert)


class Tally:
    """A sink for output records, from Kafka or from a replay."""

    def __init__(self) -> None:
        self.latest: dict[str, Alert] = {}
        self.lines: deque[str] = deque(maxlen=SHOWN)
        self.dead_letters = 0

    def take(self, record: Record) -> None:
        """Count one record; topics other than alerts and dead letters are passed over."""
        if record.value is None:
            return
        if record.topic == DEAD_LETTERS:
            self.dead_letters += 1
        elif record.topic == ALERTS:
            alert = _DECODER.decode(record.value)
            before = self.latest.get(alert.id)
            if before is None or before.version < alert.version:
                self.latest[alert.id] = alert
                if alert.kind != "level":
                    self.lines.append(f"{alert.detected_at}  {alert.state:9} {what(alert)}")

    def found(self) -> dict[tuple[str, str], Counter[str]]:
        """Alerts by what they are about (clock, objective or flow rule, and its name), and how many are in which state."""
        found: dict[tuple[str, str], Counter[str]] = {}
        for alert in self.latest.values():
            if alert.kind != "level":
                about = (_ABOUT[alert.kind], alert.clock or alert.objective or alert.flow or "")
                found.setdefault(about, Counter())[alert.state] += 1
        return {about: found[about] for about in sorted(found)}

    def example(self) -> Alert | None:
        """The breach of a clock with most to explain, the last of those."""
        explained = (alert for alert in self.latest.values() if alert.kind == "breach" and alert.explanation is not None)
        return max(explained, key=_telling, default=None)

    @property
    def total(self) -> int:
        """How many breaches were found, of clocks and objectives."""
        return sum(1 for alert in self.latest.values() if alert.kind in ("breach", "objective"))

    @property
    def flow_findings(self) -> int:
        """How many alerts flow rules and fake closures raised."""
        return sum(1 for alert in self.latest.values() if alert.kind == "flow")

    @property
    def firing(self) -> int:
        """How many of the breaches are firing now."""
        return sum(1 for alert in self.latest.values() if alert.kind in ("breach", "objective") and alert.state == "firing")


def _telling(alert: Alert) -> tuple[int, str, str]:
    return (len(alert.explanation.text) if alert.explanation else 0, alert.detected_at, alert.id)
