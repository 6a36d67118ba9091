"""What the web pages need to know of a worker; the runtime gives it, tests give a fake one."""

from collections.abc import Iterable
from typing import Protocol

import msgspec

from monitor.processing import Sample


class About(msgspec.Struct, frozen=True, kw_only=True):
    """Who this worker is, for the status page."""

    application: str
    worker: str
    version: str
    policy: str
    policy_title: str = ""


class WorkerView(Protocol):
    """A running worker, read on its own event loop."""

    @property
    def about(self) -> About:
        """Names and versions; the policy is the newest that was read."""

    @property
    def named_queues(self) -> frozenset[str]:
        """The queues that the policy names; empty where it names none."""

    def parts(self) -> Iterable[Iterable[Sample]]:
        """Values of one owned shard after the other, then of the runtime. The event loop gets a turn between two parts, not within one."""

    def not_ready(self) -> str | None:
        """Why the worker takes no part yet (no assignment, recovering, halted shard); None when it does."""

    def not_alive(self) -> str | None:
        """Why the worker should be restarted (recovery or assignment takes too long, loop stuck); None when all is well."""
