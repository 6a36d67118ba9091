"""One direction: the layers and the purity of the core, by import-linter; the top level as the design fixes it."""

import subprocess
import sys
from pathlib import Path

from tests.architecture.tree import ROOT

TOP_LEVEL = {
    "schemas", "monitor", "agents", "deploy", "tests",
    "docker-compose.yml", "pyproject.toml", "Makefile", "README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "LICENSE",
}  # fmt: skip


def test_the_import_contracts_are_kept() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([str(linter), "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_the_top_level_is_what_the_design_fixes() -> None:
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if tracked.returncode == 0:
        names = {line.split("/")[0] for line in tracked.stdout.splitlines()}
    else:  # an unpacked archive has no git
        names = {path.name for path in ROOT.iterdir() if path.suffix != ".egg-info" and path.name not in ("build", "dist")}
    assert {name for name in names if not name.startswith(".")} == TOP_LEVEL
