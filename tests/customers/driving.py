"""Drives a customers shard as the runtime does: contacts and watermarks of its sources in, commits merged into a state."""

from collections import Counter
from collections.abc import Iterable

import msgspec

from monitor.customers.processor import CustomersProcessor
from monitor.panes.ledger import PaneLedger
from monitor.panes.sources import shards_of
from monitor.policy.model import CustomerRules, Language, Policy, QueuePolicy
from monitor.processing import Output, Record, Reject, merge_changes
from schemas.alerts import Alert
from schemas.customers import ContactFacts, ContactGone, CustomerContact, digest
from schemas.instants import DAY, HOUR, Instant
from schemas.panes import Watermark
from schemas.topics import ALERTS, CUSTOMER_CONTACTS, QUEUE_PANES

T0: Instant = 20_000 * DAY
RULES = CustomerRules(window_us=2 * HOUR, fake_closure_us=5 * HOUR)

_encode = msgspec.json.Encoder().encode


def at(hours: float) -> Instant:
    """The whole second ``hours`` after T0."""
    return T0 + round(hours * 3600) * 1_000_000


def policy(rules: CustomerRules = RULES, language: Language = "en") -> Policy:
    """Nothing but queues to count in and the two windows."""
    return Policy(version="p1", calendars={}, clocks=(), queues=QueuePolicy(scopes=("queue", "all")), customers=rules, language=language)


class Shard:
    """One shard and its sources."""

    def __init__(self, rules: CustomerRules = RULES, sources: int = 1, external_clock: bool = True, language: Language = "en") -> None:
        self.policy, self._sources, self._external = policy(rules, language), shards_of(("contacts",), sources), external_clock
        self.state: dict[bytes, bytes] = {}
        self.outputs: list[Output] = []
        self.rejects: list[Reject] = []
        self._told: set[tuple[str, str]] = set()
        self.processor = self._made()

    def tell(self, facts: ContactFacts, t: Instant, source: int = 0, known: bool | None = None) -> None:
        """A source says a contact as of ``t``."""
        name = (facts.family, facts.contact)
        said = name in self._told if known is None else known
        self._told.add(name)
        self.send(CustomerContact(facts, said, "contacts", source, t))

    def gone(self, facts: ContactFacts, t: Instant, source: int = 0) -> None:
        """A source takes a contact back."""
        self._told.discard((facts.family, facts.contact))
        self.send(ContactGone(facts.family, facts.contact, "contacts", source, t))

    def send(self, sent: CustomerContact | ContactGone | Watermark) -> None:
        """One record."""
        key = f"{sent.facts.family}|{sent.facts.contact}" if isinstance(sent, CustomerContact) else "watermark|contacts|0"
        self.processor.apply(Record(CUSTOMER_CONTACTS, 0, 0, key.encode(), _encode(sent)), 0)

    def mark(self, t: Instant, source: int = 0, appended_at: Instant | None = None) -> None:
        """A source has passed T."""
        self.send(Watermark("contacts", source, t, t if appended_at is None else appended_at))

    def commit(self) -> None:
        """Merge what changed into the state."""
        effects = self.processor.drain()
        merge_changes(self.state, effects.changes)
        self.outputs += effects.outputs
        self.rejects += effects.rejects

    def restart(self) -> None:
        """Start again from the state alone."""
        self.commit()
        self.processor = self._made()

    def counters(self, scope: str = "all") -> dict[str, int]:
        """Everything booked so far in one scope."""
        self.commit()
        found: Counter[str] = Counter()
        for each, _, totals in PaneLedger(0, self.policy, self.state, 1).lifetime():
            if each == scope:
                found.update({name: count for name, count in totals.counts.items() if not name.startswith("missed.")})
        return {name: count for name, count in found.items() if count}

    def alerts(self) -> list[Alert]:
        """Every version of every alert, in order."""
        self.commit()
        return [msgspec.json.decode(out.value, type=Alert) for out in self.outputs if out.topic == ALERTS and out.value is not None]

    def states(self) -> dict[str, str]:
        """The last state of the alerts of each order."""
        return {f"{alert.contact}": alert.state for alert in self.alerts() if alert.contact}

    def watermarks(self) -> list[Instant]:
        """Every T that it passed on."""
        self.commit()
        sent = (msgspec.json.decode(out.value or b"") for out in self.outputs if out.topic == QUEUE_PANES)
        return [each["t"] for each in sent if each["kind"] == "watermark"]

    def _made(self) -> CustomersProcessor:
        return CustomersProcessor(0, self.state, self.policy, 1, self._sources, self._external)


def facts(contact: str, opened: float, ended: float | None = None, /, **more: object) -> ContactFacts:
    """A call about problem p1 that a human served, in hours after T0; ``closed`` are pairs of hours of an order."""
    closed = more.pop("closed", ())
    assert isinstance(closed, Iterable)
    queue, cause = str(more.pop("queue", "q1")), digest(str(more.pop("cause", "")))
    fields: dict[str, object] = {"family": "call", "customer": "k1", "problem": "p1", "served": True, "place": (queue, "hotline"), **more}
    return ContactFacts(
        contact=contact,
        opened_at=at(opened),
        ended_at=0 if ended is None else at(ended),
        cause=cause,
        closures=tuple((at(begun), at(until) if until else 0) for begun, until in closed),
        **fields,  # type: ignore[arg-type]  # a test names its fields
    )


def order(contact: str, opened: float, ended: float | None = None, /, **more: object) -> ContactFacts:
    """The same as a work order, closed when it ended."""
    closed = () if ended is None else ((ended, 0),)
    return facts(contact, opened, ended, **{"family": "workorder", "closed": closed, **more})
