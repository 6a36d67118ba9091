"""Alerts that ended: their tombstones follow when the policy keeps them no longer."""

from collections import deque
from typing import Final

from monitor.policy.model import Policy
from monitor.processing import Output, State
from schemas.instants import Instant
from schemas.topics import ALERTS

ENDED: Final = b"e|"
_WIDTH: Final = 8


class Ended:
    """The ended alerts of one shard, oldest first."""

    def __init__(self, state: State, keep_us: int) -> None:
        self._keep_us = keep_us
        self._keys = deque(sorted(key for key in state if key.startswith(ENDED)))
        self._unsaved: dict[bytes, bytes | None] = {}

    def lay_out(self, policy: Policy) -> None:
        """Keep ended alerts as long as another policy says."""
        self._keep_us = policy.limits.keep_ended_alerts_us

    def add(self, t: Instant, ended_id: str) -> None:
        """An alert ended at T; T never goes back."""
        key = ENDED + t.to_bytes(_WIDTH, "big") + ended_id.encode()
        if key not in self._unsaved:
            self._keys.append(key)
            self._unsaved[key] = b""

    def forget(self, t: Instant) -> list[Output]:
        """The tombstones that T brings."""
        start, until_at = len(ENDED), t - self._keep_us
        gone = []
        while self._keys and int.from_bytes(self._keys[0][start : start + _WIDTH], "big") <= until_at:
            gone.append(self._keys.popleft())
        self._unsaved.update(dict.fromkeys(gone))
        return [Output(ALERTS, key[start + _WIDTH :], None) for key in gone]

    def changes(self) -> dict[bytes, bytes | None]:
        """What the state must hold since the last call."""
        changes, self._unsaved = self._unsaved, {}
        return changes
