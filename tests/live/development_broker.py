"""The broker of whole-program checks: the one that SLA_KAFKA names, else a development broker that ends with the check."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from agents.broker import LocalBroker, free_port


@contextmanager
def development_broker() -> Iterator[str]:
    """Give the bootstrap address of a running broker."""
    named = os.environ.get("SLA_KAFKA")
    if named:
        yield named
        return
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="sla-monitor-") as folder:
        broker = LocalBroker(Path(folder), port)
        broker.start()
        try:
            yield f"127.0.0.1:{port}"
        finally:
            broker.stop()
