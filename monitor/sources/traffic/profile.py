"""How contacts begin over the days: a non-homogeneous Poisson process by thinning, with a rate per five minutes of the day.

Lewis & Shedler 1979: candidates at the highest rate, each kept with the share of the rate of its instant. The default
profile is that of a recorded call centre (``profile.json``, with its source).
"""

import random
from collections.abc import Iterator
from datetime import date
from functools import cache
from importlib.resources import files

import msgspec

from monitor.sources.traffic.model import Burst, TrafficModel
from schemas.instants import DAY, SECOND, Instant


class _Recorded(msgspec.Struct, frozen=True):
    title: str
    source: str
    calls: tuple[float, ...]


@cache
def recorded_profile() -> tuple[float, ...]:
    """The recorded relative rates of the 288 five-minute slots of a working day."""
    return msgspec.json.decode((files("monitor.sources.traffic") / "profile.json").read_bytes(), type=_Recorded).calls


class Rate:
    """Arrivals a second at every instant of the model: daily total × profile × weekday × bursts."""

    def __init__(self, model: TrafficModel, per_day: float) -> None:
        profile = model.profile or recorded_profile()
        self._slots = [share * len(profile) / sum(profile) * per_day / 86_400 for share in profile]
        self._start_at = model.start_at
        self._midnight_at = _local_midnight(model)
        self._first_weekday = date.fromisoformat(model.start[:10]).weekday()
        self._weekend = model.weekend_ratio
        self._bursts: tuple[Burst, ...] = model.bursts
        self.highest = max(self._slots) * max(1.0, model.weekend_ratio) * _highest_burst(model.bursts)

    def planned(self, at: Instant) -> float:
        """The rate that staff is planned for: without bursts."""
        days, of_day = divmod(at - self._midnight_at, DAY)
        weekend = (self._first_weekday + days) % 7 >= 5
        return self._slots[of_day * len(self._slots) // DAY] * (self._weekend if weekend else 1.0)

    def at(self, at: Instant) -> float:
        """The rate at which contacts begin."""
        rate = self.planned(at)
        seconds = (at - self._start_at) / SECOND
        for burst in self._bursts:
            if burst.holds(seconds):
                rate *= burst.factor
        return rate


def _highest_burst(bursts: tuple[Burst, ...]) -> float:
    highest = 1.0
    for burst in bursts:
        highest *= max(1.0, burst.factor)
    return highest


def _local_midnight(model: TrafficModel) -> Instant:
    """The local midnight before the start, in the zone offset that ``start`` is written with."""
    of_day = model.start[11:19].split(":")
    return model.start_at - sum(int(part) * factor for part, factor in zip(of_day, (3600, 60, 1), strict=True)) * SECOND


def beginnings(rate: Rate, rng: random.Random, start_at: Instant, end_at: Instant) -> Iterator[Instant]:
    """The instants in [start, end) at which contacts begin."""
    at = float(start_at)
    while rate.highest > 0:
        at += rng.expovariate(rate.highest) * SECOND
        if at >= end_at:
            return
        if rng.random() * rate.highest < rate.at(int(at)):
            yield int(at)
