"""The policy of a shard without ticks: at each T the newest of those that the watermarks of its sources name (design §4)."""

from typing import Final

from monitor.policy.book import Policies
from monitor.policy.model import Policy
from monitor.processing import State

KEY: Final = b"v|policy"


class NamedVersions:
    """Which version a shard is under; what it begins with is a guess until the first T names one."""

    def __init__(self, policy: Policy | Policies, state: State) -> None:
        self._policies = policy if isinstance(policy, Policies) else Policies(policy)
        stored = state.get(KEY)
        self._is_guess = stored is None
        self.name = self._policies.newest if stored is None else stored.decode()
        self._own = (self.name,)
        self._changed = False

    @property
    def policy(self) -> Policy:
        """The policy itself."""
        return self._policies.get(self.name)

    def are_loaded(self, names: tuple[str, ...]) -> bool:
        """Whether the versions that a T is judged by were read; until then it waits, and so does what follows."""
        return names == self._own or all(map(self._policies.usable, names))

    def follow(self, names: tuple[str, ...]) -> Policy | None:
        """Take over the newest of the names of a T; the policy if it is another one than before. A version only grows."""
        if not names or (names == self._own and not self._is_guess):
            return None
        newest = max(names if self._is_guess else (*names, self.name), key=self._policies.number)
        self._changed |= self._is_guess or newest != self.name
        self._is_guess = False
        if newest == self.name:
            return None
        self.name, self._own = newest, (newest,)
        return self.policy

    def changes(self) -> dict[bytes, bytes | None]:
        """What the state must hold since the last call."""
        if not self._changed:
            return {}
        self._changed = False
        return {KEY: self.name.encode()}
