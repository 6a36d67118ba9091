"""Time in the voice menu and what came of it (R85): booked in the slot of entering it, never part of the wait in a queue.

A menu that is never left is left by what follows: a queue or an answer means a person, the end of the call a hang-up.
"""

from monitor.contacts.counting import Desk
from monitor.contacts.kept.contact import CallFlow, View
from schemas.instants import Instant


def enter(desk: Desk, view: View, flow: CallFlow, at: Instant) -> None:
    """The caller reached the menu; reaching it again from within changes nothing."""
    if flow.ivr_since_at:
        return
    flow.ivr_since_at, flow.ivr_place = at, desk.place_of(view)
    desk.count(flow.ivr_place, at, "ivr.entered")


def leave(desk: Desk, view: View, flow: CallFlow, outcome: str, at: Instant) -> None:
    """The caller left the menu: ``human``, ``self_served`` or ``hung_up``; without having entered it was entered just now."""
    enter(desk, view, flow, at)
    place, since_at = flow.ivr_place, flow.ivr_since_at
    assert place is not None, "the menu was entered"
    desk.count(place, since_at, f"ivr.{outcome}")
    desk.total(place, since_at, "ivr_us", at - since_at)
    flow.ivr_since_at, flow.ivr_place = 0, None
