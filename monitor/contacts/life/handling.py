"""One conversation with staff: talk, hold and after-call work, booked when it ends (requirements §5.4)."""

from monitor.contacts.counting import Desk
from monitor.contacts.kept.contact import Handling
from monitor.panes.where import Where
from schemas.instants import Instant


def begin(place: Where, at: Instant) -> Handling:
    """Staff and customer talk from now on."""
    return Handling(place, at)


def hold(handling: Handling, at: Instant) -> None:
    """The customer is put on hold; a second start of the same hold changes nothing."""
    if not handling.hold_since_at:
        handling.hold_since_at = at


def unhold(handling: Handling, at: Instant) -> None:
    """The hold is over."""
    if handling.hold_since_at:
        handling.hold_us += at - handling.hold_since_at
        handling.hold_since_at = 0


def finish(desk: Desk, handling: Handling, at: Instant) -> None:
    """The conversation is over: one handled contact with its talk and hold time."""
    unhold(handling, at)
    place = handling.place
    desk.count(place, at, "handled")
    desk.total(place, at, "talk_us", at - handling.since_at - handling.hold_us)
    if handling.hold_us:
        desk.total(place, at, "hold_us", handling.hold_us)
