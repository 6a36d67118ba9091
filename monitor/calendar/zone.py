"""UTC offsets of an IANA zone as a plain list of periods, so that counting open time needs no datetime arithmetic (P1, P2).

``zoneinfo`` does not tell its transitions. They are found once per zone and block of four years by probing, and kept. The
zone data lists changes one by one to 2087 at most; then a rule holds for ever ("the last Sunday of March"), so that all years
that begin on one weekday and have one length change alike: from 2101 on, the fourteen kinds of year are probed once each.
"""

from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from schemas.instants import DAY, MICROSECOND, SECOND, Instant

MIN_AT: Final[Instant] = -719_160 * DAY  # the first days of year 1
MAX_AT: Final[Instant] = 2_932_800 * DAY  # the last days of year 9999

_BLOCK: Final = 1461 * DAY
_EPOCH: Final = datetime(1970, 1, 1)
# In the zone data two changes that undo each other are never closer than 6.9 days (America/Boa_Vista, October 2000).
_PROBE: Final = 6 * DAY
_SETTLED: Final = 2101

Period = tuple[Instant, int]


class Zone:
    """One IANA zone; ``periods`` lists when each offset (microseconds east of UTC) begins."""

    def __init__(self, name: str) -> None:
        """Raises ValueError for a name the zone data does not know."""
        try:
            self._info = ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise ValueError(f"unknown time zone {name!r}; expected an IANA name such as Asia/Shanghai") from error
        self.name = name
        self._blocks: dict[int, tuple[Period, ...]] = {}
        self._years: dict[int, list[Period]] = {}

    def offset_at(self, at: Instant) -> int:
        """Microseconds to add to ``at`` for local wall time; beyond years 1-9999 that of the nearest day inside."""
        utc = _EPOCH + timedelta(microseconds=min(max(at, MIN_AT), MAX_AT))
        local = self._info.fromutc(utc.replace(tzinfo=self._info)).replace(tzinfo=None)
        return (local - utc) // MICROSECOND

    def span(self, from_at: Instant, to_at: Instant) -> tuple[Instant, Instant]:
        """The smallest whole blocks that hold both instants, as [start, end)."""
        return from_at // _BLOCK * _BLOCK, (to_at // _BLOCK + 1) * _BLOCK

    def periods(self, from_at: Instant, to_at: Instant) -> list[Period]:
        """Offset periods of whole blocks [from_at, to_at): (begin, offset), neighbours with one offset joined."""
        found: list[Period] = []
        for number in range(from_at // _BLOCK, to_at // _BLOCK):
            for begin_at, offset in self._block(number):
                if not found or found[-1][1] != offset:
                    found.append((begin_at, offset))
        return found

    def _block(self, number: int) -> tuple[Period, ...]:
        block = self._blocks.get(number)
        if block is None:
            begin_at, end_at = number * _BLOCK, (number + 1) * _BLOCK
            find = self._repeat if begin_at >= _new_year(_SETTLED) else self._probe
            block = self._blocks[number] = tuple(find(begin_at, end_at))
        return block

    def _repeat(self, begin_at: Instant, end_at: Instant) -> list[Period]:
        """The periods of years in which only the rule holds, each copied from a year of its kind."""
        found: list[Period] = []
        year = begin_at // (366 * DAY) + 1970  # at or before the year of begin_at
        while (start_at := _new_year(year)) < end_at:
            if _new_year(year + 1) > begin_at:
                model = _MODELS[_kind(year)]
                for model_at, offset in self._year(model):
                    at = model_at - _new_year(model) + start_at
                    if at <= begin_at:
                        found = [(begin_at, offset)]
                    elif at < end_at:
                        found.append((at, offset))
            year += 1
        return found

    def _year(self, year: int) -> list[Period]:
        if year not in self._years:
            self._years[year] = self._probe(_new_year(year), _new_year(year + 1))
        return self._years[year]

    def _probe(self, begin_at: Instant, end_at: Instant) -> list[Period]:
        offset = self.offset_at(begin_at)
        found, known_at = [(begin_at, offset)], begin_at
        for probe_at in range(begin_at + _PROBE, end_at + _PROBE, _PROBE):
            probe_at = min(probe_at, end_at - SECOND)
            while self.offset_at(probe_at) != offset:
                known_at = self._first_other(known_at, probe_at, offset)
                offset = self.offset_at(known_at)
                found.append((known_at, offset))
            known_at = probe_at
        return found

    def _first_other(self, low_at: Instant, high_at: Instant, offset: int) -> Instant:
        """The first whole second after ``low_at`` at which the offset is no longer ``offset``; it is another one at ``high_at``."""
        low, high = low_at // SECOND, high_at // SECOND
        while high - low > 1:
            middle = (low + high) // 2
            if self.offset_at(middle * SECOND) == offset:
                low = middle
            else:
                high = middle
        return high * SECOND


def _new_year(year: int) -> Instant:
    """The instant a year begins in UTC, also beyond 9999."""
    before = year - 1
    return (before * 365 + before // 4 - before // 100 + before // 400 - 719_162) * DAY


def _kind(year: int) -> tuple[int, int]:
    """What decides on which dates a rule falls: the weekday on which the year begins, and its length."""
    return _new_year(year) // DAY % 7, (_new_year(year + 1) - _new_year(year)) // DAY


_MODELS: Final = {_kind(year): year for year in range(_SETTLED, _SETTLED + 28)}


@lru_cache(maxsize=1024)
def zone_of(name: str) -> Zone:
    """The zone by IANA name, shared so that its periods are found once. Raises ValueError for an unknown name."""
    return Zone(name)
