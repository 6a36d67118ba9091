"""A replay of the product itself: contacts, customers and queues with one policy, dead letters as the runtime writes them."""

from monitor.contacts.processor import ContactsProcessor
from monitor.customers.processor import CustomersProcessor
from monitor.deadletters import dead_letter
from monitor.panes.sources import shards_of
from monitor.policy.model import Policy
from monitor.processing import Processor, State
from monitor.queues.processor import QueuesProcessor
from monitor.queues.summary import Summary
from monitor.replay.engine import ReplayEngine, Sink
from monitor.replay.schedule import Schedule
from monitor.replay.totals import all_totals, queue_totals
from schemas.topics import CUSTOMER_CONTACTS, QUEUE_PANES


def product_engine(
    policy: Policy | Schedule, sink: Sink, *, partitions: int = 4, commit_every: int = 64, with_queues: bool = True, hash_key: bytes = b""
) -> ReplayEngine:
    """An engine that runs what a worker with ``--clock external`` runs; ``with_queues`` False where only contacts matter."""
    schedule = policy if isinstance(policy, Schedule) else Schedule([(0, policy)])
    policies = schedule.policies
    of_customers = shards_of(("contacts",), partitions)
    of_queues = shards_of(("contacts", "customers"), partitions)

    def contacts(partition: int, state: State) -> Processor:
        return ContactsProcessor(partition, state, policies, partitions, hash_key)

    def queues(partition: int, state: State) -> Processor:
        return QueuesProcessor(partition, state, policies, of_queues, True)

    def customers(partition: int, state: State) -> Processor:
        return CustomersProcessor(partition, state, policies, partitions, of_customers, True)

    later = {CUSTOMER_CONTACTS: customers, QUEUE_PANES: queues} if with_queues else {}
    engine = ReplayEngine(contacts, later, sink, dead_letter, partitions=partitions, commit_every=commit_every)
    engine.names = schedule.name_at
    return engine


def everything_of(engine: ReplayEngine, policy: Policy) -> dict[str, object]:
    """The totals per queue, and the core line, clocks and indicators of everything that was committed so far."""
    return all_totals((shard.state for shard in (*engine.contacts, *engine.customers)), policy)


def totals_of(engine: ReplayEngine, policy: Policy) -> Summary:
    """The totals of all that was committed so far, per queue."""
    return queue_totals((shard.state for shard in (*engine.contacts, *engine.customers)), policy)
