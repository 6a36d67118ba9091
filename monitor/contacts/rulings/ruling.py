"""What is kept of a person's ruling over one cycle: an exemption or a repair (``monitor.contacts.rulings.rulings``)."""

import msgspec

from monitor.panes.where import Where
from schemas.instants import Instant

Booking = tuple[Where, Instant, str, int]
"""A counter that was moved, where and at which instant, by how much."""


class Ruling(msgspec.Struct, array_like=True):
    """What a person ruled over one cycle: ``verdict`` counts instead, or, with ``policy`` 0 or more, what that version gives.

    ``repair`` rulings stay; the others are exemptions and come and go with their commands. ``booked`` is what it moved
    (§5.10), ``given_at`` when the command was given, ``version`` the name of ``policy``.
    """

    clock: str
    cycle: str
    command: str
    person: str
    reason: str
    verdict: str = ""
    policy: int = -1
    repair: bool = False
    booked: list[Booking] = []
    given_at: Instant = 0
    version: str = ""
