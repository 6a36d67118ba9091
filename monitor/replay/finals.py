"""What a run came to: the final version of each cycle's verdict, alerts by state, dead letters by reason (issue shapes of ``replay``)."""

from collections.abc import Iterator
from typing import Final

import msgspec

from monitor.processing import Record
from schemas.alerts import AlertState, VerdictState
from schemas.topics import ALERTS, DEAD_LETTERS, VERDICTS

JUDGED: Final[tuple[VerdictState, ...]] = ("met", "breached", "exempt")


class VerdictLine(msgspec.Struct, frozen=True, kw_only=True):
    """One line of ``--verdicts``: one cycle of one clock of one contact. Seconds are numbers, instants RFC 3339 UTC."""

    contact: str
    clock: str
    cycle: str
    version: int
    verdict: VerdictState
    reason: str
    target_seconds: float
    elapsed_seconds: float
    late_seconds: float | None = None
    started_at: str
    deadline: str | None
    stopped_at: str | None = None


class _AlertSeen(msgspec.Struct, frozen=True):
    id: str
    version: int
    state: AlertState
    kind: str
    severity: str


class _LetterSeen(msgspec.Struct, frozen=True):
    reason: str


_verdict = msgspec.json.Decoder(VerdictLine).decode
_alert = msgspec.json.Decoder(_AlertSeen).decode
_letter = msgspec.json.Decoder(_LetterSeen).decode


class Finals:
    """A sink that keeps one line per cycle and one state per alert, so that its size is that of the result."""

    def __init__(self) -> None:
        self._verdicts: dict[bytes, bytes] = {}
        self._alerts: dict[bytes, tuple[str, str, str]] = {}
        self._letters: dict[str, int] = {}

    def take(self, record: Record) -> None:
        """Take one output record; others than verdicts, alerts and dead letters are passed over, and so are tombstones."""
        if record.value is None or record.key is None:
            return
        if record.topic == VERDICTS:
            self._verdicts[record.key] = record.value
        elif record.topic == ALERTS:
            alert = _alert(record.value)
            self._alerts[record.key] = (alert.kind, alert.severity, alert.state)
        elif record.topic == DEAD_LETTERS:
            reason = _letter(record.value).reason
            self._letters[reason] = self._letters.get(reason, 0) + 1

    def verdicts(self, states: tuple[VerdictState, ...] = JUDGED) -> Iterator[VerdictLine]:
        """The final verdicts in these states, by contact, clock and start."""
        lines = (line for value in self._verdicts.values() if (line := _verdict(value)).verdict in states)
        return iter(sorted(lines, key=lambda line: (line.contact, line.clock, line.started_at, line.cycle)))

    def verdict_counts(self) -> dict[str, dict[str, int]]:
        """How many cycles of each clock ended in each state."""
        counts: dict[str, dict[str, int]] = {}
        for value in self._verdicts.values():
            line = _verdict(value)
            of_clock = counts.setdefault(line.clock, {})
            of_clock[line.verdict] = of_clock.get(line.verdict, 0) + 1
        return {clock: dict(sorted(counts[clock].items())) for clock in sorted(counts)}

    def alert_counts(self) -> dict[str, dict[str, int]]:
        """How many alerts of each kind are in which state at the end."""
        counts: dict[str, dict[str, int]] = {}
        for kind, _, state in self._alerts.values():
            of_kind = counts.setdefault(kind, {})
            of_kind[state] = of_kind.get(state, 0) + 1
        return {kind: dict(sorted(counts[kind].items())) for kind in sorted(counts)}

    def dead_letter_counts(self) -> dict[str, int]:
        """How many records were refused for which reason."""
        return dict(sorted(self._letters.items()))
