"""How the contacts of one customer about one problem stand to each other (requirements §5.6, §5.7, §5.10; R22, R23, R79).

The window runs from the end of one contact to the start of the next, both ends included; one that is still open reaches any start
after its own. Of two contacts the one that began first is the earlier. A contact that belongs to another is neither first nor repeat.
"""

from typing import Final

from monitor.customers.held import CONTACT, FINAL, FIRST, REPEAT, SOLVED, Held
from monitor.policy.model import CustomerRules
from schemas.customers import digest
from schemas.instants import DAY, Instant

LATE_US: Final = DAY
"""How much longer than its windows a contact is kept, for what comes late about it."""

MAX_OPEN_US: Final = 90 * DAY
"""A contact that never ends is kept no longer than this (design §4)."""

NEVER: Final = 1 << 62


def standings(held: list[Held], rules: CustomerRules, t: Instant) -> list[int]:
    """The counters that each contact belongs in as of T, as bits; ``held`` is in order of the starts."""
    bits = [0] * len(held)
    counted = [index for index, each in enumerate(held) if each.counts]
    reach = -1
    for place, index in enumerate(counted):
        each = held[index]
        bits[index] = CONTACT
        if each.earlier or reach >= each.opened_at:
            bits[index] |= REPEAT
        elif each.ended_at:
            following = held[counted[place + 1]] if place + 1 < len(counted) else None
            bits[index] |= _resolution(each, following, rules, t)
        reach = max(reach, within(each, rules))
    return bits


def within(held: Held, rules: CustomerRules) -> Instant:
    """The last start that is within the window of a contact."""
    return held.ended_at + rules.window_us if held.ended_at else NEVER


def _resolution(first: Held, following: Held | None, rules: CustomerRules, t: Instant) -> int:
    bits = FIRST
    until_at = within(first, rules)
    if not (first.left or first.spoiled or first.later or (following is not None and following.opened_at <= until_at)):
        bits |= SOLVED
    return bits | FINAL if t > until_at else bits


def returns(order: Held, closed_at: Instant, held: list[Held], rules: CustomerRules) -> list[Held]:
    """The contacts by which the customer came back with the problem after one closure of an order (R79)."""
    reopened_at = next((reopened for closed, reopened in order.closures if closed == closed_at), 0)
    until_at = closed_at + rules.fake_closure_us
    if reopened_at:
        until_at = min(until_at, reopened_at)
    return [each for each in held if closed_at < each.opened_at <= until_at and each.served and not _belong_together(order, each)]


def keep_us(rules: CustomerRules) -> int:
    """How long a contact is kept after its end."""
    return max(rules.window_us, rules.fake_closure_us) + LATE_US


def forget_at(held: Held, rules: CustomerRules) -> Instant:
    """The first T at which a contact may be forgotten: not while an alert of its closures is firing."""
    if any(raised.state == "firing" for raised in held.raised):
        return NEVER
    return (held.ended_at or held.opened_at + MAX_OPEN_US) + keep_us(rules)


def due_at(held: list[Held], rules: CustomerRules) -> Instant:
    """The first T that changes something in a group."""
    due = NEVER
    for each in held:
        due = min(due, forget_at(each, rules))
        if each.booked & FIRST and not each.booked & FINAL:
            due = min(due, within(each, rules) + 1)
    return due


def _belong_together(order: Held, other: Held) -> bool:
    return other is order or other.cause == digest(order.contact) or bool(other.cause and other.cause == order.cause)
