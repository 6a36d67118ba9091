"""The counters of a clock in the panes (requirements §5.10): each cycle is booked once, and moves if events disprove it."""

import msgspec

OTHER = "other"
"""Books the departments or nodes that no rule or trigger of the policy names, so that a policy bounds its counters."""


class ClockNames(msgspec.Struct, frozen=True):
    """The names of one clock's counters, made in advance.

    ``sketch`` holds the counted time of stopped cycles, ``stopped`` and ``elapsed`` their number and sum (R4, R5, R37);
    ``relaxed`` counts targets moved later near their end (P14), ``past_promises`` dates that had passed when they were named (P23).
    """

    met: str
    breached: str
    cancelled: str
    exempt: str
    relaxed: str
    past_promises: str
    stopped: str
    elapsed: str
    sketch: str


def names_of(clock: str) -> ClockNames:
    """The counters of a clock, or of one value of it (``node:network``)."""
    base = f"clock.{clock}"
    return ClockNames(
        met=f"{base}.met",
        breached=f"{base}.breached",
        cancelled=f"{base}.cancelled",
        exempt=f"{base}.exempt",
        relaxed=f"{base}.relaxed",
        past_promises=f"{base}.past_promises",
        stopped=f"{base}.stopped",
        elapsed=f"{base}.elapsed_us",
        sketch=base,
    )
