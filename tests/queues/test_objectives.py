"""The life of an objective as rows: reading by reading, one a minute (P30, P43, P59)."""

import pytest

from monitor.queues.formulas import Reading
from monitor.queues.objectives import OK, Reason, step
from schemas.instants import MINUTE
from tests.queues.feed import objective

GOOD, EDGE, BAD, FEW, NONE = Reading(0.95, 50), Reading(0.82, 50), Reading(0.5, 50), Reading(0.0, 2), Reading(None, 0)
CLOSED = None

Row = tuple[str, dict[str, object], list[Reading | None], list[tuple[str, str, Reason]]]
ROWS: tuple[Row, ...] = (
    (
        "without `for` a breach fires at once, and resolves when the target is met",
        {},
        [GOOD, BAD, BAD, EDGE],
        [
            ("ok", "stay", Reason.TARGET_MET),
            ("firing", "fire", Reason.MISSED),
            ("firing", "stay", Reason.MISSED),
            ("ok", "resolve", Reason.RECOVERED),
        ],
    ),
    (
        "exactly the target is met (P22)",
        {},
        [Reading(0.8, 50), Reading(0.7999, 50)],
        [("ok", "stay", Reason.TARGET_MET), ("firing", "fire", Reason.MISSED)],
    ),
    (
        "a breach shorter than its `for` fires nothing",
        {"for_us": 2 * MINUTE},
        [BAD, BAD, GOOD, BAD],
        [
            ("pending", "stay", Reason.WAITING_FOR),
            ("pending", "stay", Reason.WAITING_FOR),
            ("ok", "stay", Reason.NOT_LASTING),
            ("pending", "stay", Reason.WAITING_FOR),
        ],
    ),
    (
        "a breach that lasts for its `for` fires",
        {"for_us": 2 * MINUTE},
        [BAD, BAD, BAD],
        [("pending", "stay", Reason.WAITING_FOR), ("pending", "stay", Reason.WAITING_FOR), ("firing", "fire", Reason.MISSED)],
    ),
    (
        "with hysteresis a firing objective must clear its target by the margin (P43)",
        {"hysteresis": 0.05},
        [EDGE, BAD, EDGE, EDGE, GOOD],
        [
            ("ok", "stay", Reason.TARGET_MET),
            ("firing", "fire", Reason.MISSED),
            ("firing", "stay", Reason.WITHIN_MARGIN),
            ("firing", "stay", Reason.WITHIN_MARGIN),
            ("ok", "resolve", Reason.RECOVERED),
        ],
    ),
    (
        "below the minimum volume nothing fires (P30)",
        {"minimum_volume": 20},
        [FEW, NONE, FEW],
        [("ok", "stay", Reason.LOW_VOLUME)] * 3,
    ),
    (
        "below the minimum volume nothing resolves until it lasted for a whole window",
        {"window_us": 2 * MINUTE},
        [BAD, NONE, FEW, BAD, NONE, NONE, NONE],
        [
            ("firing", "fire", Reason.MISSED),
            ("firing", "stay", Reason.LOW_VOLUME),
            ("firing", "stay", Reason.LOW_VOLUME),
            ("firing", "stay", Reason.MISSED),
            ("firing", "stay", Reason.LOW_VOLUME),
            ("firing", "stay", Reason.LOW_VOLUME),
            ("ok", "resolve", Reason.NO_VOLUME),
        ],
    ),
    (
        "a `for` runs on over a gap without evidence, and ends after a whole window of it",
        {"for_us": 2 * MINUTE, "window_us": 3 * MINUTE},
        [BAD, NONE, BAD, GOOD, BAD, NONE, NONE, NONE, NONE],
        [
            ("pending", "stay", Reason.WAITING_FOR),
            ("pending", "stay", Reason.LOW_VOLUME),
            ("firing", "fire", Reason.MISSED),
            ("ok", "resolve", Reason.RECOVERED),
            ("pending", "stay", Reason.WAITING_FOR),
            ("pending", "stay", Reason.LOW_VOLUME),
            ("pending", "stay", Reason.LOW_VOLUME),
            ("pending", "stay", Reason.LOW_VOLUME),
            ("ok", "stay", Reason.NO_VOLUME),
        ],
    ),
    (
        "when its calendar closes a firing objective is resolved and a pending one dropped (P59)",
        {"for_us": MINUTE},
        [BAD, BAD, CLOSED, CLOSED, BAD, CLOSED],
        [
            ("pending", "stay", Reason.WAITING_FOR),
            ("firing", "fire", Reason.MISSED),
            ("ok", "resolve", Reason.CLOSED),
            ("ok", "stay", Reason.CLOSED),
            ("pending", "stay", Reason.WAITING_FOR),
            ("ok", "stay", Reason.CLOSED),
        ],
    ),
    (
        "an upper bound is broken above it and clears below it by the margin",
        {"comparison": "<=", "target": 30.0, "hysteresis": 5.0},
        [Reading(30.0, 50), Reading(30.1, 50), Reading(26.0, 50), Reading(25.0, 50)],
        [
            ("ok", "stay", Reason.TARGET_MET),
            ("firing", "fire", Reason.MISSED),
            ("firing", "stay", Reason.WITHIN_MARGIN),
            ("ok", "resolve", Reason.RECOVERED),
        ],
    ),
)


@pytest.mark.parametrize(("changes", "readings", "expected"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_objective(changes: dict[str, object], readings: list[Reading | None], expected: list[tuple[str, str, Reason]]) -> None:
    promised, standing, seen = objective("level", **changes), OK, []
    for minute, reading in enumerate(readings):
        after = step(promised, standing, reading, minute * MINUTE)
        again = step(promised, after.standing, reading, minute * MINUTE)
        assert (again.standing, again.move) == (after.standing, "stay"), "the same reading once more changes nothing"
        standing = after.standing
        seen.append((standing.phase, after.move, after.reason))
    assert seen == expected
