"""What is kept of flow rules on one contact: how far each has come, and what was found."""

import msgspec

from schemas.instants import Instant


class Followed(msgspec.Struct, array_like=True, gc=False):
    """How far one rule has come: the parts that happened, in their order; whether it was checked since the last reopening.

    ``holder`` and ``before`` are who holds an order and who held it before (R66); ``failed`` that it was given back since.
    """

    rule: str
    done: list[int] = []
    checked: bool = False
    holder: str = ""
    before: str = ""
    failed: bool = False


class Finding(msgspec.Struct, array_like=True, gc=False):
    """One thing found: by which rule, at which event, why (``reason``), and ``what`` of the rule is meant: names of the policy.

    ``ended_at`` 0: it lasts while the contact is open. ``labels`` are where the contact was then, since the labels of an alert
    never change (P41). ``value_us`` is the time it took, where that is the point.
    """

    rule: str
    cause: str
    at: Instant
    reason: str
    what: list[str] = []
    ended_at: Instant = 0
    labels: dict[str, str] = {}
    value_us: int = 0
