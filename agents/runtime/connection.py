"""How every Kafka client of the product connects: one place for addresses, TLS, SASL, and for what an unreachable broker says."""

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiokafka import AIOKafkaConsumer
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError
from faust import SASLCredentials, SSLCredentials
from faust.types.auth import CredentialsT

from agents.runtime.settings import RuntimeSettings, Security
from monitor.errors import BrokerError, SettingsError


def ssl_context(security: Security) -> ssl.SSLContext | None:
    """A TLS context from the PEM files named in the settings, None without TLS."""
    if not security.tls:
        return None
    try:
        context = ssl.create_default_context(cafile=security.ca_file or None)
        if security.cert_file:
            context.load_cert_chain(security.cert_file, security.key_file or None)
    except (OSError, ssl.SSLError) as error:
        raise SettingsError(f"the TLS files cannot be used: {error}") from error
    return context


def client_options(settings: RuntimeSettings) -> dict[str, Any]:
    """Keyword arguments that every aiokafka client takes."""
    security = settings.security
    context = ssl_context(security)
    protocol = ("SASL_" if security.sasl_mechanism else "") + ("SSL" if context else "PLAINTEXT")
    options: dict[str, Any] = {"bootstrap_servers": settings.bootstrap, "security_protocol": protocol}
    if context is not None:
        options["ssl_context"] = context
    if security.sasl_mechanism:
        options["sasl_mechanism"] = security.sasl_mechanism
        options["sasl_plain_username"] = security.sasl_username
        options["sasl_plain_password"] = security.sasl_password
    return options


def faust_credentials(settings: RuntimeSettings) -> CredentialsT | None:
    """The same for Faust, which wants an object; None for plain text."""
    security = settings.security
    context = ssl_context(security)
    if security.sasl_mechanism:
        return SASLCredentials(
            username=security.sasl_username, password=security.sasl_password, ssl_context=context, mechanism=security.sasl_mechanism
        )
    return None if context is None else SSLCredentials(context)


def unreachable(settings: RuntimeSettings, error: Exception) -> BrokerError:
    """One sentence for a person."""
    detail = str(error) or type(error).__name__
    return BrokerError(f"no Kafka broker answers at {settings.bootstrap} ({detail}): start one (sla-monitor broker) or set SLA_KAFKA")


@asynccontextmanager
async def admin_client(settings: RuntimeSettings) -> AsyncIterator[AIOKafkaAdminClient]:
    """An admin client that is closed again; raises BrokerError when no broker answers."""
    client = AIOKafkaAdminClient(**client_options(settings), request_timeout_ms=15_000)
    try:
        await client.start()
    except (KafkaError, OSError) as error:
        await client.close()
        raise unreachable(settings, error) from error
    try:
        yield client
    finally:
        await client.close()


@asynccontextmanager
async def free_consumer(settings: RuntimeSettings, *, committed: bool) -> AsyncIterator[AIOKafkaConsumer]:
    """A consumer outside any group, ``committed`` or not; raises BrokerError when no broker answers."""
    consumer = AIOKafkaConsumer(
        **client_options(settings),
        isolation_level="read_committed" if committed else "read_uncommitted",
        auto_offset_reset="earliest",
        enable_auto_commit=False,
        fetch_max_wait_ms=100,
    )
    try:
        await consumer.start()
    except (KafkaError, OSError) as error:
        await consumer.stop()
        raise unreachable(settings, error) from error
    try:
        yield consumer
    finally:
        await consumer.stop()
