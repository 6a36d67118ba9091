"""What the traffic model can be told: how much of what, when things go wrong, and how badly events are delivered.

Everything is decided by ``seed``: the same model gives the same arrivals, byte for byte. Shares are ratios from 0 to 1;
instants within the model count in seconds from its start.
"""

from typing import Final

import msgspec

from schemas.instants import parse_instant


class Window(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A stretch of the simulated time: ``hour`` after the start, for ``minutes``."""

    hour: float
    minutes: float

    def holds(self, seconds: float) -> bool:
        """Whether an instant, in seconds after the start, lies inside."""
        return self.hour * 3600 <= seconds < self.hour * 3600 + self.minutes * 60


class Burst(Window, frozen=True, forbid_unknown_fields=True):
    """``factor`` times as many calls, chats and orders begin."""

    factor: float = 3.0


class StaffOutage(Window, frozen=True, forbid_unknown_fields=True):
    """Only ``present_ratio`` of the staff is there."""

    present_ratio: float = 0.3


class FeedOutage(Window, frozen=True, forbid_unknown_fields=True):
    """Events are not delivered; they come all at once at the end, or never if ``lost``."""

    lost: bool = False


class Delivery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How events reach the monitor. Delays are uniform from 0 to the bound, so the order is disturbed by no more than it."""

    disorder_seconds: float = 0.0
    duplicate_ratio: float = 0.0
    duplicate_delay_seconds: float = 30.0
    skewed_ratio: float = 0.0
    skew_seconds: float = 0.0
    outages: tuple[FeedOutage, ...] = ()


class CallQueue(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One queue of calls: its share of all calls, log-normal service (mean, coefficient of variation), exponential patience.

    ``staff`` None: per shift the fewest that answer 80 % of the shift's mean load within 20 seconds (Erlang A).
    """

    name: str
    share: float
    request_type: str = "enquiry"
    service_seconds: float = 180.0
    service_variation: float = 1.2
    wrapup_seconds: float = 20.0
    patience_seconds: float = 240.0
    staff: int | None = None


class ChatQueue(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Chats: a bot answers ``bot_ratio`` of them first and settles ``bot_settles_ratio`` of those; one person holds several."""

    name: str = "chat"
    bot_ratio: float = 0.7
    bot_settles_ratio: float = 0.5
    exchanges_mean: float = 3.0
    patience_seconds: float = 180.0
    staff: int | None = None


CALL_QUEUES: Final = (
    CallQueue(name="enquiry", share=0.45, request_type="enquiry", service_seconds=150),
    CallQueue(name="fault", share=0.25, request_type="fault", service_seconds=260),
    CallQueue(name="business", share=0.2, request_type="business", service_seconds=220),
    CallQueue(name="complaint", share=0.1, request_type="complaint", service_seconds=330, patience_seconds=150),
)


class TrafficModel(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One simulated contact centre. ``profile`` is the relative rate of each five minutes of a day, None for the recorded one."""

    seed: int = 1
    start: str = "2026-03-02T00:00:00+08:00"
    days: float = 1.0
    calls_per_day: float = 5000.0
    chats_per_day: float = 1200.0
    orders_per_day: float = 400.0
    profile: tuple[float, ...] | None = None
    weekend_ratio: float = 0.7
    call_queues: tuple[CallQueue, ...] = CALL_QUEUES
    chat_queue: ChatQueue = ChatQueue()
    vip_ratio: float = 0.12
    regions: tuple[str, ...] = ("north", "east", "south", "west")
    bursts: tuple[Burst, ...] = ()
    staff_outages: tuple[StaffOutage, ...] = ()
    delivery: Delivery = Delivery()

    @property
    def start_at(self) -> int:
        """The first instant of the simulated time."""
        return parse_instant(self.start)
