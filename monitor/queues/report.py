"""Roll-ups by day, month or quarter of the business time zone, out of the day panes of the queue shards (R36, R41, R81, R83).

Every number is a sum over sums of whole days with its n (P44). ``version`` is the T as of which a roll-up last changed: an event that
comes late gives it a new one (P33). A roll-up is provisional until its period is over, and first-contact resolution, repeats and
solved orders until a customer can no longer come back within W.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from typing import Final, Literal, NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from monitor.panes import totals
from monitor.panes.sources import HEAD
from monitor.panes.store import decode_pane
from monitor.panes.where import ALL, TOTAL, Series, facet_parts, parse_series, scope_parts
from monitor.policy.model import Policy
from monitor.queues.overview import PROBLEMS, ClockLine, IndicatorLine, clock_lines, core_line, indicator_lines
from monitor.queues.tables import PREFIX
from schemas.instants import EPOCH, MICROSECOND, SECOND, Instant, format_instant
from schemas.panes import PaneTotals

Length = Literal["day", "month", "quarter"]
States = Iterable[Mapping[bytes, bytes]]

_DAY_PANES: Final = "1d"
_QUARTER: Final = 3
_MONTHS: Final = 12
_pair = msgspec.msgpack.Decoder(tuple[int, int])


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What a report is of: ``by`` a scope (queue, channel, region) or a facet, empty for everything; local dates, both included."""

    length: Length = "day"
    by: str = ""
    from_date: date | None = None
    to_date: date | None = None


class Span(NamedTuple):
    """One period: its name, its first local date, the first date after it."""

    name: str
    begins: date
    ends: date


class CoreValue(msgspec.Struct, frozen=True):
    """One core indicator with its n."""

    value: float | None
    n: int


class Rollup(msgspec.Struct, frozen=True, kw_only=True):
    """One period of one value of what the report is by."""

    period: str
    begins: str
    until: str
    by: str
    of: str
    version: str
    policy: str
    provisional: bool
    provisional_indicators: list[str]
    core: dict[str, CoreValue]
    clocks: list[ClockLine]
    indicators: list[IndicatorLine]


class _Gathered:
    """The totals of one period by series, and the T of the last change in it."""

    def __init__(self) -> None:
        self.totals: dict[Series, PaneTotals] = {}
        self.changed_at: dict[Series, Instant] = {}


def report(states: States, policy: Policy, asked: Asked) -> list[Rollup]:
    """Return every roll-up in order of period and name, as of the highest T that any shard reached."""
    kept = list(states)
    t = max((_pair.decode(state[HEAD])[0] for state in kept if HEAD in state), default=0)
    zone = ZoneInfo(policy.time_zone)
    found = _gather(kept, zone, asked)
    return [
        _rollup(gathered, series, span, (policy, asked.by, _midnight(span.ends, zone), t))
        for span, gathered in sorted(found.items(), key=lambda item: item[0].begins)
        for series in sorted(gathered.totals)
        if _wanted(series, asked.by)
    ]


def span_of(day: date, length: Length) -> Span:
    """Return the period that a local date lies in: 2026-11-23, 2026-11, 2026-Q4."""
    if length == "day":
        return Span(day.isoformat(), day, day + timedelta(days=1))
    if length == "month":
        begins = day.replace(day=1)
        return Span(f"{begins:%Y-%m}", begins, _months_later(begins, 1))
    begins = date(day.year, (day.month - 1) // _QUARTER * _QUARTER + 1, 1)
    return Span(f"{begins.year}-Q{begins.month // _QUARTER + 1}", begins, _months_later(begins, _QUARTER))


def _gather(states: list[Mapping[bytes, bytes]], zone: ZoneInfo, asked: Asked) -> dict[Span, _Gathered]:
    found: dict[Span, _Gathered] = {}
    for state in states:
        for series, slot_at, value in _day_panes(state):
            day = (EPOCH + timedelta(microseconds=slot_at)).astimezone(zone).date()
            if (asked.from_date and day < asked.from_date) or (asked.to_date and day > asked.to_date):
                continue
            gathered = found.setdefault(span_of(day, asked.length), _Gathered())
            pane, changed_at = decode_pane(value)
            totals.merge(gathered.totals.setdefault(series, PaneTotals()), pane)
            gathered.changed_at[series] = max(changed_at, gathered.changed_at.get(series, 0))
    return found


def _day_panes(state: Mapping[bytes, bytes]) -> Iterator[tuple[Series, Instant, bytes]]:
    for key in sorted(key for key in state if key.startswith(PREFIX)):
        scope, dims, resolution, slot, *_ = key[len(PREFIX) :].decode().split("|")
        if resolution == _DAY_PANES:
            yield parse_series(scope, dims), int(slot) * SECOND, state[key]


def _wanted(series: Series, by: str) -> bool:
    """Whether a series is a line of the report; everything together is the first line of each period."""
    scope, dims = series
    if scope == ALL:
        return dims == TOTAL or (by != "" and facet_parts(dims)[0] == by)
    return dims == TOTAL and scope_parts(scope)[0] == by


def _rollup(gathered: _Gathered, series: Series, span: Span, made: tuple[Policy, str, Instant, Instant]) -> Rollup:
    policy, by, ends_at, t = made
    whole = gathered.totals[series]
    open_problems = t < ends_at + policy.customers.window_us
    facet, value = facet_parts(series[1])
    return Rollup(
        period=span.name,
        begins=span.begins.isoformat(),
        until=span.ends.isoformat(),
        by=by if series != (ALL, TOTAL) else "",
        of=value if facet else scope_parts(series[0])[1],
        version=format_instant(gathered.changed_at[series]),
        policy=policy.version,
        provisional=t < ends_at,
        provisional_indicators=sorted(PROBLEMS) if open_problems else [],
        core={name: CoreValue(each, n) for name, (each, n) in core_line(gathered.totals, series).items()},
        clocks=clock_lines(whole, policy),
        indicators=indicator_lines(whole, policy),
    )


def _midnight(day: date, zone: ZoneInfo) -> Instant:
    return (datetime.combine(day, time(), zone) - EPOCH) // MICROSECOND


def _months_later(begins: date, months: int) -> date:
    years, month = divmod(begins.month - 1 + months, _MONTHS)
    return date(begins.year + years, month + 1, 1)
