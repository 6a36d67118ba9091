"""Every error of the product; each maps to one bounded ``category`` for metrics and to a message a person can act on.

SlaMonitorError
  - ContractError      a record breaks the contract (reason, detail, path)
  - PolicyError        a policy file cannot be used (file, line, path)
  - SettingsError      the environment or a command line is wrong
  - BrokerError        Kafka is unreachable, or its topics are not as they must be
  - StateError         stored state cannot be read, or the log behind it is gone
  - SourceError        a recorded log cannot be read
"""

from typing import ClassVar


class SlaMonitorError(Exception):
    """The root: one sentence for a person, saying what was expected and what to do."""

    category: ClassVar[str] = "internal"
    exit_code: ClassVar[int] = 1


class ContractError(SlaMonitorError):
    """A record breaks the contract. ``reason`` is bounded (``schemas``), ``path`` points into the event (``$.priority``)."""

    category = "contract"

    def __init__(self, reason: str, detail: str, path: str = "") -> None:
        """Keep the parts for the dead letter."""
        super().__init__(f"{reason}: {detail}" + (f" - at {path}" if path else ""))
        self.reason, self.detail, self.path = reason, detail, path


class PolicyError(SlaMonitorError):
    """A policy cannot be used; printed as ``file:line: path: message``."""

    category = "policy"

    def __init__(self, message: str, *, file: str = "", line: int = 0, path: str = "") -> None:
        """Keep the place for the reader."""
        where = f"{file}:{line}: " if file else ""
        super().__init__(f"{where}{path + ': ' if path else ''}{message}")
        self.message, self.file, self.line, self.path = message, file, line, path


class SettingsError(SlaMonitorError):
    """A setting is missing or cannot be understood."""

    category = "settings"
    exit_code = 2


class BrokerError(SlaMonitorError):
    """Kafka cannot be reached, or a topic is missing or differs from what the application needs."""

    category = "broker"


class StateError(SlaMonitorError):
    """The state cannot be trusted: unreadable, or the source log no longer holds what it needs."""

    category = "state"


class SourceError(SlaMonitorError):
    """A recorded log cannot be read."""

    category = "source"
