"""What was said so far: alerts by what they are about, the last few in words, refused records."""

from collections import Counter, deque
from typing import Final

import msgspec

from monitor.console.alerts import what
from monitor.processing import Record
from schemas.alerts import Alert
from schemas.topics import ALERTS, DEAD_LETTERS

SHOWN: Final = 6
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

    def breaches(self) -> dict[str, Counter[str]]:
        """Alerts by clock or objective, and how many are in which state."""
        found: dict[str, Counter[str]] = {}
        for alert in self.latest.values():
            if alert.kind != "level":
                found.setdefault(alert.clock or alert.objective or alert.kind, Counter())[alert.state] += 1
        return {name: found[name] for name in sorted(found)}

    def example(self) -> Alert | None:
        """The last breach of a clock that carries its explanation."""
        explained = (alert for alert in self.latest.values() if alert.kind == "breach" and alert.explanation is not None)
        return max(explained, key=lambda alert: (alert.detected_at, alert.id), default=None)

    @property
    def total(self) -> int:
        """How many breaches were found, of clocks and objectives."""
        return sum(1 for alert in self.latest.values() if alert.kind != "level")

    @property
    def firing(self) -> int:
        """How many of them are firing now."""
        return sum(1 for alert in self.latest.values() if alert.kind != "level" and alert.state == "firing")
