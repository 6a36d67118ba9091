"""Where commands are carried out: exemptions come and go, verdicts are repaired; the rest belongs to others (design §8).

A command is written to every partition, so each shard carries out what concerns its own contacts.
"""

import msgspec

from monitor.contacts.exemptions import Exemptions
from monitor.contacts.rulings import Bench
from monitor.contacts.samples import Counters
from monitor.contacts.shelf import Shelf
from monitor.contacts.sweep import Sweep
from schemas.commands import Acknowledge, Command, Exempt, Lift, Repair, Silence
from schemas.instants import Instant
from schemas.partition import partition_of
from schemas.reasons import Reason, Refused


class Office(msgspec.Struct, frozen=True):
    """The commands of one shard, ``partition`` of ``partitions``."""

    partition: int
    partitions: int
    exemptions: Exemptions
    bench: Bench
    shelf: Shelf
    sweep: Sweep
    counters: Counters

    def take(self, command: Command, t: Instant) -> None:
        """Carry out a command; one that was taken before changes nothing. Raises Refused for one that cannot be carried out."""
        outcome = self._carry_out(command, t)
        named = (type(command).__name__.lower(), outcome)
        self.counters.commands[named] = self.counters.commands.get(named, 0) + 1

    def _carry_out(self, command: Command, t: Instant) -> str:
        if isinstance(command, Acknowledge | Silence):
            return "not_ours"
        if self.exemptions.is_known(command.id):
            return "duplicate"
        if isinstance(command, Repair):
            return self._repair(command, t)
        if isinstance(command, Exempt):
            self.exemptions.take(command.id, t, command)
        else:
            self.exemptions.take(command.id, t)
            if not self._lift(command, t):
                return "unknown_target"
        self.sweep.request(self.shelf.keys, closed_too=True)
        return "applied"

    def _lift(self, command: Lift, t: Instant) -> bool:
        return self.exemptions.lift(command.target, t)

    def _repair(self, command: Repair, t: Instant) -> str:
        if partition_of(command.contact.encode(), self.partitions) != self.partition:
            return "not_ours"
        refused = [Refused(Reason.TOO_LATE, f"no contact {command.contact} is kept", "$.contact")]
        repaired = False
        for key, contact in self.shelf.of_contact(command.contact):
            try:
                self.bench.repair(contact, command)
            except Refused as refusal:
                refused.append(refusal)
                continue
            repaired = True
            contact.publish_at = contact.publish_at or t
            self.shelf.put(key, contact)
        if not repaired:
            raise refused[-1]
        self.exemptions.take(command.id, t)
        return "applied"
