"""What a shard sends at the first tick of each new whole second of T: dirty panes, changed presence, contacts, then its watermark (design §4)."""

from monitor.contacts.contact import Waiting
from monitor.contacts.reporting import Reporting
from monitor.panes.ledger import PaneLedger
from monitor.panes.presence import PresenceBook
from monitor.panes.watermark import watermarks, whole_second
from monitor.policy.model import Policy
from monitor.processing import Output, State
from schemas.instants import Instant
from schemas.panes import Watermark
from schemas.topics import CUSTOMER_CONTACTS

PROCESSOR = "contacts"


class Emission:
    """Panes and presence of one shard on their way to the queue shards, and its watermarks."""

    def __init__(self, partition: int, policy: Policy, state: State, partitions: int) -> None:
        self._partition, self._partitions, self._version = partition, partitions, policy.version
        self.ledger = PaneLedger(partition, policy, state, partitions, PROCESSOR)
        self.presence = PresenceBook(partition, policy, state, partitions, PROCESSOR, self.ledger.facets)

    def lay_out(self, policy: Policy) -> None:
        """Book and show by another policy from now on; the watermarks say so."""
        self._version = policy.version
        self.ledger.lay_out(policy)
        self.presence.lay_out(policy)

    def emit(self, t: Instant, appended_at: Instant, reporting: Reporting) -> list[Output]:
        """Everything as of the whole second of T, once for each second."""
        second = whole_second(t)
        if second <= self.ledger.sent_at:
            return []
        outputs = self.ledger.emit(second)
        outputs.extend(self.presence.emit(second))
        outputs.extend(reporting.emit(second))
        mark = Watermark(PROCESSOR, self._partition, second, appended_at, self._version)
        outputs.extend(watermarks(mark, self._partitions))
        outputs.extend(watermarks(mark, self._partitions, CUSTOMER_CONTACTS))
        return outputs

    def changes(self) -> dict[bytes, bytes | None]:
        """State changes of both since the last call."""
        return self.ledger.changes() | self.presence.changes()

    def moved(self, name: str, before: Waiting | None, after: Waiting | None) -> None:
        """A contact waits elsewhere than before, or no more."""
        if before is not None:
            self.presence.leave(before[0], name)
        if after is not None:
            self.presence.enter(after[0], name, after[1])
