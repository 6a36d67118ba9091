"""Names that must come out the same from any run: alert ids, verdict keys, CloudEvent ids."""

from hashlib import blake2b

from monitor.contacts.kept.contact import Contact


def alert_id(contact: Contact, clock: str, cycle: str, level: int | None = None) -> str:
    """The hash of contact, clock and cycle; with the level for warnings below the breach and overruns above it (P16)."""
    parts = [contact.family, contact.id, clock, cycle]
    if level is not None:
        parts.append(str(level))
    return blake2b("\0".join(parts).encode(), digest_size=16).hexdigest()


def verdict_key(contact: Contact, clock: str, cycle: str) -> str:
    """``contact|clock|cycle``: the record key of a verdict."""
    return f"{contact.id}|{clock}|{cycle}"


def flow_alert_id(contact: Contact, rule: str, cause: str) -> str:
    """The hash of contact, flow rule and the event that caused the finding; no clock's alert has this id."""
    return blake2b("\0".join([contact.family, contact.id, "flow", rule, cause]).encode(), digest_size=16).hexdigest()
