"""What a contact was promised, from the rules of decision 011 alone: whether it must be breached, must not be, or nobody can know.

A version counts from the T of the first tick that names it, in each shard by itself. The harness knows two instants around it: when
it began to publish the version, and the latest T at which any shard came to it. A contact whose outcome depends on where in between
the version began has no known outcome; it is compared with the replay alone.
"""

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from schemas.events import Family
from schemas.instants import SECOND, Instant

ARRIVES_WITHIN_US: Final = 20 * SECOND
"""How late an event may reach the log at most: a broker that is away is waited for."""

NEVER: Final[Instant] = 1 << 62


class Switch(msgspec.Struct, frozen=True):
    """A version that began to count somewhere in [``from_at``, ``by_at``]; ``open`` when it applies to running clocks too."""

    from_at: Instant
    by_at: Instant
    target_us: Mapping[Family, int]
    open: bool


class Life(msgspec.Struct, frozen=True):
    """A contact with one clock: when it began and when it was served, perhaps never; nothing after ``end_at`` was judged."""

    family: Family
    opened_at: Instant
    served_at: Instant = NEVER
    end_at: Instant = NEVER


def outcomes(switches: Sequence[Switch], life: Life) -> set[bool]:
    """Every possible answer to "is it breached?"; the first switch is the version that counted from the beginning."""
    first, *later = switches
    return _opened(later, life, first.target_us[life.family])


def _opened(later: Sequence[Switch], life: Life, target_us: int) -> set[bool]:
    """Under which version it is opened."""
    found: set[bool] = set()
    for number, switch in enumerate(later):
        if switch.by_at > life.opened_at:
            found |= _running(later[number:], life, life.opened_at + target_us)
        if switch.from_at > life.opened_at:
            return found
        target_us = switch.target_us[life.family]
    return found | _running((), life, life.opened_at + target_us)


def _running(later: Sequence[Switch], life: Life, deadline_at: Instant) -> set[bool]:
    """What can become of it with this deadline and the switches to come (P14: same start, a deadline that is past is breached at once)."""
    for number, switch in enumerate(later):
        if not switch.open:
            continue
        from_at = max(switch.from_at, life.opened_at)
        ended_at = life.served_at + ARRIVES_WITHIN_US
        if from_at >= min(deadline_at, ended_at):
            break
        found = _running(later[number + 1 :], life, max(life.opened_at + switch.target_us[life.family], from_at))
        if switch.by_at >= min(deadline_at, life.served_at):
            found |= _decided(life, deadline_at)
        return found
    return _decided(life, deadline_at)


def _decided(life: Life, deadline_at: Instant) -> set[bool]:
    """Without another switch. A reply before the deadline that arrives after it: first an alert, then its retraction."""
    if deadline_at > life.end_at:
        return {False}
    if deadline_at < life.served_at:
        return {True}
    return {True, False} if deadline_at < life.served_at + ARRIVES_WITHIN_US else {False}
