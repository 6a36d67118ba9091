"""How a worker ends when it may not go on: loudly, at once, with a code that says why. A restart is the rebuild."""

import logging
import os
import sys
from enum import IntEnum
from typing import NoReturn

log = logging.getLogger("sla.runtime")


class Exit(IntEnum):
    """Exit codes of a worker; 0 is a requested end, 1 a crash, 2 bad settings, 3 a broker that is not as it must be."""

    OK = 0
    CRASHED = 1
    SETTINGS = 2
    BROKER = 3
    SHARD_FAILED = 70
    REVOKE_FAILED = 71
    ASSIGN_FAILED = 72
    TRUNCATED = 73
    FENCED = 75
    COMMIT_FAILED = 76
    DRAIN_TIMED_OUT = 77
    BAD_SHARE = 78
    STOP_TIMED_OUT = 79


def leave(code: Exit, message: str, *, trace: bool = False) -> NoReturn:
    """End the process now: nothing that is open can be committed after this returns, because it never does."""
    log.critical("%s: %s (exit %d)", code.name.lower().replace("_", " "), message, int(code), exc_info=trace)
    logging.shutdown()
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(int(code))
