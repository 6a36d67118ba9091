"""Every error of the product; each maps to one bounded ``category`` for metrics and to a message a person can act on.

SlaMonitorError
  - PolicyError          a policy file cannot be used (file, line, path)
    x PolicyErrors       all that is wrong with a policy at once (monitor.policy)
  - SettingsError        the environment or a command line is wrong
  - BrokerError          Kafka is unreachable, or its topics are not as they must be
  - StateError           stored state cannot be read, or the log behind it is gone
  - SourceError          a recorded log cannot be read
  - UnknownMetricError   a sample that the metric catalogue does not know (monitor.metrics)

A record that breaks the contract is no error of the product: it is ``schemas.reasons.Refused`` and becomes a dead letter.
"""

from typing import ClassVar


class SlaMonitorError(Exception):
    """The root: one sentence for a person, saying what was expected and what to do."""

    category: ClassVar[str] = "internal"
    exit_code: ClassVar[int] = 1


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
