"""The project's own Python files, parsed once."""

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("schemas", "monitor", "agents")


@cache
def modules(*packages: str) -> tuple[Path, ...]:
    """All Python files of the packages, sorted."""
    return tuple(sorted(path for package in packages for path in (ROOT / package).rglob("*.py")))


@cache
def tree_of(path: Path) -> ast.Module:
    """The syntax tree of one file."""
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def name_of(path: Path) -> str:
    """The path as people write it."""
    return str(path.relative_to(ROOT))
