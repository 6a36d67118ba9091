"""Totals of an Anonymous Bank file straight from its columns, as data/README.md says they were counted; shares no code with the project.

Run it alone: ``python tests/sources/bank_totals.py FILE``.
"""

import gzip
import lzma
import sys
from pathlib import Path
from typing import IO, NamedTuple


class Totals(NamedTuple):
    """One queue of one file. ``within``: answered within 10, 15, 20 and 30 seconds; times over answered calls only."""

    offered: int
    answered: int
    abandoned: int
    within: tuple[int, ...]
    asa_seconds: float
    p95: int


def summary(offered: int, abandoned: int, waits: list[int]) -> Totals:
    """Count, and take the value at index floor(0.95 n) of the sorted waits."""
    waits.sort()
    within = tuple(sum(wait <= y for wait in waits) for y in (10, 15, 20, 30))
    answered = len(waits)
    return Totals(offered, answered, abandoned, within, sum(waits) / max(1, answered), waits[int(0.95 * answered)] if waits else 0)


def totals(path: Path) -> dict[str, Totals]:
    """Every queue of the file."""
    offered: dict[str, int] = {}
    abandoned: dict[str, int] = {}
    waits: dict[str, list[int]] = {}
    with _open(path) as file:
        names = file.readline().split()
        for text in file:
            row = dict(zip(names, text.split(), strict=False))
            if len(row) != len(names) or row["outcome"] == "PHANTOM":
                continue
            queue, queued = row["type"], any(int(part) for part in row["q_start"].split(":"))
            if not queued and row["outcome"] != "AGENT":
                continue
            offered[queue] = offered.get(queue, 0) + 1
            abandoned[queue] = abandoned.get(queue, 0) + (row["outcome"] == "HANG")
            if row["outcome"] == "AGENT":
                waits.setdefault(queue, []).append(max(0, int(row["q_time"])) if queued else 0)
    return {queue: summary(offered[queue], abandoned[queue], waits.get(queue, [])) for queue in offered}


def _open(path: Path) -> IO[str]:
    if path.suffix == ".xz":
        return lzma.open(path, "rt", encoding="latin-1")
    return gzip.open(path, "rt", encoding="latin-1") if path.suffix == ".gz" else path.open(encoding="latin-1")


if __name__ == "__main__":
    for name, found in sorted(totals(Path(sys.argv[1])).items()):
        print(name, found)
