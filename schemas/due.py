"""What ``due`` and ``GET /api/v1/due`` answer: the open clocks that breach next. No customer and no person is in it (R80)."""

import msgspec

from schemas.alerts import Severity
from schemas.events.base import Family


class DueClock(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One open cycle with its deadline; ``remaining_seconds`` is real time, ``remaining_counted_seconds`` open and unpaused time.

    ``paused_since`` with its reason is set while the clock is paused; its deadline then stands because a cap or fixed instant ends it.
    """

    contact: str
    family: Family
    clock: str
    titles: dict[str, str] = {}
    cycle: str
    rule: str
    severity: Severity
    started_at: str
    deadline: str
    time_zone: str
    target_seconds: float
    remaining_seconds: float
    remaining_counted_seconds: float
    queue: str | None = None
    dept: str | None = None
    node: str | None = None
    vip_tier: str | None = None
    priority: str | None = None
    paused_since: str | None = None
    paused_reason: str | None = None


class DueClocks(msgspec.Struct, frozen=True, kw_only=True):
    """The first ``limit`` of ``total`` clocks by deadline; ``t`` is the earliest instant judged by the shards asked, None before the first."""

    t: str | None
    within_seconds: float
    total: int
    clocks: list[DueClock]
    partitions: list[int]
