"""The parts of a running application put together: settings become runtime settings, a policy becomes processors."""

from typing import Final

from agents.runtime.settings import ProcessorSpec, RuntimeSettings, Security
from monitor.contacts.door import Door
from monitor.contacts.processor import ContactsProcessor
from monitor.customers.processor import CustomersProcessor
from monitor.panes.sources import shards_of
from monitor.policy.book import Policies
from monitor.policy.model import Policy
from monitor.processing import Processor, State
from monitor.queues.processor import QueuesProcessor
from monitor.settings import Settings
from schemas.topics import ALERTS, CALLS, CHATS, COMMANDS, CONTACTS_TICKS, CUSTOMER_CONTACTS, DEAD_LETTERS, QUEUE_PANES, VERDICTS, WORK_ORDERS

PROCESSORS: Final = ("contacts", "customers", "queues")


def runtime_settings(settings: Settings) -> RuntimeSettings:
    """What the runtime is told."""
    return RuntimeSettings(
        bootstrap=settings.bootstrap,
        security=_security(settings),
        application_id=settings.application,
        topic_prefix=settings.topic_prefix,
        partitions=settings.partitions,
        replication_factor=settings.replication,
        clock=settings.clock,
        verdict_delay_seconds=settings.verdict_delay_seconds,
        tick_interval_seconds=settings.tick_seconds,
        tick_tolerance_seconds=settings.tick_tolerance_seconds,
        on_bug=settings.on_bug,
        bug_attempts=settings.bug_attempts,
        buffer_limit_bytes=settings.inbox_bytes,
        bad_share_ratio=settings.bad_share_ratio,
        bad_minimum=settings.bad_share_minimum,
        stop_on_bad_share=settings.bad_share_stops,
        accept_gap=settings.accept_gap,
        session_timeout_seconds=settings.session_timeout_seconds,
        heartbeat_interval_seconds=settings.heartbeat_seconds,
        rebalance_timeout_seconds=settings.rebalance_timeout_seconds,
        drain_seconds=settings.drain_seconds,
        recovery_limit_seconds=settings.recovery_limit_seconds,
        membership="static" if settings.worker else "dynamic",
        instance_id=settings.worker or "",
        transaction_timeout_seconds=settings.transaction_timeout_seconds,
    )


def _security(settings: Settings) -> Security:
    protocol = settings.kafka_security_protocol
    if protocol == "PLAINTEXT":
        return Security()
    sasl = protocol.startswith("SASL")
    return Security(
        tls=protocol.endswith("SSL"),
        ca_file=settings.kafka_ssl_ca or "",
        cert_file=settings.kafka_ssl_certificate or "",
        key_file=settings.kafka_ssl_key or "",
        sasl_mechanism=settings.kafka_sasl_mechanism if sasl else "",
        sasl_username=settings.kafka_sasl_username or "" if sasl else "",
        sasl_password=settings.kafka_sasl_password or "" if sasl else "",
    )


def hash_key_of(settings: Settings) -> bytes:
    """What customer keys are hashed with, where the policy wants that (R80)."""
    return (settings.customer_hash_key or "").encode()


def processors(settings: Settings, policy: Policy | Policies) -> tuple[ProcessorSpec, ...]:
    """Contacts, customers and queues with this policy, or with the versions that ticks and watermarks name.

    Raises PolicyError for a policy that asks for a key that is not set.
    """
    hash_key = hash_key_of(settings)
    if isinstance(policy, Policy):
        Door(policy.privacy, hash_key)
    of_customers = shards_of(("contacts",), settings.partitions)
    of_queues = shards_of(("contacts", "customers"), settings.partitions)

    def contacts(partition: int, state: State) -> Processor:
        return ContactsProcessor(partition, state, policy, settings.partitions, hash_key)

    def customers(partition: int, state: State) -> Processor:
        return CustomersProcessor(partition, state, policy, settings.partitions, of_customers, settings.clock == "external")

    def queues(partition: int, state: State) -> Processor:
        return QueuesProcessor(partition, state, policy, of_queues, settings.clock == "external")

    return (
        ProcessorSpec(
            name="contacts",
            sources=(CALLS, CHATS, WORK_ORDERS, COMMANDS),
            tick_topic=CONTACTS_TICKS,
            factory=contacts,
            outputs=(VERDICTS, ALERTS, QUEUE_PANES, CUSTOMER_CONTACTS, DEAD_LETTERS),
        ),
        ProcessorSpec(
            name="customers", sources=(CUSTOMER_CONTACTS,), tick_topic=None, factory=customers, outputs=(ALERTS, QUEUE_PANES, DEAD_LETTERS)
        ),
        ProcessorSpec(name="queues", sources=(QUEUE_PANES,), tick_topic=None, factory=queues, outputs=(ALERTS, DEAD_LETTERS)),
    )
