"""When an objective is broken and when it holds again: a pure state machine with named reasons (P30, P43)::

           breach                     breach for the whole `for`
    ok ------------> pending ---------------------------------> firing
     ^                  |                                          |
     |  target met, closed, no volume                              |  cleared by the margin, closed, no volume
     +------------------+------------------------------------------+

Below the minimum volume, or with an empty window, there is no evidence: nothing fires and nothing resolves, a `for` runs on.
When that lasts for a whole window, nothing of what broke the promise is left: reason ``no_volume``. Outside the objective's
calendar nothing is promised: reason ``calendar_closed``. A firing objective holds again only when it clears its target by the
hysteresis; ``for`` counts from the first breach to the first evaluation at which it still breaks.
"""

from enum import StrEnum
from typing import Final, Literal

import msgspec

from monitor.policy.model import Objective
from monitor.queues.formulas import Reading
from schemas.instants import Instant

Phase = Literal["ok", "pending", "firing"]
Move = Literal["stay", "fire", "resolve"]


class Reason(StrEnum):
    """Why an objective stands as it does; reaches alerts and metrics unchanged."""

    TARGET_MET = "target_met"
    MISSED = "objective_missed"
    WAITING_FOR = "breach_not_lasting_yet"
    NOT_LASTING = "recovered_before_for"
    RECOVERED = "recovered"
    WITHIN_MARGIN = "within_hysteresis"
    LOW_VOLUME = "below_minimum_volume"
    NO_VOLUME = "no_volume"
    CLOSED = "calendar_closed"
    WITHDRAWN = "no_longer_promised"


class Standing(msgspec.Struct, frozen=True, array_like=True):
    """How one objective stands for one series: since when it breaks, and since when there is no evidence."""

    phase: Phase = "ok"
    since_at: Instant = 0
    quiet_at: Instant | None = None


class Step(msgspec.Struct, frozen=True):
    """What follows from one reading."""

    standing: Standing
    move: Move
    reason: Reason


OK: Final = Standing()


def step(objective: Objective, standing: Standing, reading: Reading | None, t: Instant) -> Step:
    """Return how the objective stands at T; a reading of None means that its calendar is closed."""
    if reading is None:
        return _end(standing, Reason.CLOSED)
    if not has_volume(objective, reading):
        return _without_evidence(objective, standing, t)
    value = reading.value if reading.value is not None else 0.0
    if not _meets(objective, value, 0.0):
        return _broken(objective, standing, t)
    if standing.phase == "pending":
        return Step(OK, "stay", Reason.NOT_LASTING)
    if standing.phase == "ok":
        return Step(OK, "stay", Reason.TARGET_MET)
    if _meets(objective, value, objective.hysteresis):
        return Step(OK, "resolve", Reason.RECOVERED)
    return Step(_seen(standing), "stay", Reason.WITHIN_MARGIN)


def has_volume(objective: Objective, reading: Reading) -> bool:
    """Whether there is a value of enough contacts to be judged (P30)."""
    return reading.value is not None and reading.n >= objective.minimum_volume


def _broken(objective: Objective, standing: Standing, t: Instant) -> Step:
    if standing.phase == "firing":
        return Step(_seen(standing), "stay", Reason.MISSED)
    since_at = standing.since_at if standing.phase == "pending" else t
    if t - since_at >= objective.for_us:
        return Step(Standing("firing", since_at), "fire", Reason.MISSED)
    return Step(Standing("pending", since_at), "stay", Reason.WAITING_FOR)


def _without_evidence(objective: Objective, standing: Standing, t: Instant) -> Step:
    if standing.phase == "ok":
        return Step(OK, "stay", Reason.LOW_VOLUME)
    quiet_at = t if standing.quiet_at is None else standing.quiet_at
    if t - quiet_at >= objective.window_us:
        return _end(standing, Reason.NO_VOLUME)
    return Step(msgspec.structs.replace(standing, quiet_at=quiet_at), "stay", Reason.LOW_VOLUME)


def _end(standing: Standing, reason: Reason) -> Step:
    return Step(OK, "resolve" if standing.phase == "firing" else "stay", reason)


def _seen(standing: Standing) -> Standing:
    return standing if standing.quiet_at is None else msgspec.structs.replace(standing, quiet_at=None)


def _meets(objective: Objective, value: float, margin: float) -> bool:
    if objective.comparison == ">=":
        return value >= objective.target + margin
    return value <= objective.target - margin
