"""Values for ``/metrics`` from what a customers shard owns; a customer is never a label (P41, R80)."""

from collections.abc import Iterator

from monitor.customers.groups import Groups
from monitor.panes.sources import Sources
from monitor.processing import Sample


def collect(partition: int, groups: Groups, sources: Sources, held: int, unjudged: int) -> Iterator[Sample]:
    """Every sample of one shard; the last label is the partition."""
    shard = (str(partition),)
    yield Sample("sla_customers_contacts_kept", shard, groups.kept)
    yield Sample("sla_customers_provisional", shard, groups.provisional)
    yield Sample("sla_customers_forgotten_total", shard, groups.forgotten)
    yield Sample("sla_customers_crowded_total", shard, groups.crowded)
    yield Sample("sla_customers_late_total", shard, groups.late)
    yield Sample("sla_customers_unjudged", shard, unjudged)
    yield Sample("sla_customers_held_records", shard, held)
    for name, number in sources.all:
        yield Sample("sla_customers_source_stuck", (name, str(number), *shard), float((name, number) in sources.stuck()))
