"""Values for ``/metrics`` from what a shard owns; labels are bounded, a contact is never one (P41)."""

from collections.abc import Iterator

import msgspec

from monitor.contacts.emission import Emission
from monitor.contacts.shelf import SEVERITIES, Shelf
from monitor.processing import Sample
from schemas.events import FAMILIES, Family
from schemas.instants import SECOND


class Counters(msgspec.Struct):
    """What this shard did since it was made."""

    accepted: int = 0
    duplicates: int = 0
    late: int = 0
    clamped: dict[str, int] = {}
    ghosts: int = 0
    pauses_unlisted: dict[Family, int] = {}
    commands: dict[tuple[str, str], int] = {}


def collect(partition: int, counters: Counters, shelf: Shelf, emission: Emission) -> Iterator[Sample]:
    """Every sample of one shard; the last label is the partition."""
    shard = str(partition)
    yield Sample("sla_events_accepted_total", (shard,), counters.accepted)
    yield Sample("sla_events_duplicate_total", (shard,), counters.duplicates)
    yield Sample("sla_late_corrections_total", (shard,), counters.late)
    for source, clamped in sorted(counters.clamped.items()):
        yield Sample("sla_events_clock_skew_total", (source, shard), clamped)
    yield Sample("sla_clocks_expired_total", (shard,), counters.ghosts)
    yield Sample("sla_contacts_waiting", (shard,), emission.presence.waiting())
    for (command, outcome), count in sorted(counters.commands.items()):
        yield Sample("sla_commands_total", (command, outcome, shard), count)
    for paused, pauses in sorted(counters.pauses_unlisted.items()):
        yield Sample("sla_pauses_unlisted_total", (paused, shard), pauses)
    for family in FAMILIES:
        tally = shelf.tally.get
        yield Sample("sla_contacts_kept", (family, shard), tally((family, "kept"), 0))
        yield Sample("sla_contacts_open", (family, shard), tally((family, "open"), 0))
        yield Sample("sla_contacts_unjudged", (family, shard), tally((family, "unjudged"), 0))
        yield Sample("sla_clocks_running", (family, shard), tally((family, "running"), 0))
        for severity in SEVERITIES:
            yield Sample("sla_breaches_open", (family, severity, shard), tally((family, severity), 0))
    if shelf.next_due_at is not None:
        yield Sample("sla_next_due_timestamp_seconds", (shard,), shelf.next_due_at / SECOND)
    yield from _lifetime(shard, emission)


def _lifetime(shard: str, emission: Emission) -> Iterator[Sample]:
    """Lifetime totals of the panes: what happened in each scope since the beginning."""
    for scope, dimensions, totals in emission.ledger.lifetime():
        for counter, count in sorted(totals.counts.items()):
            yield Sample("sla_pane_total", (scope, dimensions, counter, shard), count)
        for name, total in sorted(totals.sums.items()):
            yield Sample("sla_pane_sum_seconds", (scope, dimensions, name, shard), total / SECOND)
