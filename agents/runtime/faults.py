"""A seam for the chaos tests: a worker started with SLA_FAULT_FILE reads that JSON file before it ends a transaction.

``{"commit_delay_seconds": 3}`` delays every commit by three seconds while the file says so. Without the variable nothing is read.
"""

import asyncio
import json
import os
from pathlib import Path

FAULT_FILE = os.environ.get("SLA_FAULT_FILE")


async def before_commit() -> None:
    """Wait as long as the fault file asks."""
    if FAULT_FILE is None:
        return
    try:
        delay = float(json.loads(Path(FAULT_FILE).read_text()).get("commit_delay_seconds", 0))  # noqa: ASYNC240 - a test seam
    except (OSError, ValueError):
        return
    if delay:
        await asyncio.sleep(delay)
