"""How cycles end otherwise than by the stop their policy names, and the stop that came too early to end one (P15, P37, R67)."""

from typing import Final

import msgspec

from schemas.instants import Instant

HANDED_OVER: Final = "handed_over"
LEFT: Final = "left"
DONE_THERE: Final = "done_there"
CLOSED: Final = "closed"
CLOCK_SKEW: Final = "clock_skew"
"""Why a cycle ended otherwise than by the stop its policy names (``Run.reason``); ``done_there``: by that stop, which names the holder."""


class EarlyStop(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A stop that came before anything ran, while the contact was new: another source's clock may be ahead (P37)."""

    at: Instant
    source: str
    event: str
