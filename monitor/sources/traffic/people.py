"""What all simulated contacts share: who the customer is, how long things take, how events are numbered, how many staff are there."""

import random
from collections.abc import Callable
from math import log, sqrt

from msgspec.structs import replace

from monitor.sources.traffic.agenda import Agenda
from monitor.sources.traffic.erlang import staff_for
from monitor.sources.traffic.model import TrafficModel
from monitor.sources.traffic.profile import Rate
from schemas.event import Event
from schemas.events import EventData, Family
from schemas.events.base import Channel, RequestSubtype, RequestType, VipTier
from schemas.instants import SECOND, Instant

SHIFT_SECONDS = 4 * 3600
_CUSTOMERS = 20_000
_SUBTYPES: dict[RequestType, tuple[RequestSubtype, ...]] = {
    "enquiry": ("tariff", "business_rules", "service"),
    "fault": ("network", "terminal"),
    "complaint": ("service", "tariff_dispute"),
    "business": ("new_install", "removal", "other"),
}
"""What contacts of a type are about; a customer always comes with the same, so that some come back with it."""


class Contact:
    """One simulated contact: knows its attributes and numbers its events."""

    def __init__(self, agenda: Agenda, family: Family, name: str, attributes: "Attributes") -> None:
        self._agenda = agenda
        self._family: Family = family
        self.name = name
        self.attributes = attributes
        self._said = 0

    def say(self, data: EventData) -> None:
        """Emit one event now, with the contact's attributes."""
        self._said += 1
        its = self.attributes
        full = replace(
            data,
            sequence=self._said,
            queue=its.queue,
            channel=its.channel,
            region=its.region,
            customer_key=its.customer,
            vip_tier=its.tier,
            request_type=its.request_type,
            request_subtype=its.subtype,
        )
        source = f"/simulated/{self._family}"
        self._agenda.emit(Event(self.name, self._family, f"{self.name}:{self._said}", source, self._agenda.now, self._said, full))


class Attributes:
    """What rules may match on, drawn once per contact; ``queue`` changes when the contact is transferred."""

    def __init__(self, dice: "Dice", queue: str, channel: Channel, request_type: RequestType) -> None:
        self.queue = queue
        self.channel: Channel = channel
        self.request_type: RequestType = request_type
        self.region = dice.rng.choice(dice.model.regions)
        customer = dice.rng.randrange(_CUSTOMERS)
        self.customer = f"c{customer:05d}"
        subtypes = _SUBTYPES[request_type]
        self.subtype = subtypes[customer % len(subtypes)]
        self.tier: VipTier = "vip" if dice.chance(dice.model.vip_ratio) else "standard"


class Dice:
    """The random numbers of one channel: every channel has its own, so that changing one leaves the others alone."""

    def __init__(self, model: TrafficModel, channel: str) -> None:
        self.model = model
        self.rng = random.Random(f"{model.seed}/{channel}")  # noqa: S311  (a simulation, not a secret)

    def chance(self, ratio: float) -> bool:
        """True in ``ratio`` of all cases."""
        return self.rng.random() < ratio

    def log_normal(self, mean_seconds: float, variation: float) -> int:
        """A log-normal duration with this mean and coefficient of variation, in microseconds."""
        variance = log(1.0 + variation * variation)
        return round(self.rng.lognormvariate(log(mean_seconds) - variance / 2, sqrt(variance)) * SECOND)

    def exponential(self, mean_seconds: float) -> int:
        """An exponential duration, in microseconds."""
        return round(self.rng.expovariate(1.0 / mean_seconds) * SECOND)

    def between(self, least_seconds: float, most_seconds: float) -> int:
        """A uniform duration, in microseconds."""
        return round(self.rng.uniform(least_seconds, most_seconds) * SECOND)


class Shifts:
    """Staff by shift of four hours, less who is away in an outage."""

    def __init__(self, model: TrafficModel, planned: Callable[[Instant], int]) -> None:
        self._model = model
        self._planned = planned
        self._cache: dict[int, int] = {}

    def __call__(self, at: Instant) -> int:
        """How many are there at ``at``."""
        shift = (at - self._model.start_at) // (SHIFT_SECONDS * SECOND)
        staff = self._cache.get(shift)
        if staff is None:
            staff = self._cache[shift] = self._planned(self._model.start_at + shift * SHIFT_SECONDS * SECOND)
        seconds = (at - self._model.start_at) / SECOND
        for outage in self._model.staff_outages:
            if outage.holds(seconds):
                staff = int(staff * outage.present_ratio)
        return staff

    def changes(self, end_at: Instant) -> list[Instant]:
        """The instants at which staff may grow: shifts begin, outages end."""
        start_at = self._model.start_at
        shifts = range(start_at, end_at + SHIFT_SECONDS * SECOND, SHIFT_SECONDS * SECOND)
        ends = [start_at + round((outage.hour * 3600 + outage.minutes * 60) * SECOND) for outage in self._model.staff_outages]
        return sorted({*shifts, *ends})


def planned_staff(rate: Rate, share: float, service_seconds: float, patience_seconds: float) -> Callable[[Instant], int]:
    """The fewest staff that answer 80 % of a shift's mean load within 20 seconds; never nobody."""

    def plan(shift_at: Instant) -> int:
        steps = range(0, SHIFT_SECONDS, 300)
        mean = sum(rate.planned(shift_at + step * SECOND) for step in steps) / len(steps) * share
        return max(1, staff_for(mean, service_seconds, patience_seconds, 20.0, 0.8))

    return plan
