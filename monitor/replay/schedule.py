"""Which policy version the ticks of a replay name: each from its own instant on, as if it had been published then."""

from collections.abc import Mapping, Sequence
from typing import Final

from monitor.policy.book import Policies
from monitor.policy.model import Policy
from schemas.instants import Instant

FROM_THE_START: Final[Instant] = 0


class Schedule:
    """Policies in the order in which they are published, each with the first T whose tick names it."""

    def __init__(self, policies: Sequence[tuple[Instant, Policy]]) -> None:
        ordered = sorted(policies, key=lambda each: each[0])
        self.policies = Policies(*(policy for _, policy in ordered))
        self._versions = [(at, policy.version) for at, policy in ordered]

    @property
    def first(self) -> Policy:
        """The policy that the log begins under."""
        return self.policies.get(self._versions[0][1])

    @property
    def last(self) -> Policy:
        """The policy that the log ends under."""
        return self.policies.get(self._versions[-1][1])

    @property
    def names(self) -> Mapping[str, str]:
        """Versions by the name that their author gave them."""
        policies = (self.policies.get(version) for _, version in self._versions)
        return {policy.label: policy.version for policy in policies if policy.label}

    @property
    def switches(self) -> tuple[Instant, ...]:
        """The first T of each later version."""
        return tuple(at for at, _ in self._versions[1:])

    def name_at(self, t: Instant) -> str:
        """The version that the tick of T names."""
        return next((version for at, version in reversed(self._versions) if at <= t), self._versions[0][1])
