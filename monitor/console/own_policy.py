"""The policy that a process brings along, and what it does with it on ``sla.policies``: publish it, or run what is newer there."""

import logging

import msgspec

from agents.policies import append_policy
from agents.runtime.settings import RuntimeSettings
from agents.runtime.wall_clock import wall_clock
from monitor.console.policies import DEFAULT, read_files, settings
from monitor.policy import load_policy
from monitor.policy.book import Policies, record_of, require_hash_key
from schemas.instants import format_instant
from schemas.policies import PolicyRecord

log = logging.getLogger("sla.worker")


class Own(msgspec.Struct, frozen=True):
    """``asked_for``: somebody named it, on the command line or by ``SLA_POLICY``; else it is the shipped default."""

    record: PolicyRecord
    asked_for: bool

    def wanted(self, known: Policies) -> PolicyRecord | None:
        """The record to append: one that was asked for and is not there, or anything where there is nothing yet."""
        if self.record.version in known or (known.newest and not self.asked_for):
            return None
        return msgspec.structs.replace(self.record, published_at=format_instant(wall_clock()))


def own_policy(policy: str | None, *, hash_key: bool = True) -> Own:
    """Read and compile the policy of this process; raises PolicyError with all reasons, one that needs a ``hash_key`` included."""
    named = policy or settings().policy
    files = read_files(named or DEFAULT)
    compiled = load_policy(files)
    require_hash_key(compiled, given=hash_key)
    return Own(record_of(files, compiled), named is not None)


async def bring(runtime: RuntimeSettings, own: Own) -> Policies:
    """Publish the policy of this process if it is new, and say which one runs."""
    known = await append_policy(runtime, own.wanted)
    mine, newest = own.record.version, known.newest
    if mine == newest:
        log.info("policy %s (%s) is the newest on sla.policies", mine, own.record.title or "no title")
    elif own.asked_for:
        log.warning("policy %s was published before %s, which runs; to go back to it publish it with another `version:` label", mine, newest)
    else:
        log.info("policy %s runs, the newest on sla.policies", newest)
    return known
