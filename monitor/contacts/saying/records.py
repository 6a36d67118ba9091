"""Verdicts and alerts as records: JSON with CloudEvents headers, keyed so that the highest version wins (design §8)."""

from functools import lru_cache
from typing import Final

import msgspec

from monitor.contacts.rulings.ruling import Ruling
from monitor.processing import Output
from schemas.alerts import Alert, RuledBy, Verdict
from schemas.cloudevents import ALERT_TYPE, VERDICT_TYPE, output_headers
from schemas.instants import Instant, format_instant
from schemas.topics import ALERTS, VERDICTS

_encoder: Final = msgspec.json.Encoder()

instant_text: Final = lru_cache(maxsize=4096)(format_instant)
"""RFC 3339 text; records of one tick name the same few instants again and again."""


def ruled_by(ruling: Ruling) -> RuledBy:
    """Who ruled, why, when and under which policy, as verdicts and explanations say it."""
    given_at = instant_text(ruling.given_at) if ruling.given_at else ""
    return RuledBy(ruling.command, ruling.person, ruling.reason, given_at, ruling.version)


def verdict_record(verdict: Verdict, key: str, at: Instant) -> Output:
    """A verdict under ``contact|clock|cycle``."""
    headers = output_headers(f"{key}|{verdict.version}", VERDICT_TYPE, at, verdict.contact)
    return Output(VERDICTS, key.encode(), _encoder.encode(verdict), headers)


def alert_record(alert: Alert, at: Instant) -> Output:
    """An alert under its id."""
    headers = output_headers(f"{alert.id}|{alert.version}", ALERT_TYPE, at)
    return Output(ALERTS, alert.id.encode(), _encoder.encode(alert), headers)
