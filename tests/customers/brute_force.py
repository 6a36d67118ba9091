"""What the counters of a customer's contacts must be, from the definitions alone: every contact is compared with every other."""

from collections import Counter

from monitor.policy.model import CustomerRules
from schemas.customers import ContactFacts, digest
from schemas.instants import Instant


def expected(contacts: list[ContactFacts], rules: CustomerRules, t: Instant) -> dict[str, int]:
    """Counters of FCR and repeats (requirements §5.10) and fake closures (R79) as of T."""
    found: Counter[str] = Counter()
    for each in contacts:
        found["fake_closures"] += sum(bool(returned(each, closure, contacts, rules)) for closure in each.closures)
        if not _counts(each):
            continue
        others = [other for other in contacts if _counts(other) and other is not each and _about(other) == _about(each)]
        found["repeat.contacts"] += 1
        if any(_order(other) < _order(each) and _within(other, each, rules) for other in others):
            found["repeat.repeats"] += 1
        elif each.ended_at:
            found["fcr.first"] += 1
            came_back = any(_order(other) > _order(each) and _within(each, other, rules) for other in others)
            spoiled = any(other.escalated and _belongs(other, each, contacts) for other in contacts)
            found["fcr.solved"] += not (each.left or came_back or spoiled)
            found["fcr.final"] += t > each.ended_at + rules.window_us
    return {name: count for name, count in found.items() if count}


def returned(order: ContactFacts, closure: tuple[Instant, Instant], contacts: list[ContactFacts], rules: CustomerRules) -> list[ContactFacts]:
    """By which contacts the customer came back after one closure of an order."""
    closed_at, reopened_at = closure
    return [
        each
        for each in contacts
        if each is not order
        and _about(each) == _about(order)
        and each.served
        and closed_at < each.opened_at <= closed_at + rules.fake_closure_us
        and (not reopened_at or each.opened_at <= reopened_at)
        and each.cause != digest(order.contact)
        and not (each.cause and each.cause == order.cause)
    ]


def _counts(contact: ContactFacts) -> bool:
    return contact.served and not contact.cause and bool(contact.problem)


def _about(contact: ContactFacts) -> tuple[str, str]:
    return (contact.customer, contact.problem)


def _order(contact: ContactFacts) -> tuple[Instant, str, str]:
    return (contact.opened_at, contact.family, contact.contact)


def _within(one: ContactFacts, next_one: ContactFacts, rules: CustomerRules) -> bool:
    return not one.ended_at or next_one.opened_at <= one.ended_at + rules.window_us


def _belongs(contact: ContactFacts, to: ContactFacts, contacts: list[ContactFacts]) -> bool:
    """Whether a contact was caused by another, directly or through others of the same customer."""
    for _ in contacts:
        if not contact.cause:
            return False
        if contact.cause == digest(to.contact) and contact.customer == to.customer:
            return True
        found = next((each for each in contacts if digest(each.contact) == contact.cause and each.customer == contact.customer), None)
        if found is None:
            return False
        contact = found
    return False
