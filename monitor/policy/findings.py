"""What is wrong or doubtful in a policy: findings with file, line and path, gathered so that all are told at once."""

from collections.abc import Iterable
from typing import Literal

import msgspec

from monitor.errors import PolicyError
from monitor.policy.yaml_nodes import Node, Step

Level = Literal["error", "warning"]
Path = tuple[Step, ...]


class Finding(msgspec.Struct, frozen=True):
    """One remark about a policy; an ``error`` refuses it. ``path`` reads like ``clocks.first_feedback.rules[0].target``."""

    level: Level
    file: str
    line: int
    path: str
    message: str

    def __str__(self) -> str:
        """``file:line: path: message``, as compilers write it."""
        return str(self.as_error()) if self.level == "error" else f"{self.as_error()} (warning)"

    def as_error(self) -> PolicyError:
        """The finding as an exception."""
        return PolicyError(self.message, file=self.file, line=self.line, path=self.path)


class PolicyErrors(PolicyError):
    """A policy cannot be used; ``errors`` holds every reason, one line each in the message."""

    def __init__(self, errors: Iterable[PolicyError]) -> None:
        """Take the place of the first error."""
        self.errors = list(errors)
        first = self.errors[0]
        super().__init__(first.message, file=first.file, line=first.line, path=first.path)

    def __str__(self) -> str:
        """All errors, one a line."""
        return "\n".join(str(error) for error in self.errors)


class Remarks:
    """Collects findings while a policy is read; knows where each path stands in the files."""

    def __init__(self, root: Node) -> None:
        """``root`` is the merged tree that paths are looked up in."""
        self._root = root
        self.findings: list[Finding] = []

    def error(self, path: Path, message: str) -> None:
        """The policy cannot be used."""
        self._add("error", path, message)

    def warning(self, path: Path, message: str) -> None:
        """The policy works, but probably not as meant."""
        self._add("warning", path, message)

    @property
    def errors(self) -> int:
        """How many errors were found so far."""
        return sum(finding.level == "error" for finding in self.findings)

    def _add(self, level: Level, path: Path, message: str) -> None:
        place = self._root.nearest(path)
        self.findings.append(Finding(level, place.file, place.line, path_text(path), message))


def path_text(path: Path) -> str:
    """``("clocks", "a", "rules", 0)`` as ``clocks.a.rules[0]``."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text
