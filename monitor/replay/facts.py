"""Every version of every verdict and alert that a run said, for comparing runs: a live one with its replay, or two replays."""

from typing import Final

import msgspec

from monitor.processing import Record
from schemas.topics import ALERTS, DEAD_LETTERS, VERDICTS


class VerdictFact(msgspec.Struct, frozen=True, kw_only=True):
    """What a version of a verdict claims; the explanation follows from the same facts."""

    verdict: str
    reason: str
    version: int
    target_seconds: float
    elapsed_seconds: float
    started_at: str
    deadline: str | None
    stopped_at: str | None = None
    detected_at: str
    detected_late: bool = False
    policy: str


class AlertFact(msgspec.Struct, frozen=True, kw_only=True):
    """What a version of an alert claims."""

    state: str
    kind: str
    severity: str
    version: int
    contact: str | None = None
    clock: str | None = None
    cycle: str | None = None
    level_ratio: float | None = None
    objective: str | None = None
    queue: str | None = None
    value: float | None = None
    deadline: str | None = None
    starts_at: str
    ends_at: str | None = None
    detected_at: str
    reason: str
    policy: str


class LetterFact(msgspec.Struct, frozen=True, kw_only=True):
    """Why a record was refused."""

    reason: str
    detail: str
    path: str
    version: int = 1


Fact = VerdictFact | AlertFact | LetterFact

_DECODERS: Final[dict[str, msgspec.json.Decoder[VerdictFact] | msgspec.json.Decoder[AlertFact] | msgspec.json.Decoder[LetterFact]]] = {
    VERDICTS: msgspec.json.Decoder(VerdictFact),
    ALERTS: msgspec.json.Decoder(AlertFact),
    DEAD_LETTERS: msgspec.json.Decoder(LetterFact),
}


class Facts:
    """A sink of facts by (topic, key, version); ``repeats`` counts those said more than once, which exactly-once forbids."""

    def __init__(self) -> None:
        self.said: dict[tuple[str, str, int], Fact] = {}
        self.repeats: dict[tuple[str, str, int], int] = {}

    def take(self, record: Record) -> None:
        """Take one output record; topics without facts and tombstones are passed over."""
        decoder = _DECODERS.get(record.topic)
        if decoder is None or record.value is None or record.key is None:
            return
        fact = decoder.decode(record.value)
        name = (record.topic, record.key.decode(), fact.version)
        if name in self.said:
            self.repeats[name] = self.repeats.get(name, 1) + 1
        self.said[name] = fact
