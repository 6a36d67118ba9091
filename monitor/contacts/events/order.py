"""Where an arriving event goes among those already accepted: duplicate, correction, next, or late (P31, P32)."""

from typing import Literal

from monitor.contacts.kept.contact import Stored

Standing = Literal["next", "late", "corrects", "duplicate", "conflicting"]


def order_key(event: Stored) -> tuple[int, int, str, str]:
    """The total fold order: ``(event_at, sequence, source, id)``."""
    return (event.at, event.sequence, event.source, event.id)


def standing(events: list[Stored], arriving: Stored) -> Standing:
    """Say how ``arriving`` relates to the accepted ``events``, which are sorted by ``order_key``.

    Same source and id: same content is a duplicate, and so is a lower sequence (already corrected); a higher sequence
    corrects; an equal one with other content conflicts, whatever was first in the log stays.
    """
    identity = arriving.id
    for known in events:
        if known.id == identity and known.source == arriving.source:
            return _same_identity(known, arriving)
    if not events or events[-1].at < arriving.at or order_key(events[-1]) < order_key(arriving):
        return "next"
    return "late"


def _same_identity(known: Stored, arriving: Stored) -> Standing:
    if arriving.sequence > known.sequence:
        return "corrects"
    if arriving.sequence < known.sequence:
        return "duplicate"
    same = known.data == arriving.data and stated(known) == stated(arriving)
    return "duplicate" if same else "conflicting"


def stated(event: Stored) -> int:
    """The instant the source gave, whatever the skew clamp made of it (P37)."""
    return event.stated_at or event.at


def insert(events: list[Stored], arriving: Stored) -> list[Stored]:
    """The accepted events with ``arriving`` in its place and any version of it that it corrects left out."""
    kept = [e for e in events if e.id != arriving.id or e.source != arriving.source]
    kept.append(arriving)
    kept.sort(key=order_key)
    return kept
