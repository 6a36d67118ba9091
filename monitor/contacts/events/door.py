"""What is personal stops here, before anything is stored (R80): keys become keyed hashes, withheld fields never come in.

A hash of a phone number without a key is no secret: all numbers can be tried. HMAC-SHA-256 (RFC 2104) with a key of the
operator's cannot be tried, and the same key gives the same customer the same name on every channel and in every replay.
"""

import hmac
from functools import lru_cache
from hashlib import sha256
from typing import Final

import msgspec

from monitor.errors import PolicyError
from monitor.policy.feedback import NO_HASH_KEY
from monitor.policy.model import Privacy
from schemas.event import Event

HASHED: Final = ("customer_key", "service_key")
WITHHELD: Final = "withheld"
_MARKED: Final = frozenset({"impact_scope", "location", "symptom"})
"""Fields of which it stays known that something was said (R79); others are as if they had never come."""
_DIGITS: Final = 32


class Door:
    """Lets events in as the policy's privacy wants them."""

    def __init__(self, privacy: Privacy, hash_key: bytes) -> None:
        if privacy.hash_here and not hash_key:
            raise PolicyError(NO_HASH_KEY)
        self._keys = HASHED if privacy.hash_here else ()
        self._withheld = privacy.withhold
        self._hash_key = hash_key
        self.is_open: Final = not (self._keys or self._withheld)

    def enter(self, event: Event) -> Event:
        """The event without what is personal."""
        changes: dict[str, str | None] = {}
        for name in self._keys:
            value = getattr(event.data, name)
            if value is not None:
                changes[name] = keyed_hash(value, self._hash_key)
        for name in self._withheld:
            if getattr(event.data, name, None) is not None:
                changes[name] = WITHHELD if name in _MARKED else None
        return msgspec.structs.replace(event, data=msgspec.structs.replace(event.data, **changes)) if changes else event


@lru_cache(maxsize=4096)
def keyed_hash(value: str, key: bytes) -> str:
    """The first 128 bits of the HMAC, in hexadecimal digits."""
    return hmac.new(key, value.encode(), sha256).hexdigest()[:_DIGITS]
