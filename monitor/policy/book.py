"""Every policy version of an installation, in the order of ``sla.policies``; each is compiled once (design §4).

A version is named by ticks, watermarks, verdicts and stored state. What a record says of when and for whom it counts is
decided when it is published and stands in the record; its YAML says what is promised.
"""

from collections.abc import Iterator
from typing import Final

import msgspec

from monitor.errors import PolicyError, StateError
from monitor.policy.feedback import NO_HASH_KEY
from monitor.policy.load import Files, load_policy
from monitor.policy.model import Policy
from monitor.policy.yaml_nodes import Node, merge, parse
from schemas.instants import format_instant, parse_instant
from schemas.policies import PolicyRecord

_NONE: Final = ""


class Policies:
    """The known versions; a version's place in the log never changes, and the last one is the newest."""

    def __init__(self, *policies: Policy, hash_key: bool = True) -> None:
        """Without a ``hash_key`` a version that wants customer keys hashed here cannot be used (R80)."""
        self._hash_key = hash_key
        self._numbers: dict[str, int] = {}
        self._records: dict[str, PolicyRecord] = {}
        self._compiled: dict[str, Policy] = {}
        self._broken: dict[str, str] = {}
        for policy in policies:
            self._numbers[policy.version] = len(self._numbers)
            self._compiled[policy.version] = policy

    def add(self, record: PolicyRecord) -> bool:
        """Take the next record of the log; answer False for a version that was there before."""
        if record.version in self._numbers:
            return False
        self._numbers[record.version] = len(self._numbers)
        self._records[record.version] = record
        return True

    def __contains__(self, version: str) -> bool:
        return version in self._numbers

    def __iter__(self) -> Iterator[str]:
        return iter(self._numbers)

    @property
    def newest(self) -> str:
        """The last version that can be used, empty while there is none."""
        return next((version for version in reversed(self._numbers) if self.usable(version)), _NONE)

    def number(self, version: str) -> int:
        """The place of a version in the log; raises StateError for one that is not there."""
        try:
            return self._numbers[version]
        except KeyError:
            raise StateError(f"policy {version} is not on sla.policies any more: publish it again, or start a new application id") from None

    def record(self, version: str) -> PolicyRecord | None:
        """The record of a version, None for one that came as an object."""
        return self._records.get(version)

    def usable(self, version: str) -> bool:
        """Whether a version is known and compiles; ``why_not`` says the reason."""
        if version in self._compiled:
            return True
        if version not in self._numbers or version in self._broken:
            return False
        try:
            policy = _compiled(self._records[version])
            require_hash_key(policy, given=self._hash_key)
            self._compiled[version] = policy
        except PolicyError as error:
            self._broken[version] = str(error)
            return False
        return True

    def why_not(self, version: str) -> str:
        """Why a version cannot be used."""
        return self._broken.get(version, "" if version in self._numbers else "it was not read from sla.policies yet")

    def get(self, version: str) -> Policy:
        """The compiled policy of a version; raises StateError for one that is not there or does not compile here."""
        self.number(version)
        if not self.usable(version):
            raise StateError(f"policy {version} of sla.policies cannot be compiled by this program: {self._broken[version]}")
        return self._compiled[version]


def require_hash_key(policy: Policy, *, given: bool) -> None:
    """Raise PolicyError for a policy that hashes customer keys where no key for it is given (R80)."""
    if policy.privacy.hash_here and not given:
        raise PolicyError(NO_HASH_KEY)


def record_of(files: Files, policy: Policy) -> PolicyRecord:
    """The record that publishes a policy: overlays merged into one text, its own time and scope."""
    return PolicyRecord(
        version=policy.version,
        yaml=merged_text(files),
        effective_from=None if policy.effective_from is None else format_instant(policy.effective_from),
        applies_to=policy.applies_to,
        title=policy.title or None,
    )


def merged_text(files: Files) -> str:
    """One YAML document that says what the files say together; a single file stays as it was written."""
    ordered = sorted(files)
    if len(ordered) == 1:
        return ordered[0][1]
    root: Node | None = None
    for name, text in ordered:
        node = parse(name, text)
        root = node if root is None else merge(root, node)
    plain = root.plain() if root is not None else {}
    return msgspec.json.format(msgspec.json.encode(plain), indent=2).decode() + "\n"  # every JSON document is YAML


def _compiled(record: PolicyRecord) -> Policy:
    """A record as a policy; the record says which version it is and from when it counts."""
    policy = load_policy([(f"{record.version}.yaml", record.yaml)])
    effective_from = None if record.effective_from is None else parse_instant(record.effective_from)
    return msgspec.structs.replace(policy, version=record.version, effective_from=effective_from, applies_to=record.applies_to)
