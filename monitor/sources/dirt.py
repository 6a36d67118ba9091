"""What a reader found wrong in a recorded log: named kinds with counts and the first places, so that nothing is lost silently."""

from collections.abc import Iterator

_EXAMPLES = 3


class Dirt:
    """Counts of named kinds of dirt in one log, with the first few line numbers of each."""

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}
        self._lines: dict[str, list[int]] = {}

    def add(self, kind: str, line: int) -> None:
        """Count one finding of ``kind`` at ``line`` (1 = first line of the file)."""
        self._counts[kind] = self._counts.get(kind, 0) + 1
        lines = self._lines.setdefault(kind, [])
        if len(lines) < _EXAMPLES:
            lines.append(line)

    def __getitem__(self, kind: str) -> int:
        return self._counts.get(kind, 0)

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._counts))

    def counts(self) -> dict[str, int]:
        """All kinds with their counts, by name."""
        return {kind: self._counts[kind] for kind in self}

    def first_lines(self, kind: str) -> tuple[int, ...]:
        """Where ``kind`` was first seen."""
        return tuple(self._lines.get(kind, ()))
